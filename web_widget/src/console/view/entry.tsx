/** One event of the log. Each kind has a shape of its own; who may see it is said where it is not everybody. */
import { ArrowLeftRight, BellOff, BellRing, Check, CheckCheck, Eye, EyeOff, Flag, Mail, PencilLine, Phone, Star, StickyNote, ThumbsDown, ThumbsUp, UserRoundCheck, UserRoundX } from "lucide";
import type { ComponentChildren } from "preact";
import type { LogEvent } from "../../shared/log";
import { ArticleHtml } from "../../shared/components/article-html";
import { Icon, type IconNode } from "../../shared/components/icon";
import { Time } from "../../shared/components/time";
import type { Receipt } from "../state/receipts";
import type { Marks } from "../state/rows";
import { rangeOf, type Spot } from "../state/spot";
import { type AssignmentCode, OFFER_WORD, percent } from "../state/words";
import { Byline } from "./byline";
import { Contacts } from "./contacts";
import { Prose } from "./prose";
import { ReasonMark } from "./reason";
import { SourceCard } from "./source-card";
import { VerdictBar } from "./verdict-bar";

const ASSIGNMENT_ICON: Record<AssignmentCode, IconNode> = {
  offered: BellRing,
  declined: BellOff,
  offer_passed: BellOff,
  transfer_offered: ArrowLeftRight,
  transfer_accepted: UserRoundCheck,
  transfer_declined: BellOff,
  transfer_passed: BellOff,
  taken_over: UserRoundCheck,
  away: UserRoundX,
  back: UserRoundCheck,
  priority: Flag,
};

interface Props {
  event: LogEvent;
  /** First of a group by one sender: it carries the name. */
  first: boolean;
  marks: Marks;
  me: string | null;
  /** What agents call the customer; an anonymous one has no name in the log. */
  customer: string;
  /** Somebody wants to see this event, or some words of it. */
  spot?: Spot | null;
  /** How far my newest words have come. */
  receipt?: Receipt;
}

export function Entry({ event, first, marks, me, customer, spot = null, receipt }: Props) {
  switch (event.kind) {
    case "verdict":
      return null; // a mark on its answer
    case "notice":
      return (
        <Line event={event} spot={spot}>
          {event.text}
        </Line>
      );
    case "correction":
      return (
        <Line event={event} spot={spot}>
          <Icon node={PencilLine} />
          The customer corrected the summary
        </Line>
      );
    case "assignment":
      return (
        <Line event={event} spot={spot} kind="line-assignment">
          <Icon node={ASSIGNMENT_ICON[event.code]} />
          {event.text}
        </Line>
      );
    case "packet":
      return (
        <Line event={event} spot={spot}>
          Handed over to people: <ReasonMark reason={event.packet.reason} />
        </Line>
      );
    case "feedback":
      return (
        <Line event={event} spot={spot}>
          <Icon node={event.helpful ? ThumbsUp : ThumbsDown} />
          {event.helpful ? "The customer found the answer helpful" : "The customer found the answer not helpful"}
        </Line>
      );
    case "note":
      return <NoteEntry event={event} me={me} />;
    case "contact":
      return <ContactEntry event={event} spot={spot} />;
    case "rating":
      return <RatingEntry event={event} />;
    default:
      return <BubbleEntry event={event} first={first} marks={marks} me={me} customer={customer} spot={spot} receipt={receipt} />;
  }
}

type BubbleEvent = Extract<LogEvent, { kind: "message" | "answer" | "choices" | "chosen" | "offer" | "suppressed" }>;

function BubbleEntry({ event, first, marks, me, customer, spot = null, receipt }: Props & { event: BubbleEvent }) {
  const side = event.actor.role === "customer" ? "entry-in" : "entry-out";
  const look = event.kind === "suppressed" ? "bubble-suppressed" : `bubble-${event.actor.role}`;
  return (
    <article
      class={`entry ${side} ${first ? "entry-first" : ""} ${spot ? "spot" : ""}`}
      data-seq={event.seq}
      data-answer={event.kind === "answer" ? event.seq : undefined}
      tabIndex={-1}
    >
      {first && <Byline actor={event.actor} me={me} customer={customer} />}
      <div class={`bubble ${look}`}>
        {event.kind === "suppressed" && (
          <p class="bubble-seal">
            <Icon node={EyeOff} />
            Not shown to the customer: a person had taken over
          </p>
        )}
        <Body event={event} marks={marks} me={me} spot={spot} />
      </div>
      <span class="entry-time">
        <Time at={event.at} />
      </span>
      {receipt && <ReceiptMark receipt={receipt} />}
    </article>
  );
}

const RECEIPTS: Record<Receipt, { words: string; icon: IconNode }> = {
  sent: { words: "Sent, not on their screen yet", icon: Check },
  delivered: { words: "Delivered", icon: CheckCheck },
  seen: { words: "Seen", icon: Eye },
};

