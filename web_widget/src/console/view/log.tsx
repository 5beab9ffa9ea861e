/** The conversation: every event in its shape, then what is on its way, then who is typing. */
import { ArrowDown } from "lucide";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Button } from "../../shared/components/button";
import { Skeleton } from "../../shared/components/skeleton";
import { dayLabel } from "../../shared/time";
import type { Chat, TypingHint } from "../state/model";
import { receipts } from "../state/receipts";
import { logRows } from "../state/rows";
import { useBench, usePick } from "./bench";
import { Entry } from "./entry";
import { PendingBubble } from "./pending-bubble";

const NEAR_END_PX = 80;
/** So long is a place marked that somebody jumped to. */
const SPOT_MS = 6_000;

export function Log({ chat, customer }: { chat: Chat; customer: string }) {
  const { log, pending, typing, loaded } = chat;
  const rows = useMemo(() => logRows(log.events), [log.events]);
  const me = usePick((state) => state.welcome?.agent.id ?? null);
  const marks = receipts(chat, me);
  const { now, page } = useBench();
  const wanted = page.spot.value;
  const spot = wanted?.conversation === chat.id ? wanted : null;
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [below, setBelow] = useState(false);

  useLayoutEffect(() => {
    if (atEnd.current) toEnd(box.current);
    else setBelow(true);
  }, [rows.length, pending.length]);

  useEffect(() => {
    const element = box.current;
    if (element === null || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => atEnd.current && toEnd(element));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const found = spot === null ? null : box.current?.querySelector<HTMLElement>(`[data-seq="${spot.seq}"]`);
    if (!found) return;
    atEnd.current = false;
    found.scrollIntoView({ block: "center" });
    found.focus({ preventScroll: true });
    const timer = setTimeout(() => (page.spot.value = null), SPOT_MS);
    return () => clearTimeout(timer);
  }, [spot]);

  return (
    <div class="log-frame">
      <div
        class="log"
        ref={box}
        role="log"
        aria-label="Conversation"
        aria-live={loaded ? "polite" : "off"}
        aria-busy={!loaded}
        tabIndex={0}
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
          if (atEnd.current) setBelow(false);
        }}
      >
        {!loaded && rows.length === 0 && <Skeleton lines={6} label="Loading the conversation" />}
        {loaded && rows.length === 0 && <p class="log-empty">Nothing has been said yet.</p>}
        {rows.map((row) =>
          row.type === "day" ? (
            <p key={row.key} class="day">
              <span>{dayLabel(row.at, now.peek())}</span>
            </p>
          ) : (
            <Entry
              key={row.key}
              event={row.event}
              first={row.first}
              marks={row.marks}
              me={me}
              customer={customer}
              spot={spot?.seq === row.event.seq ? spot : null}
              receipt={marks.get(row.event.seq)}
            />
          ),
        )}
        {pending.map((one) => (
          <PendingBubble key={one.cmid} pending={one} />
        ))}
      </div>
      {below && (
        <Button
          small
          icon={ArrowDown}
          class="log-below"
          onClick={() => {
            toEnd(box.current);
            setBelow(false);
          }}
        >
          New below
        </Button>
      )}
      <TypingLine hint={typing} customer={customer} />
    </div>
  );
}

function toEnd(element: HTMLElement | null): void {
  if (element !== null) element.scrollTop = element.scrollHeight;
}

/** Its room is always there, so that the log does not jump when somebody begins to type. */
function TypingLine({ hint, customer }: { hint: TypingHint | null; customer: string }) {
  const { now } = useBench();
  const fresh = hint !== null && hint.until > now.value;
  return (
    <p class="typing" role="status">
      {fresh && (
        <>
          <span class="typing-dots" aria-hidden="true" />
          {hint.role === "customer" ? customer : hint.name} is typing
        </>
      )}
    </p>
  );
}
