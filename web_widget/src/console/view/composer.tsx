/** Where an agent writes: to the customer, or a note that only colleagues see. The two never look alike. */
import { Lock, MessageSquare, Send, StickyNote } from "lucide";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import { sendsMessage } from "../state/keys";
import { EMPTY_DRAFT, type Mode } from "../state/model";
import { useBench, usePick } from "./bench";

interface Props {
  conversation: string;
  customer: string;
  /** Whether this agent may answer the customer now; notes are always possible. */
  mayReply: boolean;
}

const MOST_PX = 220;

export function Composer({ conversation, customer, mayReply }: Props) {
  const { desk, page } = useBench();
  const draft = usePick((state) => state.drafts[conversation] ?? EMPTY_DRAFT);
  const limit = usePick((state) => state.welcome?.limits.text ?? 4000);
  const away = usePick((state) => state.queue?.rows.find((row) => row.conversation === conversation)?.customer_online === false);
  const letters = usePick((state) => state.chats[conversation]?.status?.reach?.letters ?? false);
  const field = useRef<HTMLTextAreaElement>(null);
  const mode: Mode = mayReply ? draft.mode : "note";
  const text = draft[mode];
  // a reply goes out under the fence that the status brings, a moment after the conversation was taken
  const known = usePick((state) => (state.chats[conversation]?.status ?? null) !== null);
  const ready = known || mode === "note";
  const pressed = useRef(false);
  const wanted = page.focusComposer.value;
  useLayoutEffect(() => {
    if (!wanted) return;
    field.current?.focus();
    page.focusComposer.value = false;
  }, [wanted]);
  useLayoutEffect(() => fit(field.current), [text, mode]);
  // pressed before it could go out: it goes as soon as it can, unless the words changed since
  useLayoutEffect(() => {
    if (ready && pressed.current) send();
  }, [ready]);
  useLayoutEffect(() => () => void (pressed.current = false), [conversation, text, mode]);

  function send(): void {
    if (text.trim() === "" || text.length > limit) return;
    pressed.current = !ready;
    if (!ready) return;
    if (draft.mode !== mode) desk.setMode(conversation, mode);
    desk.write(conversation);
    field.current?.focus();
  }

  return (
    <form
      class={`composer composer-${mode}`}
      aria-label={mode === "reply" ? `Reply to ${customer}` : "Note for colleagues"}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Tabs mode={mode} mayReply={mayReply} choose={(next) => choose(next)} />
      <textarea
        ref={field}
        class="composer-text"
        rows={1}
        dir="auto"
        aria-label={mode === "reply" ? "Reply" : "Note"}
        placeholder={mode === "reply" ? (away ? awayWords(customer, letters) : `Write to ${customer}`) : "Write a note. The customer will not see it."}
        value={text}
        onInput={(event) => {
          if (draft.mode !== mode) desk.setMode(conversation, mode);
          desk.dispatch({ type: "draft", conversation, text: event.currentTarget.value });
          if (mode === "reply") desk.typing(conversation);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
          const composing = event.isComposing || event.keyCode === 229;
          const touch = typeof matchMedia === "function" && matchMedia("(pointer: coarse)").matches;
          const { key, shiftKey: shift, altKey: alt, ctrlKey: ctrl, metaKey: meta } = event;
          if (!sendsMessage({ key, shift, alt, ctrl, meta, composing, touch })) return;
          event.preventDefault();
          send();
        }}
      />
      <div class="composer-foot">
        <Room used={text.length} limit={limit} verb={mode === "reply" ? "sends" : "saves"} />
        <Button kind="primary" small type="submit" icon={mode === "reply" ? Send : StickyNote} disabled={text.trim() === "" || text.length > limit || !ready}>
          {mode === "reply" ? "Send" : "Save note"}
        </Button>
      </div>
    </form>
  );

  function choose(next: Mode): void {
    desk.setMode(conversation, next);
    field.current?.focus();
  }
}

function awayWords(customer: string, letters: boolean): string {
  return letters ? `${customer} is away. What you write waits in the chat and goes out by e-mail.` : `${customer} is away. What you write waits in the chat.`;
}

interface TabsProps {
  mode: Mode;
  mayReply: boolean;
  choose: (mode: Mode) => void;
}

function Tabs({ mode, mayReply, choose }: TabsProps) {
  return (
    <div class="composer-tabs" role="group" aria-label="What you write">
      {mayReply && (
        <button type="button" class="composer-tab" aria-pressed={mode === "reply"} onClick={() => choose("reply")}>
          <Icon node={MessageSquare} /> Reply
        </button>
      )}
      <button type="button" class="composer-tab" aria-pressed={mode === "note"} onClick={() => choose("note")}>
        <Icon node={StickyNote} /> Note
      </button>
      {mode === "note" && (
        <span class="composer-private">
          <Icon node={Lock} /> Only colleagues see this
        </span>
      )}
    </div>
  );
}

/** Says how to send; near the limit, how much room there is. */
function Room({ used, limit, verb }: { used: number; limit: number; verb: string }) {
  if (used > limit) {
    return (
      <span class="composer-hint composer-over" role="alert">
        {used - limit} characters too long
      </span>
    );
  }
  if (used > limit * 0.9) return <span class="composer-hint fd-numbers">{limit - used} characters left</span>;
  return <span class="composer-hint composer-keys">Enter {verb}, Shift + Enter breaks the line</span>;
}

/** Browsers that size a field by its content need no help; for the others, and only for them, measure it. */
function fit(field: HTMLTextAreaElement | null): void {
  if (field === null || (typeof CSS !== "undefined" && CSS.supports("field-sizing", "content"))) return;
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, MOST_PX)}px`;
}
