/** Where the customer writes. Enter sends, Shift+Enter breaks the line, a half-composed character never leaves. */
import { SendHorizontal } from "lucide";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/components/icon";
import { useCell } from "../../shared/components/use-cell";
import type { ArticleSummary } from "../../shared/knowledge";
import { moveHighlight } from "../highlight";
import { articleRef, noSuggestions } from "../ui";
import { words } from "../words";
import { useWidget } from "./context";
import { WithRare } from "./use-rare";

const LINES = 5;
/** Longer than this it is a story, and articles would only be in the way. */
const LONGEST_QUESTION = 200;
/** The counter shows when so few characters are left. */
const COUNT_FROM = 300;

export function Composer() {
  const { ui, session, help, send, openArticle } = useWidget();
  const { status, textLimit } = useCell(session.model);
  const text = useCell(ui.draft);
  const withBot = status === null || status.owner === "bot" || status.owner === "queue";
  // Whoever sends suggestions away wants none for this message.
  const [hushed, setHushed] = useState(false);
  const wanted = withBot && !hushed && text.length <= LONGEST_QUESTION;
  const found = useCell(ui.found);
  const [highlight, setHighlight] = useState<number | null>(null);
  useEffect(() => setHighlight(null), [found]);
  useEffect(() => {
    if (!text) setHushed(false);
  }, [text]);
  const field = useField(text);
  const over = text.length - textLimit;

  const change = (value: string) => {
    ui.draft.value = value;
    if (value) session.typed();
  };
  const submit = () => {
    if (!text.trim() || over > 0) return;
    ui.draft.value = "";
    send(text.trim());
    field.current?.focus();
  };
  const choose = (article: ArticleSummary) => openArticle(articleRef(article.url, article.slug, article.title));
  const dismiss = () => {
    help.visit.note("dismissed", found.articles.map(({ slug }) => slug));
    ui.found.value = noSuggestions;
    setHushed(true);
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      const article = highlight === null ? undefined : found.articles[highlight];
      if (article) choose(article);
      else submit();
    }
    if (event.key === "Escape" && found.articles.length > 0) {
      event.preventDefault();
      dismiss();
    }
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (step !== 0 && found.articles.length > 0 && !text.includes("\n")) {
      event.preventDefault();
      setHighlight(moveHighlight(highlight, step, found.articles.length));
    }
  };
  return (
    <div class="composer-place">
      <WithRare optional>
        {({ Sheet }) => <Sheet text={wanted ? text : ""} highlight={highlight} choose={choose} dismiss={dismiss} />}
      </WithRare>
      <form class="composer" onSubmit={(event) => (event.preventDefault(), submit())}>
        <textarea
          ref={field}
          class="composer-field"
          rows={1}
          dir="auto"
          aria-label={words.composer}
          placeholder={status?.owner === "closed" ? words.askElse : words.composerHint}
          aria-controls="sheet"
          aria-autocomplete="list"
          aria-activedescendant={highlight === null ? undefined : `sheet-${highlight}`}
          aria-invalid={over > 0 ? "true" : undefined}
          aria-describedby="counter"
          enterkeyhint="send"
          value={text}
          onInput={(event) => change(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button type="submit" class="composer-send" aria-label={words.send} title={words.send} disabled={!text.trim()}>
          <Icon node={SendHorizontal} turns />
        </button>
      </form>
      <p id="counter" class={`counter fd-numbers${over > 0 ? " counter-over" : ""}`} role="status">
        {over > 0 ? words.tooLong(over) : over > -COUNT_FROM ? words.left(-over) : ""}
      </p>
    </div>
  );
}

/** The text field: as tall as its text up to five lines, and focused when somebody asks for it. */
function useField(text: string) {
  const { ui } = useWidget();
  const open = useCell(ui.open);
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    const style = getComputedStyle(element);
    const lines = LINES * parseFloat(style.lineHeight) + parseFloat(style.paddingTop) + parseFloat(style.paddingBottom);
    element.style.height = `${Math.min(element.scrollHeight, Math.ceil(lines))}px`;
    element.style.overflowY = element.scrollHeight > lines + 1 ? "auto" : "hidden";
  }, [text, open]);
  const asked = useCell(ui.focusComposer);
  const before = useRef(asked);
  useEffect(() => {
    const fine = matchMedia("(pointer: fine)").matches;
    if (open && (fine || before.current !== asked)) field.current?.focus({ preventScroll: true });
    before.current = asked;
  }, [asked, open]);
  return field;
}
