/** Above a conversation: whose it is, and what may be done with it. */
import { ArrowLeft, ArrowLeftRight, Bot, Check, CircleCheck, Ellipsis, Flag, ListRestart, PanelRight } from "lucide";
import { Button, IconButton } from "../../shared/components/button";
import { type Chat, rowOf } from "../state/model";
import { passingTo } from "../state/offers";
import { customerName, stance } from "../state/queue";
import { OUTCOME_HINT, OUTCOME_WORD, OUTCOMES, ownerWords, PRIORITIES, priorityWord } from "../state/words";
import type { Desk } from "../link/desk";
import { hideDetails, show, showDetails } from "../page";
import { useBench, usePick } from "./bench";
import { Menu, type MenuItem } from "./menu";
import { Presence } from "./presence";
import { WaitLabel } from "./wait-label";

export function ChatHead({ chat }: { chat: Chat }) {
  const { desk, page } = useBench();
  const name = usePick((state) => customerName(state, chat.id));
  const row = usePick((state) => rowOf(state, chat.id));
  const me = usePick((state) => state.welcome?.agent.id ?? null);
  const online = chat.status?.customer_online ?? row?.customer_online ?? null;
  const context = page.pane.value === "context";
  return (
    <header class="chat-head">
      <IconButton class="only-one" icon={ArrowLeft} turns label="Back to the queue" onClick={() => show(desk, page, null)} />
      <div class="chat-title">
        <h1 class="chat-name" dir="auto" tabIndex={-1}>
          {name}
        </h1>
        <p class="chat-facts">
          {online !== null && <Presence online={online} words />}
          {row?.waiting_since != null && <WaitLabel since={row.waiting_since} />}
          {chat.status !== null && <span class="chat-owner">{ownerWords(chat.status, me)}</span>}
        </p>
      </div>
      {row !== null && <Priority chat={chat} now={row.priority} />}
      <Actions chat={chat} />
      <IconButton
        class="not-three"
        icon={PanelRight}
        label={context ? "Hide details" : "Show details"}
        aria-pressed={context}
        onClick={() => (context ? hideDetails(page) : showDetails(page))}
      />
    </header>
  );
}

/** How soon it should be taken: anybody may say so. */
function Priority({ chat, now }: { chat: Chat; now: number }) {
  const { desk } = useBench();
  const off = usePick((state) => state.link !== "open" || state.commands.some((one) => one.conversation === chat.id));
  const mine = usePick((state) => stance(state, chat.id)) === "mine";
  return (
    <span class={`priority ${now > 0 ? "priority-up" : ""} ${mine && chat.status !== null ? "priority-mine" : ""}`}>
      <Menu
        label={`Priority: ${priorityWord(now).toLowerCase()}`}
        icon={Flag}
        align="end"
        disabled={off}
        items={priorities(desk, chat.id, now)}
      />
    </span>
  );
}

function priorities(desk: Desk, conversation: string, now: number): MenuItem[] {
  return PRIORITIES.map((one) => ({
    label: priorityWord(one),
    hint: one === now ? "As it is" : undefined,
    icon: one === now ? Check : Flag,
    run: () => {
      if (one !== now) desk.prioritise(conversation, one);
    },
  }));
}

function Actions({ chat }: { chat: Chat }) {
  const { desk, page } = useBench();
  const mine = usePick((state) => stance(state, chat.id)) === "mine";
  const busy = usePick((state) => state.commands.some((command) => command.conversation === chat.id));
  const open = usePick((state) => state.link === "open");
  const priority = usePick((state) => rowOf(state, chat.id)?.priority ?? null);
  const passing = usePick((state) => {
    const row = rowOf(state, chat.id);
    return row !== null && passingTo(row) !== null;
  });
  if (!mine || chat.status === null) return null;
  const off = busy || !open;
  const pass = () => (page.passing.value = chat.id);
  const toBot = () => desk.returnToBot(chat.id);
  const toQueue = () => desk.requeue(chat.id);
  return (
    <div class="chat-actions">
      <span class="wide-actions">
        <Button
          small
          icon={ArrowLeftRight}
          aria-disabled={off || passing ? "true" : undefined}
          onClick={() => !off && !passing && pass()}
          title={passing ? "Somebody is asked already" : "Ask a colleague to take over"}
        >
          Transfer
        </Button>
        <Button small icon={Bot} disabled={off} onClick={toBot} title="The bot answers again">
          To the bot
        </Button>
        <Button small icon={ListRestart} disabled={off} onClick={toQueue} title="Back to the queue, at its old place">
          To the queue
        </Button>
      </span>
      <span class="narrow-actions">
        <Menu
          label="More"
          icon={Ellipsis}
          align="end"
          disabled={off}
          items={[
            ...(passing ? [] : [{ label: "Transfer to a colleague", icon: ArrowLeftRight, run: pass }]),
            { label: "Hand back to the bot", icon: Bot, run: toBot },
            { label: "Back to the queue", icon: ListRestart, run: toQueue },
            ...(priority === null ? [] : priorities(desk, chat.id, priority).map((one) => ({ ...one, group: "Priority" }))),
          ]}
        />
      </span>
      <Menu
        label="Resolve"
        icon={CircleCheck}
        words
        primary
        align="end"
        disabled={off}
        items={OUTCOMES.map((outcome) => ({
          label: OUTCOME_WORD[outcome],
          hint: OUTCOME_HINT[outcome],
          run: () => desk.resolve(chat.id, outcome),
        }))}
      />
    </div>
  );
}
