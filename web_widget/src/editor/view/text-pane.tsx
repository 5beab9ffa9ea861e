/** Where the article is written: title, summary, source. */
import { LIMITS } from "../draft";
import type { Desk } from "../desk";
import { Source } from "./source";

export function TextPane({ desk }: { desk: Desk }) {
  const draft = desk.draft.value;
  if (draft === null) return null;
  const problems = desk.problems.value;
  return (
    <section class="text-pane" aria-label="Text">
      <div class="text-head">
        <OneLine
          class="title-input"
          label="Title"
          placeholder="Title"
          value={draft.title}
          longest={LIMITS.title}
          problem={problems.title === undefined ? undefined : "title-problem"}
          changed={(title) => desk.edit({ title })}
        />
        {problems.title !== undefined && (
          <p id="title-problem" class="fd-field-error">
            {problems.title}
          </p>
        )}
        <OneLine
          class="summary-input"
          label="Summary"
          placeholder="Summary: the answer in one sentence"
          value={draft.summary}
          longest={LIMITS.summary}
          changed={(summary) => desk.edit({ summary })}
        />
      </div>
      <Source
        text={draft.body}
        generation={desk.generation.value}
        label="Article text in markdown"
        changed={(body) => desk.edit({ body })}
      />
      {problems.body !== undefined && <p class="fd-field-error text-problem">{problems.body}</p>}
    </section>
  );
}

interface OneLineProps {
  class: string;
  label: string;
  placeholder: string;
  value: string;
  longest: number;
  /** Id of the sentence that says what is wrong. */
  problem?: string | undefined;
  changed(value: string): void;
}

/** One line of text that wraps where it is narrow: no line breaks, and nothing is cut off. */
function OneLine({ class: name, label, placeholder, value, longest, problem, changed }: OneLineProps) {
  return (
    <textarea
      class={name}
      rows={1}
      aria-label={label}
      aria-invalid={problem !== undefined}
      aria-describedby={problem}
      placeholder={placeholder}
      value={value}
      maxLength={longest}
      onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
      onInput={(event) => changed(event.currentTarget.value.replace(/\n/g, " "))}
    />
  );
}
