/** Did you mean …? Full-width chips; once one is chosen, or the talk has moved on, they only show what was. */
import { Check } from "lucide";
import { Icon } from "../../shared/components/icon";
import type { ChoicesRow } from "../rows";
import { useWidget } from "./context";
import { Linked } from "./linked";
import { Said } from "./rows";

export function ChoiceList({ row }: { row: ChoicesRow }) {
  const { session, ui } = useWidget();
  const choose = (id: string) => () => {
    if (!row.open) return;
    session.write({ type: "choose", choice_id: id });
    ui.focusComposer.value += 1;
  };
  return (
    <Said row={row}>
      <div class="stack">
        <div class="bubble" dir="auto">
          <Linked text={row.event.text} />
        </div>
        <ul class="chips">
          {row.event.choices.map((choice, index) => {
            const none = index > 0 && index === row.event.choices.length - 1;
            const chosen = row.chosen === choice.id;
            return (
              <li key={choice.id}>
                <button
                  type="button"
                  class={`chip${none ? " chip-none" : ""}${chosen ? " chip-chosen" : ""}`}
                  aria-disabled={row.open ? undefined : "true"}
                  aria-pressed={chosen ? "true" : undefined}
                  dir="auto"
                  onClick={choose(choice.id)}
                >
                  <span>{choice.label}</span>
                  {chosen && <Icon node={Check} />}
                </button>
              </li>
            );
          })}
        </ul>
      </div>
    </Said>
  );
}
