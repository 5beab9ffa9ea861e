/** Articles on the home screen, and why they are there. */
import { ChevronRight, FileText } from "lucide";
import { useEffect } from "preact/hooks";
import { Icon } from "../../shared/components/icon";
import { useCell } from "../../shared/components/use-cell";
import type { SuggestReply } from "../../shared/knowledge";
import { articleRef } from "../ui";
import { words } from "../words";
import { useWidget } from "./context";

/** What stood there for less was hardly seen. */
export const NOTICED_MILLISECONDS = 1000;

export function PageArticles({ found }: { found: SuggestReply }) {
  const { ui, help, openArticle } = useWidget();
  const open = useCell(ui.open);
  useEffect(() => {
    if (!open) return;
    const id = setTimeout(() => help.visit.note("shown", found.articles.map(({ slug }) => slug)), NOTICED_MILLISECONDS);
    return () => clearTimeout(id);
  }, [found, open]);
  if (found.articles.length === 0) return null;
  const title = found.because === "helped" ? words.helpedOthers : words.forThisPage;
  return (
    <section class="page-articles" aria-label={title}>
      <h3 class="small-heading">{title}</h3>
      <ul class="article-list">
        {found.articles.map((article) => (
          <li key={article.slug}>
            <button
              type="button"
              class="article-row"
              onClick={() => openArticle(articleRef(article.url, article.slug, article.title))}
            >
              <Icon node={FileText} />
              <span class="article-title" dir="auto">
                {article.title}
              </span>
              <Icon node={ChevronRight} turns class="way-go" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
