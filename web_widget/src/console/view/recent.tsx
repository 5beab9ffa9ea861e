/** Conversations that nobody waits in any more. Asked for only when somebody opens the list. */
import { useEffect, useState } from "preact/hooks";
import type { ConversationSummary } from "../../shared/protocol";
import { Avatar } from "../../shared/components/avatar";
import { Button } from "../../shared/components/button";
import { Skeleton } from "../../shared/components/skeleton";
import { show } from "../page";
import { pathOf } from "../state/route";
import { agoShort } from "../state/wait";
import { OUTCOME_WORD } from "../state/words";
import { useBench, usePick } from "./bench";

type Loaded = { is: "loading" } | { is: "failed" } | { is: "here"; list: readonly ConversationSummary[] };

export function Recent() {
  const [open, setOpen] = useState(false);
  return (
    <details class="section recent" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="section-title">Recent</summary>
      {open && <RecentList />}
    </details>
  );
}

function RecentList() {
  const { recent } = useBench();
  const version = usePick((state) => state.queue?.version ?? 0);
  const [loaded, setLoaded] = useState<Loaded>({ is: "loading" });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let stale = false;
    recent().then(
      (list) => stale || setLoaded({ is: "here", list }),
      () => stale || setLoaded((before) => (before.is === "here" ? before : { is: "failed" })),
    );
    return () => {
      stale = true;
    };
  }, [version, attempt]);
  if (loaded.is === "loading") return <Skeleton lines={4} label="Loading recent conversations" />;
  if (loaded.is === "failed") {
    return (
      <div class="queue-none" role="alert">
        <p>Recent conversations could not be loaded.</p>
        <Button small onClick={() => setAttempt(attempt + 1)}>
          Try again
        </Button>
      </div>
    );
  }
  if (loaded.list.length === 0) return <p class="queue-none">Closed conversations appear here.</p>;
  return (
    <ul class="rows">
      {loaded.list.map((one) => (
        <RecentItem key={one.conversation} one={one} />
      ))}
    </ul>
  );
}

function RecentItem({ one }: { one: ConversationSummary }) {
  const { desk, page, now } = useBench();
  const selected = usePick((state) => state.selected);
  return (
    <li>
      <a
        class="row"
        href={pathOf(one.conversation)}
        aria-current={selected === one.conversation ? "true" : undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
          event.preventDefault();
          show(desk, page, one.conversation);
        }}
      >
        <span class="row-face">
          <Avatar role="customer" name={one.customer_name} />
        </span>
        <span class="row-name">
          <span class="row-who" dir="auto">
            {one.customer_name}
          </span>
        </span>
        <span class="row-time">
          <time class="row-ago fd-numbers" dateTime={one.last_at}>
            {agoShort(one.last_at, now.value)}
          </time>
        </span>
        <span class="row-line">
          <span class="reason">{ending(one)}</span>
          <span class="row-text" dir="auto">
            {one.last_text}
          </span>
        </span>
      </a>
    </li>
  );
}

function ending(one: ConversationSummary): string {
  if (one.owner === "bot") return "With the bot";
  if (one.owner === "queue") return "Waiting";
  if (one.owner === "agent") return `With ${one.agent?.name ?? "a colleague"}`;
  return one.outcome === null ? "Closed" : OUTCOME_WORD[one.outcome];
}
