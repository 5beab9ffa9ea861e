/** What the widget asks of the public help centre. */
import { withQuery, type Api } from "../shared/api";
import type { ArticleSummary, PublicArticle, SuggestReply } from "../shared/knowledge";

const PAGE_LENGTH = 200;

export function createHelp(api: Api, page: () => { path: string; title: string }) {
  const where = () => `${page().path} ${page().title}`.slice(0, PAGE_LENGTH);
  return {
    async suggest(query: string, signal: AbortSignal): Promise<readonly ArticleSummary[]> {
      const path = withQuery("/api/knowledge/suggest", { q: query, page: where(), limit: 3 });
      return (await api.get<SuggestReply>(path, { signal, timeoutSeconds: 5 })).articles;
    },
    async forPage(signal: AbortSignal): Promise<readonly ArticleSummary[]> {
      const path = withQuery("/api/knowledge/suggest", { page: where(), limit: 4 });
      return (await api.get<SuggestReply>(path, { signal, timeoutSeconds: 8 })).articles;
    },
    article(slug: string, signal: AbortSignal): Promise<PublicArticle> {
      return api.get<PublicArticle>(`/api/knowledge/articles/${encodeURIComponent(slug)}`, { signal });
    },
  };
}

export type Help = ReturnType<typeof createHelp>;
