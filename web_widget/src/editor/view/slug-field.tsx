/** Where an article will live: the fixed part in front of the part that can be typed. */
import { LIMITS } from "../draft";
import { Field } from "./field";

interface Props {
  value: string;
  placeholder?: string;
  problem: string | null;
  note: string;
  changed(slug: string): void;
}

export function SlugField({ value, placeholder, problem, note, changed }: Props) {
  return (
    <Field label="Address" note={note} problem={problem}>
      {(names) => (
        <span class="input-with-lead fd-input" data-invalid={problem !== null}>
          <span class="input-lead">/help/</span>
          <input
            {...names}
            value={value}
            placeholder={placeholder}
            maxLength={LIMITS.slug}
            spellcheck={false}
            autocapitalize="none"
            onInput={(event) => changed(event.currentTarget.value.toLowerCase().replace(/\s+/g, "-"))}
          />
        </span>
      )}
    </Field>
  );
}
