/** "What I'll tell them": the summary that a person gets, for the customer to read and to put right. */
import { ChevronDown, MessageSquareQuote, Pencil } from "lucide";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Button } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import { useCell } from "../../shared/components/use-cell";
import type { Card } from "../../shared/protocol";
import { changeOf, corrected, LONGEST, PARTS, shownParts, tellWords as words, withPending, type Change, type Lines, type Part } from "../telling";
import { useWidget } from "./context";

/** A window so low that the conversation needs the room. */
const SHORT = 700;

interface Props {
  card: Card;
  /** In line: then it stands open. */
  waiting: boolean;
  /** A person has come: only what is being edited stays. */
  joined: boolean;
}

export function TellCard({ card, waiting, joined }: Props) {
  const { session, ui } = useWidget();
  const { outbox, trouble } = useCell(session.model);
  const details = useCell(ui.details);
  const [folded, setFolded] = useState<boolean | null>(null);
  const [editing, setEditing] = useState(false);
  const [sent, setSent] = useState<Change | null>(null);
  const [saved, setSaved] = useState(false);
  const box = useRef<HTMLElement>(null);
  const known = JSON.stringify(card);
  // what was sent is shown until the card says it itself, or the gateway refuses it
  useEffect(() => setSent(null), [known, trouble]);
  useEffect(() => {
    if (trouble) setSaved(false);
  }, [trouble]);
  const shown = withPending(sent ? corrected(card, sent) : card, outbox);
  const pending = outbox.some((entry) => entry.frame.type === "correct_card");
  const done = (change: Change | null) => {
    if (change) {
      session.write(change);
      setSent(change);
    }
    setSaved(change !== null);
    setEditing(false);
    setFolded(false);
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(".tell-edit")?.focus());
  };
  if (joined && !editing) return null;
  const open = editing || !(folded ?? (!waiting || details !== false || innerHeight < SHORT));
  return (
    <section class="tell" ref={box} aria-label={words.title}>
      <div class="tell-head">
        <button type="button" class="tell-fold" aria-expanded={open} disabled={editing} onClick={() => setFolded(open)}>
          <Icon node={MessageSquareQuote} class="tell-icon" />
          <span class="tell-title">{words.title}</span>
          {!open && (
            <span class="tell-glance" dir="auto">
              {shown.want}
            </span>
          )}
          <Icon node={ChevronDown} class="tell-turn" />
        </button>
        {!editing && (
          <Button small kind="quiet" icon={Pencil} class="tell-edit" aria-label={words.editLong} onClick={() => setEditing(true)}>
            {words.edit}
          </Button>
        )}
      </div>
      {editing ? <TellForm card={shown} done={done} /> : open && <TellLines card={shown} />}
      <p class={saved && !editing ? "tell-state" : "fd-hidden"} role="status">
        {saved && !editing ? (pending ? words.saving : words.saved) : ""}
      </p>
    </section>
  );
}

function TellLines({ card }: { card: Card }) {
  const parts = shownParts(card);
  if (parts.length === 0) return <p class="tell-nothing">{words.nothing}</p>;
  return (
    <dl class="tell-lines">
      {parts.map((part) => (
        <div key={part} class="tell-line">
          <dt>{words.parts[part]}</dt>
          <dd dir="auto">
            {card[part] === "" ? <span class="tell-out">{words.leftOut}</span> : card[part]}
            {card[part] !== "" && card.corrected.includes(part) && <span class="tell-yours">{words.yours}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function TellForm({ card, done }: { card: Card; done: (change: Change | null) => void }) {
  const [before] = useState<Lines>({ want: card.want, about: card.about, tried: card.tried });
  const [lines, setLines] = useState<Lines>(before);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("textarea")?.focus(), []);
  const tooLong = PARTS.some((part) => lines[part].trim().length > LONGEST);
  const save = (event: Event) => {
    event.preventDefault();
    if (!tooLong) done(changeOf(before, lines));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault(); // the panel stays
      done(null);
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save(event);
  };
  return (
    <form class="tell-form" ref={form} noValidate onSubmit={save} onKeyDown={onKeyDown}>
      {PARTS.map((part) => (
        <TellField key={part} part={part} value={lines[part]} set={(value) => setLines({ ...lines, [part]: value })} />
      ))}
      <p class="tell-hint">{words.hint}</p>
      <div class="card-actions">
        <Button small kind="primary" type="submit" aria-disabled={tooLong ? "true" : undefined}>
          {words.save}
        </Button>
        <Button small kind="quiet" onClick={() => done(null)}>
          {words.cancel}
        </Button>
      </div>
    </form>
  );
}

function TellField({ part, value, set }: { part: Part; value: string; set: (value: string) => void }) {
  const id = useId();
  const over = value.trim().length - LONGEST;
  return (
    <div class="fd-field">
      <label class="fd-label" for={id}>
        {words.labels[part]}
      </label>
      <textarea
        id={id}
        name={part}
        class="fd-input"
        rows={part === "want" ? 3 : 2}
        dir="auto"
        value={value}
        aria-invalid={over > 0 ? "true" : undefined}
        aria-describedby={over > 0 ? `${id}-over` : undefined}
        onInput={(event) => set(event.currentTarget.value)}
      />
      {over > 0 && (
        <p class="fd-field-error" id={`${id}-over`} role="alert">
          {words.tooLong(over)}
        </p>
      )}
    </div>
  );
}
