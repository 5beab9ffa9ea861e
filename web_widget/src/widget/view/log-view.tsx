/** The transcript: one live log that stays at its end unless the customer has scrolled away. */
import { ArrowDown } from "lucide";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/components/icon";
import { Skeleton } from "../../shared/components/skeleton";
import { useCell } from "../../shared/components/use-cell";
import { useNow } from "../../shared/components/use-now";
import { isComplete } from "../model";
import { buildRows, type Row } from "../rows";
import { words } from "../words";
import { AnswerCard } from "./answer-card";
import { ChoiceList } from "./choice-list";
import { ClosedCard } from "./closed-card";
import { useWidget } from "./context";
import { OfferCard } from "./offer-card";
import { Bubble, ContactBubble, Day, Notice } from "./rows";
import { Thinking } from "./thinking";

const NEAR = 80;

export function LogView() {
  const { session, locale } = useWidget();
  const model = useCell(session.model);
  const now = useNow(60);
  const rows = buildRows({ log: model.log, outbox: model.outbox, now, locale, botName: model.botName, readSeq: model.status?.read_seq });
  const complete = isComplete(model);
  const waiting = session.known && !complete && rows.length === 0;
  const { box, content, away, toEnd } = useEnd(rows);
  return (
    <div class="log-place">
      <div
        class="log"
        ref={box}
        role="log"
        aria-label={words.log}
        aria-live={complete ? "polite" : "off"}
        tabIndex={0}
      >
        <div class="log-content" ref={content}>
          {waiting && <Skeleton lines={5} label={words.loading} />}
          {model.greeting && <Greeting />}
          {rows.map((row) => (
            <RowView key={row.key} row={row} />
          ))}
          <Thinking />
          <ClosedCard />
        </div>
      </div>
      {away && (
        <button type="button" class="to-end" onClick={toEnd}>
          <Icon node={ArrowDown} />
          {words.newMessages}
        </button>
      )}
    </div>
  );
}

function Greeting() {
  const { session } = useWidget();
  const { greeting, botName, log } = useCell(session.model);
  const said = { key: "greeting", at: "", side: "bot" as const, name: botName, first: true, last: true };
  // A log that begins with the same words carries the greeting itself.
  const first = log.events[0];
  if (first?.kind === "message" && first.actor.role === "bot") return null;
  return <Bubble row={{ ...said, row: "text", text: greeting, state: "sent", cmid: null, failure: null, seen: false }} />;
}

function RowView({ row }: { row: Row }) {
  switch (row.row) {
    case "day":
      return <Day label={row.label} />;
    case "notice":
      return <Notice row={row} />;
    case "text":
      return <Bubble row={row} />;
    case "answer":
      return <AnswerCard row={row} />;
    case "choices":
      return <ChoiceList row={row} />;
    case "offer":
      return <OfferCard row={row} />;
    case "contact":
      return <ContactBubble row={row} />;
  }
}

/** Keeps the end in view while the customer is there; otherwise says that there is more below. */
function useEnd(rows: readonly Row[]) {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [away, setAway] = useState(false);
  const last = rows.at(-1);
  const lastKey = last?.key ?? "";
  const mine = last !== undefined && "side" in last && last.side === "mine";
  const settled = useRef(0);
  const toEnd = () => {
    if (box.current) box.current.scrollTop = restingPlace(box.current);
  };
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !content.current) return;
    let top = element.scrollTop;
    // Only a hand scrolls upwards: a log that got shorter above the composer is still at its end.
    const look = () => {
      const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
      if (near) atEnd.current = true;
      else if (element.scrollTop < top) atEnd.current = false;
      top = element.scrollTop;
      if (near) setAway(false);
    };
    element.addEventListener("scroll", look, { passive: true });
    // A long answer is read from its top: once it is there, nothing moves it.
    const observer = new ResizeObserver(() => {
      const reading = restingPlace(element) < element.scrollHeight && performance.now() > settled.current;
      if (atEnd.current && !reading) toEnd();
    });
    observer.observe(element);
    observer.observe(content.current);
    return () => {
      element.removeEventListener("scroll", look);
      observer.disconnect();
    };
  }, []);
  const seen = useRef(lastKey);
  useLayoutEffect(() => {
    if (atEnd.current || mine) {
      atEnd.current = true;
      if (seen.current !== lastKey) settled.current = performance.now() + 1500;
      toEnd();
    } else if (seen.current !== lastKey) setAway(true);
    seen.current = lastKey;
  }, [lastKey, mine]);
  return { box, content, away, toEnd };
}

/** Where a log comes to rest: at its end, or at the top of a last answer that is longer than the view. */
function restingPlace(box: HTMLElement): number {
  const answer = [...box.querySelectorAll<HTMLElement>(".said")].at(-1);
  if (!answer?.matches(".said-bot") || answer.offsetHeight < box.clientHeight) return box.scrollHeight;
  return answer.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
}
