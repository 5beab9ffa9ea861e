/** Finds articles for what is typed into `ui.found`; above the composer also shows them. */
import { FileText, X } from "lucide";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { IconButton } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import { useCell } from "../../shared/components/use-cell";
import type { ArticleSummary } from "../../shared/knowledge";
import { browserClock } from "../../shared/socket";
import { steady, Suggester, type Fetcher } from "../suggester";
import { noSuggestions, type Suggestions } from "../ui";
import { words } from "../words";
import { useWidget } from "./context";
import { NOTICED_MILLISECONDS } from "./page-articles";

/** A list under a moving pointer waits so long after its last move. */
const HELD_MILLISECONDS = 1000;

/** For the search field: whatever fits, best first. */
export function Finder({ text }: { text: string }) {
  const { help, ui } = useWidget();
  useFound(text, help.search, (found) => (ui.found.value = found));
  return null;
}

interface SheetProps {
  /** Empty while nothing shall be suggested. */
  text: string;
  highlight: number | null;
  choose: (article: ArticleSummary) => void;
  dismiss: () => void;
}

/** At most three articles above the text, never over it; none twice in a visit, and none that moves under a pointer. */
export function Sheet({ text, highlight, choose, dismiss }: SheetProps) {
  const { help, session, ui } = useWidget();
  const { visit } = help;
  const { events } = useCell(session.model).log;
  useEffect(() => {
    // What was given as an answer is no suggestion any more.
    visit.note("shown", events.flatMap((event) => (event.kind === "answer" ? [event.hit.article_slug] : [])).slice(-20));
  }, [events]);
  const { articles } = useCell(ui.found);
  /** What was shown for this message: it may stay although it was seen. */
  const round = useRef(new Set<string>());
  const held = useRef<Suggestions | true | null>(null);
  const show = (found: Suggestions) => {
    const fresh = found.articles.filter(
      ({ slug }) => !visit.has(slug, "opened") && !visit.has(slug, "dismissed") && (round.current.has(slug) || !visit.has(slug)),
    );
    const next = { query: found.query, articles: steady(ui.found.value.articles, fresh).slice(0, 3) };
    for (const { slug } of next.articles) round.current.add(slug);
    ui.found.value = next;
  };
  const fetcher: Fetcher = (query, signal) => help.suggest(query, signal, round.current);
  useFound(text, fetcher, (found) => {
    if (held.current && found.query) held.current = found;
    else show(found);
  });
  useEffect(() => {
    if (text === "") round.current.clear();
  }, [text]);
  useEffect(() => {
    const id = setTimeout(() => visit.note("shown", articles.map(({ slug }) => slug)), NOTICED_MILLISECONDS);
    return () => clearTimeout(id);
  }, [articles]);
  const timer = useRef(0);
  // A pointer that merely rests where the sheet came up holds nothing.
  const hold = () => {
    held.current ??= true;
    clearTimeout(timer.current);
    timer.current = window.setTimeout(release, HELD_MILLISECONDS);
  };
  const release = () => {
    clearTimeout(timer.current);
    const waiting = held.current;
    held.current = null;
    if (waiting && waiting !== true) show(waiting);
  };
  const count = articles.length;
  return (
    <>
      <div
        id="sheet"
        class="sheet"
        role="listbox"
        aria-label={words.suggestions}
        hidden={count === 0}
        onPointerMove={hold}
        onPointerLeave={release}
      >
        <div class="sheet-head">
          <p class="small-heading" aria-hidden="true">
            {words.suggestions}
          </p>
          <IconButton icon={X} label={words.suggestionsHide} tabIndex={-1} onClick={() => ((held.current = null), release(), dismiss())} />
        </div>
        {articles.map((article, index) => (
          <button
            key={article.slug}
            type="button"
            id={`sheet-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={highlight === index}
            class="found-row"
            onClick={() => choose(article)}
          >
            <Icon node={FileText} />
            <span class="found-title" dir="auto">
              {article.title}
            </span>
          </button>
        ))}
      </div>
      <p class="fd-hidden" role="status">
        {count > 0 ? words.suggestionsSpoken(count) : ""}
      </p>
    </>
  );
}

/** Asks for `text` whenever it rests; the newest `fetcher` and `found` are used. */
function useFound(text: string, fetcher: Fetcher, found: (suggestions: Suggestions) => void): void {
  const { ui } = useWidget();
  const now = useRef({ fetcher, found });
  now.current = { fetcher, found };
  const suggester = useMemo(
    () => new Suggester((query, signal) => now.current.fetcher(query, signal), (each) => now.current.found(each), browserClock),
    [],
  );
  useEffect(() => suggester.typed(text), [text]);
  useEffect(
    () => () => {
      suggester.stop();
      ui.found.value = noSuggestions;
    },
    [],
  );
}
