/** Waiting for a person: the place, an honest range, what happens meanwhile, and the ways on. */
import { Clock3, Hourglass, Mail, Phone } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import { useCell } from "../../shared/components/use-cell";
import type { LogEvent } from "../../shared/log";
import type { CustomerStatus } from "../../shared/protocol";
import { waitRange } from "../../shared/time";
import { rareWords } from "../rare-words";
import { dismiss } from "../ui";
import { words } from "../words";
import { useWidget } from "./context";
import { DetailsForm } from "./details-form";

/** Whoever leaves solved was helped by what they read last. */
const LAST_READ = 2;

export function QueueCard({ status }: { status: CustomerStatus }) {
  const { session, ui } = useWidget();
  const { log } = useCell(session.model);
  const details = useCell(ui.details);
  const { queue: place, agents_online: here } = status;
  // the details may have come from the form here or, in words, from the bot's
  const reachable = log.events.some((event) => event.kind === "notice" && event.code === "contact_received");
  const nobody = isNobody(status);
  const left = reachable && here === 0;
  const where = left ? words.queueLeft : nobody ? (here === 0 ? words.queueNobody : rareWords.queueNobodyFor) : place ? rareWords.queuePlace(place.position) : words.queueUnknown;
  const range = place && !nobody ? waitRange(place.low_seconds, place.high_seconds) : "";
  if (details) {
    return (
      <div class="queue-form">
        <DetailsForm key={details} way={details} />
      </div>
    );
  }
  return (
    <section class="queue" aria-label={where}>
      <div class="queue-head">
        <span class="queue-icon">
          <Icon node={nobody && !left ? Clock3 : Hourglass} />
        </span>
        <div>
          <p class="queue-place fd-numbers">{where}</p>
          {range && <p class="queue-range fd-numbers">{rareWords.queueWait(range)}</p>}
        </div>
      </div>
      {left ? <p class="queue-meanwhile">{answerWords(log.events)}</p> : <Ways status={status} reachable={reachable} />}
      {left && <Leave />}
      <Spoken text={[where, range && rareWords.queueWait(range)].filter(Boolean).join(". ")} />
    </section>
  );
}

/** Nobody at all, or nobody who knows what is asked: then there is no wait to tell. */
function isNobody({ agents_online: here, queue: place, may_leave_details: late }: CustomerStatus): boolean {
  return here === 0 || (late && place !== null && place.low_seconds === null);
}

/** What the customer may do: with a wait that is short, wait; with nobody there or a long one, be reached elsewhere. */
function Ways({ status, reachable }: { status: CustomerStatus; reachable: boolean }) {
  const { session, ui } = useWidget();
  const { log } = useCell(session.model);
  const dismissed = useCell(ui.dismissed);
  const { queue: place } = status;
  const key = `ways${log.events.findLast((event) => event.kind === "notice" && event.code === "queued")?.seq ?? 0}`;
  const kept = dismissed.has(key);
  const wide = status.may_leave_details && !reachable && !kept;
  const open = (way: "email" | "call") => () => (ui.details.value = way);
  const held = place ? rareWords.queueNobodyPlace(place.position) : rareWords.queueNobodyKept;
  const meanwhile = kept ? rareWords.queueKept : rareWords.queueMeanwhile;
  const line = isNobody(status) ? [held, wide ? rareWords.queueReach : kept && rareWords.queueKept] : [wide ? rareWords.queueLong : meanwhile];
  return (
    <>
      <p class="queue-meanwhile">{line.filter(Boolean).join(" ")}</p>
      {wide && (
        <div class="queue-reach">
          <Button icon={Mail} onClick={open("email")}>
            {rareWords.queueEmail}
          </Button>
          <Button icon={Phone} onClick={open("call")}>
            {rareWords.queueCall}
          </Button>
        </div>
      )}
      <Leave quiet={wide}>
        {wide && (
          <Button small kind="quiet" onClick={() => dismiss(ui, key)}>
            {rareWords.queueKeep}
          </Button>
        )}
        {!wide && !reachable && (
          <Button small kind="quiet" onClick={open("email")}>
            {kept ? rareWords.queueOther : rareWords.queueInstead}
          </Button>
        )}
      </Leave>
    </>
  );
}

/** Out of the line: back to the bot, or because it is sorted out; and whatever stands beside. */
function Leave({ quiet, children }: { quiet?: boolean; children?: ComponentChildren }) {
  const { session, ui, help } = useWidget();
  const { outbox } = useCell(session.model);
  const leaving = outbox.some((entry) => entry.frame.type === "leave_queue");
  const leave = (solved: boolean) => () => {
    if (!leaving) session.write({ type: "leave_queue", solved });
    if (solved) help.visit.note("helped", help.visit.slugs("opened").slice(-LAST_READ));
    ui.focusComposer.value += 1;
  };
  const kind = quiet ? "quiet" : "normal";
  return (
    <div class="queue-others">
      {quiet && children}
      <Button small kind={kind} disabled={leaving} onClick={leave(false)}>
        {rareWords.queueStay}
      </Button>
      <Button small kind={kind} disabled={leaving} onClick={leave(true)}>
        {rareWords.queueSolved}
      </Button>
      {!quiet && children}
    </div>
  );
}

/** How they will be reached, by what they left last; what the bot's form took is not in this log. */
function answerWords(events: readonly LogEvent[]): string {
  const event = events.findLast((one) => one.kind === "contact");
  const { phone = "", email = "", call_at: when = "" } = event?.kind === "contact" ? event.contact : {};
  if (phone) return rareWords.queueCalls(phone, when);
  return email ? rareWords.queueWrites(email) : rareWords.queueAnswers;
}

/** Read aloud at most every 30 seconds, however often the place changes. */
function Spoken({ text }: { text: string }) {
  const [said, setSaid] = useState(text);
  const [saidAt, setSaidAt] = useState(Date.now);
  useEffect(() => {
    if (text === said) return;
    const wait = Math.max(0, saidAt + 30_000 - Date.now());
    const id = setTimeout(() => {
      setSaid(text);
      setSaidAt(Date.now());
    }, wait);
    return () => clearTimeout(id);
  }, [text, said, saidAt]);
  return (
    <p class="fd-hidden" role="status">
      {said}
    </p>
  );
}
