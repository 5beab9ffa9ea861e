/** The left pane: who I am, whether I take chats, and everybody who waits or is being helped. */
import { BellRing, Inbox } from "lucide";
import type { ComponentChildren } from "preact";
import type { QueueRow } from "../../shared/protocol";
import { Button } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import { Skeleton } from "../../shared/components/skeleton";
import { mayTakeNext, sections } from "../state/queue";
import { secondsSince, waitClock } from "../state/wait";
import { AccountBar } from "./account-bar";
import { useBench, usePick } from "./bench";
import { Colleagues } from "./colleagues";
import { QueueItem } from "./queue-item";
import { Recent } from "./recent";

export function QueuePane() {
  const { desk } = useBench();
  const state = desk.state.value;
  const { waiting, mine, colleagues } = sections(state);
  return (
    <nav class="queue" aria-label="Conversations">
      <AccountBar />
      <TakeNext waiting={waiting} />
      <div class="queue-lists">
        {state.queue === null ? (
          <Skeleton lines={6} label="Loading the queue" />
        ) : (
          <>
            <Section title="Waiting" rows={waiting}>
              <Nobody />
            </Section>
            <Section title="Mine" rows={mine}>
              <p class="queue-none">Chats you take appear here.</p>
            </Section>
            {colleagues.length > 0 && <Section title="With colleagues" rows={colleagues} />}
            <Colleagues />
            <Recent />
          </>
        )}
      </div>
    </nav>
  );
}

interface SectionProps {
  title: string;
  rows: readonly QueueRow[];
  /** What stands there while there is no row. */
  children?: ComponentChildren;
}

function Section({ title, rows, children }: SectionProps) {
  const id = `section-${title.toLowerCase().replace(" ", "-")}`;
  return (
    <section class="section" aria-labelledby={id}>
      <h2 class="section-title" id={id}>
        {title} <span class="section-count fd-numbers">{rows.length}</span>
      </h2>
      {rows.length === 0 ? (
        children
      ) : (
        <ul class="rows">
          {rows.map((row) => (
            <QueueItem key={row.conversation} row={row} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Nobody() {
  const available = usePick((state) => state.available);
  return (
    <p class="queue-none">
      {available ? "Nobody is waiting. New ones appear here by themselves." : "Nobody is waiting."}
    </p>
  );
}

/** The button is there even when it cannot help, and says why: nothing jumps. */
function TakeNext({ waiting }: { waiting: readonly QueueRow[] }) {
  const { desk, now } = useBench();
  const may = usePick(mayTakeNext);
  const load = usePick((state) => state.queue);
  const offered = usePick((state) => state.welcome?.routing === "offer");
  const available = usePick((state) => state.available);
  const longest = waiting.reduce((most, row) => Math.max(most, secondsSince(row.waiting_since ?? row.last_at, now.value)), 0);
  return (
    <div class="take">
      {offered && (
        <p class="take-mode">
          <Icon node={BellRing} />
          {available ? "Chats are offered to you one by one." : "You are away: nothing is offered to you."}
        </p>
      )}
      <Button
        kind={offered ? "normal" : "primary"}
        icon={Inbox}
        class="take-button"
        aria-disabled={may.may ? undefined : "true"}
        title={may.may ? undefined : may.because}
        onClick={() => {
          if (may.may) desk.takeNext();
        }}
      >
        Take next
      </Button>
      <p class="take-facts fd-numbers">
        <span>
          {waiting.length > 0 && `${waiting.length} waiting, longest ${waitClock(longest)}`}
          {waiting.length === 0 && load !== null && "Nobody waiting"}
        </span>
        <span>{load === null ? "\u00a0" : `You: ${load.mine_active} of ${load.max_chats}`}</span>
      </p>
    </div>
  );
}
