/** One row of the queue. A link, so that it can be opened in another tab. */
import type { QueueRow } from "../../shared/protocol";
import { Avatar } from "../../shared/components/avatar";
import { show } from "../page";
import { unreadOf } from "../state/queue";
import { pathOf } from "../state/route";
import { agoShort } from "../state/wait";
import { useBench, usePick } from "./bench";
import { Presence } from "./presence";
import { ReasonMark } from "./reason";
import { WaitLabel } from "./wait-label";

export function QueueItem({ row }: { row: QueueRow }) {
  const { desk, page } = useBench();
  const selected = usePick((state) => state.selected);
  const state = desk.state.value;
  const unread = unreadOf(state, row);
  const draft = state.drafts[row.conversation];
  return (
    <li>
      <a
        class={`row ${unread > 0 ? "row-unread" : ""}`}
        href={pathOf(row.conversation)}
        aria-current={selected === row.conversation ? "true" : undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
          event.preventDefault();
          show(desk, page, row.conversation);
        }}
      >
        <span class="row-face">
          <Avatar role="customer" name={row.customer_name} />
          <Presence online={row.customer_online} />
        </span>
        <span class="row-name">
          <span class="row-who" dir="auto">
            {row.customer_name}
          </span>
          {unread > 0 && <Unread count={unread} />}
        </span>
        <span class="row-time">
          {row.waiting_since === null ? <Quiet at={row.last_at} /> : <WaitLabel since={row.waiting_since} />}
        </span>
        <span class="row-line">
          <ReasonMark reason={row.reason} />
          {draft !== undefined && draft.reply !== "" ? (
            <span class="row-draft">Draft: {draft.reply}</span>
          ) : (
            <span class="row-text" dir="auto">
              {lastWords(row, state.welcome?.agent.id ?? null)}
            </span>
          )}
        </span>
      </a>
    </li>
  );
}

function Unread({ count }: { count: number }) {
  return (
    <span class="unread fd-numbers">
      <span aria-hidden="true">{count}</span>
      <span class="fd-hidden">{count === 1 ? "1 unread message" : `${count} unread messages`}</span>
    </span>
  );
}

function Quiet({ at }: { at: string }) {
  const { now } = useBench();
  return (
    <time class="row-ago fd-numbers" dateTime={at}>
      {agoShort(at, now.value)}
    </time>
  );
}

function lastWords(row: QueueRow, me: string | null): string {
  if (row.last_from === "bot") return `Bot: ${row.last_text}`;
  if (row.last_from === "customer") return row.last_text;
  const who = row.agent?.id === me ? "You" : (row.agent?.name.split(" ")[0] ?? "Colleague");
  return `${who}: ${row.last_text}`;
}
