/** Asks a colleague, or whoever has a skill, to take a conversation over. It stays with the asker until somebody accepts. */
import { ArrowLeftRight, Search, Sparkles, X } from "lucide";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Button, IconButton } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import { customerName, stance } from "../state/queue";
import { type Target, targets } from "../state/targets";
import { useBench, usePick } from "./bench";
import { ColleagueFace, Load } from "./colleagues";

export function TransferDialog() {
  const { page } = useBench();
  const dialog = useRef<HTMLDialogElement>(null);
  const passing = page.passing.value;
  const still = usePick((state) => {
    const now = page.passing.value;
    return now !== null && stance(state, now) === "mine";
  });
  const close = () => (page.passing.value = null);
  useEffect(() => {
    if (passing !== null && !still) close();
    else if (passing !== null) dialog.current?.showModal();
    else dialog.current?.close();
  }, [passing, still]);
  return (
    <dialog ref={dialog} class="help passing" aria-labelledby="passing-title" onClose={close}>
      {passing !== null && <TransferForm key={passing} conversation={passing} close={close} />}
    </dialog>
  );
}

function TransferForm({ conversation, close }: { conversation: string; close: () => void }) {
  const { desk } = useBench();
  const customer = usePick((state) => customerName(state, conversation));
  const limit = usePick((state) => state.welcome?.limits.text ?? 4000);
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const found = targets(desk.state.value, query);
  const able = found.filter((one) => one.because === "");
  const target = able.find((one) => one.key === chosen) ?? null;
  const first = target ?? (query.trim() === "" ? null : (able[0] ?? null));
  const over = note.trim().length > limit;
  const submit = (event: Event) => {
    event.preventDefault();
    if (first === null || over) return;
    desk.transfer(conversation, { to: first.to, note: note.trim() });
    close();
  };
  return (
    <form
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
      }}
    >
      <header class="help-head">
        <h2 id="passing-title" dir="auto">
          Transfer {customer}
        </h2>
        <IconButton icon={X} label="Close" onClick={close} />
      </header>
      <p class="quiet passing-words">You keep the chat until somebody accepts. The customer sees who comes.</p>
      <Chooser query={query} setQuery={setQuery} found={found} able={able} chosen={first?.key ?? null} choose={setChosen} />
      <NoteField note={note} setNote={setNote} over={over ? note.trim().length - limit : 0} />
      <div class="passing-ways">
        <Button onClick={close}>Cancel</Button>
        <Button kind="primary" type="submit" icon={ArrowLeftRight} aria-disabled={first === null || over ? "true" : undefined}>
          {first === null ? "Choose somebody" : first.colleague === null ? `Ask for ${first.name}` : `Ask ${first.name}`}
        </Button>
      </div>
    </form>
  );
}

interface ChooserProps {
  query: string;
  setQuery: (query: string) => void;
  found: readonly Target[];
  able: readonly Target[];
  chosen: string | null;
  choose: (key: string) => void;
}

/** A field that searches and a list that follows the arrow keys, without leaving the field. */
function Chooser({ query, setQuery, found, able, chosen, choose }: ChooserProps) {
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView?.({ block: "nearest" });
  }, [chosen]);
  const go = (step: number) => {
    const at = able.findIndex((one) => one.key === chosen);
    const next = at === -1 ? (step > 0 ? 0 : able.length - 1) : (at + step + able.length) % able.length;
    const target = able[next];
    if (target !== undefined) choose(target.key);
  };
  return (
    <>
      <label class="passing-search">
        <Icon node={Search} />
        <input
          class="passing-field"
          role="combobox"
          aria-label="Colleague or skill"
          aria-expanded="true"
          aria-autocomplete="list"
          aria-controls={`${id}-list`}
          aria-activedescendant={chosen === null ? undefined : `${id}-${chosen}`}
          placeholder="A name, a skill, a language"
          autocomplete="off"
          autofocus
          dir="auto"
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
            event.preventDefault();
            go(event.key === "ArrowDown" ? 1 : -1);
          }}
        />
      </label>
      <ul class="targets" id={`${id}-list`} role="listbox" aria-label="Who can take it" ref={list}>
        {found.map((one) => (
          <TargetRow key={one.key} id={`${id}-${one.key}`} one={one} chosen={one.key === chosen} choose={() => choose(one.key)} />
        ))}
      </ul>
      {found.length === 0 && (
        <p class="targets-none" role="status">
          {query.trim() === "" ? "No colleague has an account yet." : `Nobody and no skill is called “${query.trim()}”.`}
        </p>
      )}
    </>
  );
}

function TargetRow({ id, one, chosen, choose }: { id: string; one: Target; chosen: boolean; choose: () => void }) {
  const off = one.because !== "";
  return (
    <li
      id={id}
      class={`target ${off ? "target-off" : ""}`}
      role="option"
      aria-selected={chosen}
      aria-disabled={off ? "true" : undefined}
      onClick={() => !off && choose()}
    >
      {one.colleague === null ? (
        <span class="target-skill">
          <Icon node={Sparkles} />
        </span>
      ) : (
        <ColleagueFace one={one.colleague} />
      )}
      <span class="colleague-words">
        <span class="colleague-name" dir="auto">
          {one.name}
        </span>
        {one.about !== "" && <span class="colleague-knows">{one.about}</span>}
      </span>
      {one.colleague === null || off ? <span class="colleague-load">{off ? one.because : "Skill"}</span> : <Load one={one.colleague} />}
    </li>
  );
}

function NoteField({ note, setNote, over }: { note: string; setNote: (note: string) => void; over: number }) {
  const id = useId();
  return (
    <div class="passing-note">
      <label for={id}>
        Note <span class="quiet">· only colleagues see it</span>
      </label>
      <textarea
        id={id}
        class="passing-text"
        rows={3}
        dir="auto"
        placeholder="What they should know before they accept"
        value={note}
        aria-invalid={over > 0 ? "true" : undefined}
        onInput={(event) => setNote(event.currentTarget.value)}
      />
      {over > 0 && (
        <p class="composer-over" role="alert">
          {over} characters too long
        </p>
      )}
    </div>
  );
}
