/** The state of an article: a word with a mark of its own shape, so that colour never stands alone. */
import type { EditorRow } from "../../shared/knowledge";
import { STATE_WORD } from "../chip";

export function StateChip({ state }: { state: EditorRow["state"] }) {
  return (
    <span class={`chip chip-${state}`}>
      <span class="chip-mark" aria-hidden="true" />
      {STATE_WORD[state]}
    </span>
  );
}
