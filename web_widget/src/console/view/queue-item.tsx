/** One row of the queue. A link, so that it can be opened in another tab. */
import { ArrowLeftRight, BellRing, Lock, UserRoundX } from "lucide";
import type { QueueRow } from "../../shared/protocol";
import { Avatar } from "../../shared/components/avatar";
import { Icon, type IconNode } from "../../shared/components/icon";
import { show } from "../page";
import { passingTo } from "../state/offers";
import { needs, unreadOf } from "../state/queue";
import { pathOf } from "../state/route";
import { agoShort } from "../state/wait";
import { useBench, usePick } from "./bench";
import { ChannelMark, KnownMark, PriorityMark } from "./marks";
import { Presence } from "./presence";
import { ReasonMark } from "./reason";
import { WaitLabel } from "./wait-label";

export function QueueItem({ row }: { row: QueueRow }) {
  const { desk, page } = useBench();
  const selected = usePick((state) => state.selected);
  const state = desk.state.value;
  const me = state.welcome?.agent.id ?? null;
  const unread = unreadOf(state, row);
  const closed = row.state === "waiting" && !row.may_take;
  return (
    <li>
      <a
        class={`row ${unread > 0 ? "row-unread" : ""} ${closed ? "row-not-mine" : ""}`}
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
          <PriorityMark priority={row.priority} />
          {row.reason !== "left_details" && <ChannelMark channel={row.channel} />}
          {row.state === "waiting" && <KnownMark agent={row.known_agent} me={me} />}
          {unread > 0 && <Unread count={unread} />}
        </span>
        <span class="row-time">
          {row.waiting_since === null ? <Quiet at={row.last_at} /> : <WaitLabel since={row.waiting_since} />}
        </span>
        <span class="row-line">
          <Line row={row} me={me} draft={state.drafts[row.conversation]?.reply ?? ""} />
        </span>
      </a>
    </li>
  );
}

/** What is going on with it; else why it came and what was said last. */
function Line({ row, me, draft }: { row: QueueRow; me: string | null; draft: string }) {
  const going = goingOn(row, me);
  if (going !== null) {
    return (
      <span class={`row-going row-${going.tone}`}>
        <Icon node={going.icon} />
        {going.words}
      </span>
    );
  }
  return (
    <>
      <ReasonMark reason={row.reason} channel={row.channel} />
      {draft === "" ? (
        <Last words={lastWords(row, me)} />
      ) : (
        <span class="row-draft">Draft: {draft}</span>
      )}
    </>
  );
}

function Last({ words }: { words: string }) {
  if (words === "") return null;
  return (
    <span class="row-text" dir="auto">
      {words}
    </span>
  );
}

interface GoingOn {
  icon: IconNode;
  words: string;
  tone: "quiet" | "mine" | "trouble";
}

function goingOn(row: QueueRow, me: string | null): GoingOn | null {
  const passing = passingTo(row);
  if (row.agent_away && row.agent?.id !== me) {
    return { icon: UserRoundX, words: `${row.agent?.name ?? "The colleague"} is away`, tone: "trouble" };
  }
  if (passing !== null) {
    const mine = row.transfer_to?.id === me;
    return { icon: ArrowLeftRight, words: mine ? `${row.agent?.name ?? "A colleague"} asks you` : `Passing to ${passing}`, tone: mine ? "mine" : "quiet" };
  }
  if (row.offered_to !== null) {
    const mine = row.offered_to.id === me;
    return { icon: BellRing, words: mine ? "Offered to you" : `Offered to ${row.offered_to.name}`, tone: mine ? "mine" : "quiet" };
  }
  if (row.state === "waiting" && !row.may_take) {
    const needed = needs(row);
    return { icon: Lock, words: needed === "" ? "For colleagues" : `Needs ${needed}`, tone: "quiet" };
  }
  return null;
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
  if (row.last_text === "") return "";
  if (row.last_from === "bot") return `Bot: ${row.last_text}`;
  if (row.last_from === "customer") return row.last_text;
  const who = row.agent?.id === me ? "You" : (row.agent?.name.split(" ")[0] ?? "Colleague");
  return `${who}: ${row.last_text}`;
}
