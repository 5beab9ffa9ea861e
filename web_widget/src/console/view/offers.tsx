/** What is put before this agent: who, why, how long there is, and the two buttons. In reach whatever pane is open. */
import { ArrowLeftRight, BellRing } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import { accept, decline, show } from "../page";
import { type Offer, offers, secondsLeft } from "../state/offers";
import { pathOf } from "../state/route";
import { noteFrom } from "../state/rows";
import { REASON_WORD } from "../state/words";
import { waitClock, waitWords } from "../state/wait";
import { useBench, usePick } from "./bench";
import { ChannelMark, KnownMark, PriorityMark } from "./marks";
import { ReasonMark } from "./reason";
import { WaitLabel } from "./wait-label";

export function Offers() {
  const { desk } = useBench();
  const found = offers(desk.state.value);
  const box = useRef<HTMLElement>(null);
  useKeptFocus(box, found.length);
  return (
    <>
      {/* said at once, and once: the seconds below are not read out */}
      <div class="fd-hidden" role="alert">
        {found.map((offer) => (
          <p key={offer.row.conversation}>{spoken(offer)}</p>
        ))}
      </div>
      <section class="offers" ref={box} aria-label="Offered to you" hidden={found.length === 0}>
        {found.map((offer) => (
          <OfferCard key={offer.row.conversation} offer={offer} />
        ))}
      </section>
    </>
  );
}

/** A card that goes while it has the focus hands it to the conversation: it never falls off the page. */
function useKeptFocus(box: { current: HTMLElement | null }, count: number): void {
  const held = useRef(false);
  useEffect(() => {
    const look = (event: FocusEvent) => {
      held.current = event.target instanceof Node && box.current?.contains(event.target) === true;
    };
    document.addEventListener("focusin", look);
    return () => document.removeEventListener("focusin", look);
  }, []);
  useEffect(() => {
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (!held.current || !lost) return;
    held.current = false;
    document.querySelector<HTMLElement>(".offer-name, .chat-name, .row")?.focus();
  }, [count]);
}

function OfferCard({ offer }: { offer: Offer }) {
  const { desk, page } = useBench();
  const { row, kind } = offer;
  const id = row.conversation;
  const doing = usePick((state) => state.commands.find((one) => one.conversation === id)?.name ?? null);
  const open = usePick((state) => state.link === "open");
  const note = usePick((state) => noteFrom(state.chats[id], row.agent?.id ?? null));
  const me = usePick((state) => state.welcome?.agent.id ?? null);
  const off = doing !== null || !open;
  return (
    <article class="offer" aria-label={spoken(offer)}>
      <p class="offer-kind">
        <Icon node={kind === "offer" ? BellRing : ArrowLeftRight} />
        <span>{heading(offer)}</span>
        <Countdown offer={offer} />
      </p>
      <p class="offer-who">
        <a
          class="offer-name"
          href={pathOf(id)}
          dir="auto"
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
            event.preventDefault();
            show(desk, page, id);
          }}
        >
          {row.customer_name}
        </a>
        <PriorityMark priority={row.priority} />
        {row.reason !== "left_details" && <ChannelMark channel={row.channel} />}
        {kind === "offer" && <KnownMark agent={row.known_agent} me={me} />}
        {row.waiting_since !== null && <WaitLabel since={row.waiting_since} />}
      </p>
      <p class="offer-why">
        <ReasonMark reason={row.reason} channel={row.channel} />
      </p>
      {note + row.last_text !== "" && (
        <p class="offer-text" dir="auto">
          {note === "" ? row.last_text : `Note: ${note}`}
        </p>
      )}
      <div class="offer-ways">
        <Button small disabled={off} onClick={() => decline(desk, offer)}>
          {kind === "skill" ? "Not me" : "Decline"}
        </Button>
        <Button small kind="primary" disabled={off} onClick={() => accept(desk, page, offer)}>
          {doing === "claim" || doing === "accept" ? "Taking…" : "Accept"}
        </Button>
      </div>
    </article>
  );
}

function heading({ row, kind }: Offer): string {
  const who = row.agent?.name ?? "A colleague";
  if (kind === "offer") return "Offered to you";
  return kind === "transfer" ? `${who} asks you to take over` : `${who} looks for ${row.transfer_skill}`;
}

function spoken(offer: Offer): string {
  return `${heading(offer)}: ${offer.row.customer_name}. ${REASON_WORD[offer.row.reason]}.`;
}

/** The seconds left, and a line that grows shorter with them. */
function Countdown({ offer: { row } }: { offer: Offer }) {
  const { desk, now } = useBench();
  const left = secondsLeft(desk.state.value, row, now.value);
  const whole = row.offer_seconds ?? 0;
  if (left === null) return null;
  return (
    <span class={`offer-left fd-numbers ${left <= HURRY_SECONDS ? "offer-hurry" : ""}`} role="timer" aria-label={`${waitWords(left)} left`}>
      {left === 0 ? "passing on" : left < 60 ? `${left} s` : waitClock(left)}
      <span class="offer-line" aria-hidden="true" style={{ inlineSize: `${Math.min(100, (left / Math.max(LONGEST_SECONDS, whole)) * 100)}%` }} />
    </span>
  );
}

const HURRY_SECONDS = 5;
/** A full line; what lasts longer begins full as well. */
const LONGEST_SECONDS = 30;
