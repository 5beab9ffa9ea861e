/** What the widget asks of the public help centre, and what it tells it: which articles were of use, and not to whom. */
import { newCmid } from "../shared/outbox";
import { withQuery, type Api } from "../shared/api";
import type { ArticleSummary, PublicArticle, SuggestReply } from "../shared/knowledge";
import { Visit } from "./visit";

const PAGE_LENGTH = 200;

export function createHelp(api: Api, site: string, storage: Storage | null, page: () => { path: string; title: string }) {
  const where = () => `${page().path} ${page().title}`.slice(0, PAGE_LENGTH);
  /** Made anew by each tab and kept nowhere: nothing counts twice, and nobody is followed. */
  const id = newCmid();
  const visit = new Visit(storage, site, (outcome, slugs) => {
    // A help to others, not a promise: nobody waits for it.
    const told = { page: where(), visit: id, [outcome]: slugs };
    api.post("/api/knowledge/outcomes", told, { keepalive: true }).catch(() => {});
  });
  const suggest = (query: Record<string, string | number>, signal: AbortSignal) =>
    api.get<SuggestReply>(
      withQuery("/api/knowledge/suggest", { ...query, page: where(), read: visit.slugs("opened").join() }),
      { signal, timeoutSeconds: 5 },
    );
  let home: { at: string; reply: SuggestReply } | null = null;
  return {
    visit,
    /** For what is typed; `again` may come although it was seen: it stands there now. */
    async suggest(query: string, signal: AbortSignal, again: ReadonlySet<string>): Promise<readonly ArticleSummary[]> {
      const seen = visit.slugs().filter((slug) => !again.has(slug));
      return (await suggest({ q: query, limit: 3, seen: seen.join() }, signal)).articles;
    },
    /** For words that somebody looks for: whatever fits, seen or not. */
    async search(query: string, signal: AbortSignal): Promise<readonly ArticleSummary[]> {
      return (await suggest({ q: query, limit: 3, searching: "true" }, signal)).articles;
    },
    /** For the page; the same as long as it is this page, without what was read. */
    async forPage(signal: AbortSignal): Promise<SuggestReply> {
      const at = where();
      if (home?.at !== at) home = { at, reply: await suggest({ limit: 4, seen: visit.slugs().join() }, signal) };
      const articles = home.reply.articles.filter(({ slug }) => !visit.has(slug, "opened"));
      return { ...home.reply, articles };
    },
    article(slug: string, signal: AbortSignal): Promise<PublicArticle> {
      return api.get<PublicArticle>(`/api/knowledge/articles/${encodeURIComponent(slug)}`, { signal });
    },
  };
}

export type Help = ReturnType<typeof createHelp>;
