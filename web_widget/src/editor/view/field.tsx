/** A labelled control with its note, which turns into the problem when there is one. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export interface ControlNames {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean;
}

interface Props {
  label: ComponentChildren;
  note?: string;
  problem?: string | null;
  children(names: ControlNames): ComponentChildren;
}

export function Field({ label, note, problem, children }: Props) {
  const id = useId();
  const wrong = problem !== undefined && problem !== null;
  const words = wrong ? problem : note;
  const names = { id, "aria-describedby": words === undefined ? undefined : `${id}-note`, "aria-invalid": wrong };
  return (
    <div class="fd-field">
      <label class="fd-label" for={id}>
        {label}
      </label>
      {children(names)}
      {words !== undefined && (
        <span id={`${id}-note`} class={wrong ? "fd-field-error" : "field-note"}>
          {words}
        </span>
      )}
    </div>
  );
}
