/** Between log and composer, when the conversation is not mine: whose it is, and the way to take it. */
import { ArrowLeftRight, Bot, CircleCheck, Hand, StickyNote, UserRound, UserRoundX } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../shared/components/button";
import { Icon, type IconNode } from "../../shared/components/icon";
import { accept, decline } from "../page";
import { type Chat, rowOf } from "../state/model";
import { type Offer, offerOf } from "../state/offers";
import { mayClaim, mayTakeNext, needs, stance } from "../state/queue";
import { ownerWords } from "../state/words";
import type { AgentCard, QueueRow } from "../../shared/protocol";
import { useBench, usePick } from "./bench";

interface Props {
  chat: Chat;
  customer: string;
  /** Whether the field for a note is open below. */
  noting: boolean;
  setNoting: (open: boolean) => void;
}

export function Standing({ chat, customer, noting, setNoting }: Props) {
  const { page } = useBench();
  const now = usePick((state) => stance(state, chat.id));
  const draft = usePick((state) => state.drafts[chat.id]?.reply ?? "");
  const row = usePick((state) => rowOf(state, chat.id));
  const me = usePick((state) => state.welcome?.agent.id ?? null);
  const offer = usePick((state) => offerOf(state, chat.id));
  const supervisor = usePick((state) => state.welcome?.supervisor ?? false);
  const note = (
    <Button
      small
      kind="quiet"
      icon={StickyNote}
      aria-expanded={noting}
      onClick={() => {
        setNoting(!noting);
        if (!noting) page.focusComposer.value = true;
      }}
    >
      Note
    </Button>
  );
  switch (now) {
    case "waiting":
      return (
        <Bar icon={Hand} words={waitingWords(customer, row, me)} draft={draft}>
          {note}
          {offer === null ? <Claim conversation={chat.id} /> : <TakeOffer offer={offer} />}
        </Bar>
      );
    case "colleague": {
      const holder = chat.status?.agent ?? row?.agent ?? null;
      const away = chat.status?.agent_away ?? row?.agent_away ?? false;
      const icon = offer !== null ? ArrowLeftRight : away ? UserRoundX : UserRound;
      return (
        <Bar icon={icon} words={holderWords(holder, away, offer)} draft={draft}>
          {note}
          {offer !== null && <TakeOffer offer={offer} />}
          {supervisor && offer === null && <TakeOver conversation={chat.id} holder={holder} customer={customer} />}
        </Bar>
      );
    }
    case "bot":
      return (
        <Bar icon={Bot} words="The bot is answering. You can read along." draft={draft}>
          {note}
        </Bar>
      );
    case "closed":
      return (
        <Bar icon={CircleCheck} words={`${chat.status === null ? "Closed" : ownerWords(chat.status, null)}.`} draft={draft}>
          {note}
          <TakeNextHere />
        </Bar>
      );
    case "mine":
    case "loading":
      return null;
  }
}

function waitingWords(customer: string, row: QueueRow | null, me: string | null): string {
  const words = [`${customer} is waiting for a person.`];
  if (row === null) return words.join(" ");
  if (needs(row) !== "") words.push(row.may_take ? `Asks for ${needs(row)}.` : `Needs ${needs(row)}: that is for colleagues.`);
  if (row.offered_to !== null) words.push(row.offered_to.id === me ? "Offered to you." : `Offered to ${row.offered_to.name} at the moment.`);
  if (row.known_agent !== null) words.push(row.known_agent.id === me ? "You helped them before." : `${row.known_agent.name} helped them before.`);
  return words.join(" ");
}

function holderWords(holder: AgentCard | null, away: boolean, offer: Offer | null): string {
  const name = holder?.name ?? "A colleague";
  if (offer?.kind === "transfer") return `${name} asks you to take this over.`;
  if (offer?.kind === "skill") return `${name} looks for somebody who knows ${offer.row.transfer_skill}.`;
  if (away) return `${name} has this and lost the connection. If they stay away it goes back to the queue, to its old place.`;
  return `${name} has this. You can read along.`;
}

function TakeOffer({ offer }: { offer: Offer }) {
  const { desk, page } = useBench();
  const busy = usePick((state) => state.link !== "open" || state.commands.some((one) => one.conversation === offer.row.conversation));
  return (
    <>
      <Button disabled={busy} onClick={() => decline(desk, offer)}>
        {offer.kind === "skill" ? "Not me" : "Decline"}
      </Button>
      <Button kind="primary" disabled={busy} onClick={() => accept(desk, page, offer)}>
        Accept
      </Button>
    </>
  );
}

/** Asks once more, and says from whom: it is somebody else's conversation. */
function TakeOver({ conversation, holder, customer }: { conversation: string; holder: AgentCard | null; customer: string }) {
  const { desk } = useBench();
  const [asking, setAsking] = useState(false);
  const busy = usePick((state) => state.link !== "open" || state.commands.some((one) => one.conversation === conversation));
  const name = holder?.name ?? "your colleague";
  const opener = useRef<HTMLButtonElement>(null);
  const sure = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!asking) return undefined;
    sure.current?.focus();
    return () => opener.current?.focus();
  }, [asking]);
  if (!asking) {
    return (
      <Button small buttonRef={opener} onClick={() => setAsking(true)}>
        Take over
      </Button>
    );
  }
  return (
    <div class="standing-ask" role="group" aria-label="Take over">
      <p>
        Take this chat over from {name}? {customer} is told that you go on. {name} can read along.
      </p>
      <Button small onClick={() => setAsking(false)}>
        Leave it
      </Button>
      <Button small kind="primary" disabled={busy} buttonRef={sure} onClick={() => desk.takeOver(conversation)}>
        Take over from {name}
      </Button>
    </div>
  );
}

interface BarProps {
  icon: IconNode;
  words: string;
  /** A reply that was begun and cannot be sent now. */
  draft: string;
  children?: ComponentChildren;
}

function Bar({ icon, words, draft, children }: BarProps) {
  return (
    <div class="standing">
      <Icon node={icon} />
      <p class="standing-words">
        {words}
        {draft !== "" && <span class="standing-draft">Your unsent reply is kept: “{draft}”</span>}
      </p>
      {children}
    </div>
  );
}

function Claim({ conversation }: { conversation: string }) {
  const { desk } = useBench();
  const may = usePick((state) => mayClaim(state, conversation));
  return (
    <Button
      kind="primary"
      aria-disabled={may.may ? undefined : "true"}
      title={may.may ? undefined : may.because}
      onClick={() => {
        if (may.may) desk.claim(conversation);
      }}
    >
      Take this chat
    </Button>
  );
}

function TakeNextHere() {
  const { desk } = useBench();
  const may = usePick(mayTakeNext);
  if (!may.may) return null;
  return (
    <Button small onClick={() => desk.takeNext()}>
      Take next
    </Button>
  );
}
