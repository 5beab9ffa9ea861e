/** The library over HTTP. A lost session is told to `refused`, so that the page can ask to sign in again. */
import { ProblemError, api, type CallOptions } from "../shared/api";
import type {
  EditorArticle,
  EditorList,
  PreviewReply,
  PublishReply,
  RevisionList,
  RevisionOut,
  SearchReply,
} from "../shared/knowledge";
import type { Me } from "../shared/protocol";
import type { Library } from "./library";

const BASE = "/api/knowledge/editor";
/** Publishing embeds every passage of the article: slower than anything else here. */
const PUBLISH_SECONDS = 60;

export function createLibrary(refused: (status: number) => void): Library {
  const guarded = async <T>(reply: Promise<T>): Promise<T> => {
    try {
      return await reply;
    } catch (error) {
      if (error instanceof ProblemError && (error.status === 401 || error.code === "not_allowed")) refused(error.status);
      throw error;
    }
  };
  const get = <T>(path: string) => guarded(api.get<T>(BASE + path));
  const post = <T>(path: string, body?: unknown, options?: CallOptions) => guarded(api.post<T>(BASE + path, body, options));
  const at = (id: string) => `/articles/${encodeURIComponent(id)}`;

  return {
    me: () => api.get<Me>("/api/me"),
    signIn: (email, password) => api.post<Me>("/api/signin", { email, password }),
    signOut: () => api.post<void>("/api/signout"),
    articles: async () => (await get<EditorList>("/articles")).articles,
    article: (id) => get<EditorArticle>(at(id)),
    create: (draft) => post<EditorArticle>("/articles", draft),
    save: (id, draft) => guarded(api.put<EditorArticle>(`${BASE}${at(id)}/draft`, draft)),
    publish: (id) => post<PublishReply>(`${at(id)}/publish`, undefined, { timeoutSeconds: PUBLISH_SECONDS }),
    retire: (id) => post<EditorArticle>(`${at(id)}/retire`),
    revisions: async (id) => (await get<RevisionList>(`${at(id)}/revisions`)).revisions,
    revision: (id, number) => get<RevisionOut>(`${at(id)}/revisions/${number}`),
    restore: (id, number) => post<EditorArticle>(`${at(id)}/revisions/${number}/restore`),
    preview: async (body, signal) => (await post<PreviewReply>("/preview", { body }, signal ? { signal } : {})).html,
    test: (question, draftOf) => post<SearchReply>("/test", { question, draft_of: draftOf }),
  };
}
