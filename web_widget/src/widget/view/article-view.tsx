/** An article inside the panel, with the way back to where the customer came from. */
import { ExternalLink, MessageCircle, ThumbsDown, ThumbsUp, UserRound } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { ProblemError } from "../../shared/api";
import { ArticleHtml } from "../../shared/components/article-html";
import { Button, IconButton } from "../../shared/components/button";
import { Icon } from "../../shared/components/icon";
import { Skeleton } from "../../shared/components/skeleton";
import { ErrorState } from "../../shared/components/state";
import { Time } from "../../shared/components/time";
import type { PublicArticle } from "../../shared/knowledge";
import type { ArticleRef } from "../ui";
import { rareWords } from "../rare-words";
import { words } from "../words";
import { useWidget } from "./context";

type Loaded = PublicArticle | ProblemError | null;

export function ArticleView({ article, from }: { article: ArticleRef; from: "home" | "talk" }) {
  const { help } = useWidget();
  const [loaded, setLoaded] = useState<Loaded>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    setLoaded(null);
    help.article(article.slug, abort.signal).then(setLoaded, (error: unknown) => {
      if (abort.signal.aborted) return;
      const problem = { code: "unknown", message: rareWords.articleFailed, retryable: true };
      setLoaded(error instanceof ProblemError ? error : new ProblemError(0, problem));
    });
    return () => abort.abort();
  }, [article.slug, round]);
  if (loaded === null) return <div class="view"><Skeleton lines={7} label={rareWords.articleLoading} /></div>;
  if (loaded instanceof ProblemError) {
    const gone = loaded.status === 404;
    return (
      <div class="view">
        <ErrorState
          title={gone ? rareWords.articleGone : rareWords.articleFailed}
          retry={gone ? undefined : () => setRound(round + 1)}
        >
          {loaded.message}
        </ErrorState>
      </div>
    );
  }
  return <Article article={loaded} fragment={article.fragment} from={from} />;
}

function Article({ article, fragment, from }: { article: PublicArticle; fragment: string; from: "home" | "talk" }) {
  const { origin, locale, talk, askPerson } = useWidget();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (fragment) box.current?.querySelector(`#${CSS.escape(fragment)}`)?.scrollIntoView({ block: "start" });
  }, [fragment]);
  const onClick = (event: MouseEvent) => {
    const link = (event.target as Element).closest?.("a");
    const href = link?.getAttribute("href") ?? "";
    if (!href.startsWith("#")) return;
    event.preventDefault();
    box.current?.querySelector(`#${CSS.escape(decodeURIComponent(href.slice(1)))}`)?.scrollIntoView();
  };
  return (
    <div class="view article" ref={box} tabIndex={0} role="region" aria-label={article.title} onClick={onClick}>
      <article>
        <h1 class="article-name" dir="auto">
          {article.title}
        </h1>
        <p class="article-age">
          {article.category && <span class="article-category">{article.category}</span>}
          {article.category && " · "}
          {words.updated} <Time at={article.updated_at} form="date" locale={locale} />
        </p>
        <ArticleHtml html={article.html} base={origin} />
      </article>
      <Helpful slug={article.slug} />
      <footer class="article-foot">
        <p class="small-heading">{rareWords.articleStuck}</p>
        <div class="card-actions">
          <Button small icon={MessageCircle} onClick={talk}>
            {from === "talk" ? words.resume : words.ask}
          </Button>
          <Button small icon={UserRound} onClick={askPerson}>
            {words.person}
          </Button>
        </div>
        <a class="article-link" href={new URL(article.url, origin).href} target="_blank" rel="noopener">
          {rareWords.articlePage}
          <Icon node={ExternalLink} turns />
        </a>
      </footer>
    </div>
  );
}

/** Told without a name: it moves the article up for those who come after. */
function Helpful({ slug }: { slug: string }) {
  const { visit } = useWidget().help;
  const [said, setSaid] = useState<boolean | null>(visit.has(slug, "helped") || null);
  const say = (helpful: boolean) => () => {
    setSaid(helpful);
    visit.note(helpful ? "helped" : "dismissed", [slug]);
  };
  return (
    <div class="helpful">
      <span class="helpful-words" role="status">
        {said === null ? words.helpful : said ? words.helpfulThanks : words.unhelpfulThanks}
      </span>
      {said === null && <IconButton icon={ThumbsUp} label={words.helpfulYes} onClick={say(true)} />}
      {said === null && <IconButton icon={ThumbsDown} label={words.helpfulNo} onClick={say(false)} />}
    </div>
  );
}
