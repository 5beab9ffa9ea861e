/** Who else is here, how much they have, and what they know. Small, and closed until somebody opens it. */
import { Avatar } from "../../shared/components/avatar";
import type { Colleague } from "../../shared/protocol";
import { languageName } from "../state/targets";
import { usePick } from "./bench";

export function Colleagues() {
  const all = usePick((state) => state.queue?.colleagues ?? NOBODY);
  const me = usePick((state) => state.welcome?.agent.id ?? null);
  const others = all.filter(({ card }) => card.id !== me).sort(byPresence);
  if (others.length === 0) return null;
  const here = others.filter((one) => one.online).length;
  return (
    <details class="section recent">
      <summary class="section-title">
        Colleagues <span class="section-count fd-numbers">{here === 0 ? "none online" : `${here} online`}</span>
      </summary>
      <ul class="colleagues">
        {others.map((one) => (
          <Item key={one.card.id} one={one} />
        ))}
      </ul>
    </details>
  );
}

const NOBODY: readonly Colleague[] = [];

function byPresence(one: Colleague, other: Colleague): number {
  return Number(other.online) - Number(one.online) || one.card.name.localeCompare(other.card.name);
}

function Item({ one }: { one: Colleague }) {
  const knows = [...one.skills, ...one.languages.map(languageName)].join(", ");
  return (
    <li class={`colleague ${one.online ? "" : "colleague-off"}`}>
      <ColleagueFace one={one} />
      <span class="colleague-words">
        <span class="colleague-name" dir="auto">
          {one.card.name}
        </span>
        {knows !== "" && <span class="colleague-knows">{knows}</span>}
      </span>
      <Load one={one} />
    </li>
  );
}

export function ColleagueFace({ one }: { one: Colleague }) {
  const state = one.online ? (one.available ? "on" : "busy") : "off";
  return (
    <span class="row-face">
      <Avatar role="agent" name={one.card.name} />
      <span class={`presence presence-${state}`}>
        <span class="presence-dot" aria-hidden="true" />
      </span>
    </span>
  );
}

/** `2 of 4`, or why there is no figure. */
export function Load({ one }: { one: Colleague }) {
  return (
    <span class="colleague-load fd-numbers">
      {!one.online ? "Offline" : `${one.active} of ${one.max_chats}${one.available ? "" : " · not taking chats"}`}
    </span>
  );
}
