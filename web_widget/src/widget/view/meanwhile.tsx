/** Waiting for a person: articles on what was asked last, none that was seen before, nothing when none fits. */
import { FileText } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../shared/components/icon";
import { useCell } from "../../shared/components/use-cell";
import type { ArticleSummary } from "../../shared/knowledge";
import { articleRef } from "../ui";
import { rareWords } from "../rare-words";
import { useWidget } from "./context";

const MOST = 2;
/** Pixels; in a lower window the conversation needs the room. */
const LOWEST = 700;

export function Meanwhile() {
  const { session, ui, help, openArticle } = useWidget();
  const details = useCell(ui.details);
  const { events } = useCell(session.model).log;
  // What was asked says more than "a person, please", which is often the last thing said.
  const asked = events.flatMap((event) => (event.kind === "message" && event.actor.role === "customer" ? [event.text] : []));
  const about = asked.slice(-2).join(" ");
  const [articles, setArticles] = useState<readonly ArticleSummary[]>([]);
  useEffect(() => {
    if (!about || innerHeight < LOWEST) return;
    const abort = new AbortController();
    const answered = events.flatMap((event) => (event.kind === "answer" ? [event.hit.article_slug] : []));
    const shown = (found: readonly ArticleSummary[]) => {
      const fresh = found.filter(({ slug }) => !answered.includes(slug)).slice(0, MOST);
      setArticles(fresh);
      help.visit.note("shown", fresh.map(({ slug }) => slug));
    };
    help.suggest(about, abort.signal, new Set()).then(shown, () => {});
    return () => abort.abort();
  }, [about]);
  if (articles.length === 0 || details) return null;
  return (
    <section class="meanwhile" aria-label={rareWords.queueArticles}>
      <p class="small-heading">{rareWords.queueArticles}</p>
      {articles.map((article) => (
        <button
          key={article.slug}
          type="button"
          class="found-row"
          onClick={() => openArticle(articleRef(article.url, article.slug, article.title))}
        >
          <Icon node={FileText} />
          <span class="found-title" dir="auto">
            {article.title}
          </span>
        </button>
      ))}
    </section>
  );
}
