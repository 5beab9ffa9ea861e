/** The middle pane: one conversation, from its head to the composer. */
import { MessagesSquare } from "lucide";
import { useLayoutEffect, useState } from "preact/hooks";
import { Button } from "../../shared/components/button";
import { EmptyState, ErrorState } from "../../shared/components/state";
import { show, showDetails } from "../page";
import { type Chat, emptyChat } from "../state/model";
import { customerName, mayTakeNext, sections, stance } from "../state/queue";
import { lastCustomerText } from "../state/chat";
import { correctionsSince } from "../state/corrections";
import { latestPacket } from "../state/rows";
import { useBench, usePick } from "./bench";
import { ChatHead } from "./chat-head";
import { Composer } from "./composer";
import { Log } from "./log";
import { PassingBar } from "./passing-bar";
import { ReachBar } from "./reach-bar";
import { ReasonMark } from "./reason";
import { Standing } from "./standing";

export function ChatPane({ conversation }: { conversation: string }) {
  const { desk, page } = useBench();
  const chat = usePick((state) => state.chats[conversation]) ?? emptyChat(conversation);
  const customer = usePick((state) => customerName(state, conversation));
  const now = usePick((state) => stance(state, conversation));
  const [noting, setNoting] = useNoting(conversation, now === "mine");
  if (chat.refused !== null) {
    return (
      <main class="chat">
        <ErrorState title="This conversation cannot be opened" retry={() => show(desk, page, null)} retryLabel="Back to the queue">
          {chat.refused}
        </ErrorState>
      </main>
    );
  }
  return (
    <main class="chat">
      <ChatHead chat={chat} />
      <Handover chat={chat} />
      <Log chat={chat} customer={customer} />
      {now === "mine" && <PassingBar conversation={conversation} />}
      <ReachBar
        reach={chat.status?.reach ?? null}
        customer={customer}
        online={chat.status?.customer_online ?? false}
        about={lastCustomerText(chat)}
        mine={now === "mine"}
      />
      <Standing chat={chat} customer={customer} noting={noting} setNoting={setNoting} />
      {(now === "mine" || (noting && now !== "loading")) && (
        <Composer conversation={conversation} customer={customer} mayReply={now === "mine"} />
      )}
    </main>
  );
}

/** Whether the note is open in a conversation that is not mine: by its button, by its key, or by a note begun before. */
function useNoting(conversation: string, mine: boolean): [boolean, (open: boolean) => void] {
  const { desk, page } = useBench();
  const [noting, setNoting] = useState((desk.state.peek().drafts[conversation]?.note ?? "") !== "");
  const wanted = page.focusComposer.value;
  useLayoutEffect(() => {
    if (wanted && !mine) setNoting(true);
  }, [wanted, mine]);
  return [noting, setNoting];
}

/** The packet in two lines, for windows too narrow to show it beside the chat. */
function Handover({ chat }: { chat: Chat }) {
  const { page } = useBench();
  const event = latestPacket(chat);
  if (event === null) return null;
  const want = correctionsSince(event, chat.log.events).want?.text;
  return (
    <section class="handover not-three" aria-label="Why this came to people">
      <p class="handover-why">
        <ReasonMark reason={event.packet.reason} />
      </p>
      <p class="handover-what" dir="auto">
        {event.packet.reason_detail} {want === undefined || want === "" ? event.packet.summary : `They corrected: “${want}”`}
      </p>
      <Button small kind="quiet" onClick={() => showDetails(page)}>
        All details
      </Button>
    </section>
  );
}

export function NoChat() {
  const { desk } = useBench();
  const may = usePick(mayTakeNext);
  const waiting = usePick((state) => sections(state).waiting.length);
  const offered = usePick((state) => state.welcome?.routing === "offer");
  const away = usePick((state) => state.welcome !== null && !state.available);
  return (
    <main class="chat">
      <EmptyState
        icon={MessagesSquare}
        title={waiting === 0 ? "Nobody is waiting" : waiting === 1 ? "One person is waiting" : `${waiting} people are waiting`}
        actions={
          may.may && !offered ? (
            <Button kind="primary" onClick={() => desk.takeNext()}>
              Take next
            </Button>
          ) : undefined
        }
      >
        {may.may && !offered
          ? "Take the next one, or open a conversation on the left to read it first."
          : away
            ? "You are away. Switch to “Taking chats” when you are ready."
            : offered
              ? "Chats are offered to you one by one: a card appears, with a sound if you turn it on."
              : "Open a conversation on the left. Whoever asks for a person appears there by themselves."}
      </EmptyState>
    </main>
  );
}
