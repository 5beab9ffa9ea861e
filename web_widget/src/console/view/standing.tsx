/** Between log and composer, when the conversation is not mine: whose it is, and the way to take it. */
import { Bot, CircleCheck, Hand, StickyNote, UserRound } from "lucide";
import type { ComponentChildren } from "preact";
import { Button } from "../../shared/components/button";
import { Icon, type IconNode } from "../../shared/components/icon";
import type { Chat } from "../state/model";
import { mayTakeNext, stance } from "../state/queue";
import { ownerWords } from "../state/words";
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
        <Bar icon={Hand} words={`${customer} is waiting for a person.`} draft={draft}>
          {note}
          <Claim conversation={chat.id} />
        </Bar>
      );
    case "colleague":
      return (
        <Bar icon={UserRound} words={`${chat.status?.agent?.name ?? "A colleague"} has this. You can read along.`} draft={draft}>
          {note}
        </Bar>
      );
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
  const may = usePick(mayTakeNext);
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