function ReceiptMark({ receipt }: { receipt: Receipt }) {
  const { words, icon } = RECEIPTS[receipt];
  return (
    <p class={`receipt receipt-${receipt}`}>
      <Icon node={icon} />
      {words}
    </p>
  );
}

interface BodyProps {
  event: BubbleEvent;
  marks: Marks;
  me: string | null;
  spot: Spot | null;
}

function Body({ event, marks, me, spot }: BodyProps) {
  switch (event.kind) {
    case "message":
    case "suppressed":
      return <Prose text={event.text} mark={rangeOf(spot)} />;
    case "chosen":
      return (
        <p class="chosen">
          <Icon node={Check} />
          <span dir="auto">Chose “{event.label}”</span>
        </p>
      );
    case "answer":
      return (
        <>
          {/* the passage as the customer saw it, tables and steps included */}
          <div class="answer-passage" tabIndex={0} role="region" aria-label="The bot's answer">
            {event.text === event.hit.text ? <ArticleHtml html={event.hit.html} answering={event.hit.span} /> : <Prose text={event.text} />}
          </div>
          <SourceCard hit={event.hit} />
          <p class="answer-facts">
            {event.confidence !== null && <span class="fd-numbers">{percent(event.confidence)} sure</span>}
            <Helpful helpful={marks.helpful} />
          </p>
          <VerdictBar conversation={event.conversation} seq={event.seq} given={marks.verdict} me={me} />
        </>
      );
    case "choices":
      return (
        <>
          <Prose text={event.text} />
          <ul class="choices">
            {event.choices.map((choice) => (
              <li key={choice.id} class={choice.id === marks.chosen ? "choice choice-taken" : "choice"} dir="auto">
                {choice.id === marks.chosen && <Icon node={Check} label="Chosen" />}
                {choice.label}
              </li>
            ))}
          </ul>
        </>
      );
    case "offer":
      return (
        <>
          <Prose text={event.text} />
          <ul class="choices">
            {event.options.map((option) => (
              <li key={option} class="choice">
                {OFFER_WORD[option]}
              </li>
            ))}
          </ul>
        </>
      );
  }
}

export function Helpful({ helpful }: { helpful: boolean | null }) {
  if (helpful === null) return null;
  return (
    <span class={`fd-tag ${helpful ? "fd-tag-good" : "fd-tag-bad"}`}>
      <Icon node={helpful ? ThumbsUp : ThumbsDown} />
      {helpful ? "Helpful" : "Not helpful"}
    </span>
  );
}

interface LineProps {
  event: LogEvent;
  spot: Spot | null;
  kind?: string;
  children: ComponentChildren;
}

function Line({ event, spot, kind = "", children }: LineProps) {
  return (
    <p class={`line ${kind} ${spot ? "spot" : ""}`} data-seq={event.seq} tabIndex={-1}>
      <span class="line-words">{children}</span> <Time at={event.at} />
    </p>
  );
}

function NoteEntry({ event, me }: { event: Extract<LogEvent, { kind: "note" }>; me: string | null }) {
  return (
    <article class="entry entry-note">
      <div class="note">
        <p class="note-head">
          <Icon node={StickyNote} />
          <span>
            Note by {event.actor.agent_id === me ? "you" : event.actor.name} <span class="note-hint">· only colleagues see it</span>
          </span>
          <Time at={event.at} />
        </p>
        <Prose text={event.text} />
      </div>
    </article>
  );
}

function ContactEntry({ event, spot }: { event: Extract<LogEvent, { kind: "contact" }>; spot: Spot | null }) {
  const { name, about } = event.contact;
  return (
    <article class={`entry entry-in entry-first ${spot ? "spot" : ""}`} data-seq={event.seq} tabIndex={-1}>
      <div class="bubble bubble-card">
        <p class="card-head">
          <Icon node={event.contact.phone ? Phone : Mail} /> {event.contact.phone ? "Asked to be called back" : "Left details to be answered by e-mail"}
        </p>
        <p dir="auto">{name}</p>
        <Contacts contact={event.contact} />
        <Prose text={about} mark={rangeOf(spot)} />
      </div>
      <span class="entry-time">
        <Time at={event.at} />
      </span>
    </article>
  );
}

function RatingEntry({ event }: { event: Extract<LogEvent, { kind: "rating" }> }) {
  return (
    <article class="entry entry-rating">
      <p class="rating" aria-label={`Rated ${event.score} of 5`}>
        {[1, 2, 3, 4, 5].map((star) => (
          <Icon key={star} node={Star} class={star <= event.score ? "star star-full" : "star"} />
        ))}
        <span aria-hidden="true">{event.score} of 5</span>
        <Time at={event.at} />
      </p>
      {event.comment !== "" && <Prose text={event.comment} />}
    </article>
  );
}
