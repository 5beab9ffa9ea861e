/** Before a conversation: search first, then the articles for this page, then a question or a person. */
import { ChevronRight, FileText, MessageCircle, Search, UserRound, X } from "lucide";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconNode } from "../../shared/components/icon";
import { IconButton } from "../../shared/components/button";
import { useDelayed } from "../../shared/components/use-delayed";
import { useCell } from "../../shared/components/use-cell";
import type { ArticleSummary, SuggestReply } from "../../shared/knowledge";
import { moveHighlight } from "../highlight";
import { articleRef } from "../ui";
import { words } from "../words";
import { useWidget } from "./context";
import { fetchRare, WithRare } from "./use-rare";

export function Home() {
  const { ui, session, talk, askPerson } = useWidget();
  const searching = useCell(ui.search).trim() !== "";
  const name = useCell(session.model).botName;
  return (
    <div class="view home">
      <div class="home-top">
        <h1 class="home-greeting">{words.greeting}</h1>
        <p class="home-line">{words.greetingLine}</p>
      </div>
      <SearchField />
      {!searching && (
        <ForPage>
          <div class="home-ways">
            {session.known ? (
              <Way icon={MessageCircle} title={words.resume} line={words.resumeLine} run={talk} />
            ) : (
              <Way icon={MessageCircle} title={words.ask} line={words.askLine(name)} run={talk} />
            )}
            <Way icon={UserRound} title={words.person} line={words.personLine} run={askPerson} />
          </div>
        </ForPage>
      )}
    </div>
  );
}

function Way(props: { icon: IconNode; title: string; line: string; run: () => void }) {
  return (
    <button type="button" class="way" onClick={props.run}>
      <span class="way-icon">
        <Icon node={props.icon} />
      </span>
      <span class="way-words">
        <span class="way-title">{props.title}</span>
        <span class="way-line">{props.line}</span>
      </span>
      <Icon node={ChevronRight} turns class="way-go" />
    </button>
  );
}

function SearchField() {
  const { ui, send, openArticle } = useWidget();
  const text = useCell(ui.search);
  const open = useCell(ui.open);
  const asked = text.trim();
  const { query, articles } = useCell(ui.found);
  const settled = query !== "" && query === asked.replace(/\s+/gu, " ");
  const [highlight, setHighlight] = useState<number | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => setHighlight(null), [articles]);
  useEffect(() => {
    if (open && matchMedia("(pointer: fine)").matches) field.current?.focus({ preventScroll: true });
  }, [open]);

  const ask = () => {
    if (!asked) return;
    ui.search.value = "";
    send(asked);
  };
  const choose = (index: number) => {
    const article = articles[index];
    if (article) openArticle(articleRef(article.url, article.slug, article.title));
    else ask();
  };
  const count = asked ? articles.length + 1 : 0;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setHighlight(moveHighlight(highlight, event.key === "ArrowDown" ? 1 : -1, count));
    }
    if (event.key === "Enter") choose(highlight ?? articles.length);
    if (event.key === "Escape" && text) {
      event.preventDefault();
      ui.search.value = "";
    }
  };
  return (
    <div class="search">
      <WithRare optional>{({ Finder }) => <Finder text={text} />}</WithRare>
      <div class="search-field">
        <Icon node={Search} />
        <input
          ref={field}
          class="search-input"
          type="text"
          role="combobox"
          aria-label={words.search}
          placeholder={words.search}
          aria-expanded={count > 0}
          aria-controls="found"
          aria-autocomplete="list"
          aria-activedescendant={highlight === null ? undefined : `found-${highlight}`}
          autocomplete="off"
          enterkeyhint="search"
          maxLength={500}
          dir="auto"
          value={text}
          onInput={(event) => (ui.search.value = event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        {text && <IconButton icon={X} label={words.searchClear} onClick={() => ((ui.search.value = ""), field.current?.focus())} />}
      </div>
      <div id="found" class="found" role="listbox" aria-label={words.found} hidden={count === 0}>
        {articles.map((article, index) => (
          <Found key={article.slug} article={article} index={index} active={highlight === index} choose={choose} />
        ))}
        {settled && articles.length === 0 && <p class="found-none">{words.nothingFound}</p>}
        {asked && (
          <button
            type="button"
            id={`found-${articles.length}`}
            role="option"
            tabIndex={-1}
            aria-selected={highlight === articles.length}
            class="found-row found-ask"
            onClick={ask}
          >
            <Icon node={MessageCircle} />
            <span class="found-title">{words.askThis(asked)}</span>
          </button>
        )}
      </div>
      <p class="fd-hidden" role="status">
        {settled ? words.suggestionsSpoken(articles.length) : ""}
      </p>
    </div>
  );
}

interface FoundProps {
  article: ArticleSummary;
  index: number;
  active: boolean;
  choose: (index: number) => void;
}

function Found({ article, index, active, choose }: FoundProps) {
  return (
    <button
      type="button"
      id={`found-${index}`}
      role="option"
      tabIndex={-1}
      aria-selected={active}
      class="found-row"
      onClick={() => choose(index)}
    >
      <Icon node={FileText} />
      <span class="found-words" dir="auto">
        <span class="found-title">{article.title}</span>
        {article.summary && <span class="found-summary">{article.summary}</span>}
      </span>
    </button>
  );
}

/**
 * Articles for the page above what follows; below it when they come so late that it stands there already. Nothing moves.
 */
function ForPage({ children }: { children: ComponentChildren }) {
  const { help } = useWidget();
  const [found, setFound] = useState<SuggestReply | null>(null);
  const late = useDelayed(300);
  const below = useRef(false);
  if (!found) below.current = late;
  useEffect(() => {
    const abort = new AbortController();
    Promise.all([help.forPage(abort.signal), fetchRare()]).then(([reply]) => setFound(reply), () => {});
    return () => abort.abort();
  }, [help]);
  if (!found && !late) return null;
  const list = found && <WithRare optional>{({ PageArticles }) => <PageArticles found={found} />}</WithRare>;
  return (
    <>
      {!below.current && list}
      {children}
      {below.current && list}
    </>
  );
}
