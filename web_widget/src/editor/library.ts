/**
 * What the editor asks of the knowledge base and of the sign-in, as an interface: views and state know only this, so
 * that tests hand in a library of their own. Every method rejects with a `ProblemError`.
 */
import { ProblemError } from "../shared/api";
import type {
  DraftIn,
  EditorArticle,
  EditorRow,
  PublishReply,
  RevisionOut,
  RevisionRow,
  SearchReply,
} from "../shared/knowledge";
import type { Me } from "../shared/protocol";

export interface Library {
  me(): Promise<Me>;
  signIn(email: string, password: string): Promise<Me>;
  signOut(): Promise<void>;
  articles(): Promise<EditorRow[]>;
  article(id: string): Promise<EditorArticle>;
  create(draft: DraftIn): Promise<EditorArticle>;
  save(id: string, draft: DraftIn): Promise<EditorArticle>;
  publish(id: string): Promise<PublishReply>;
  retire(id: string): Promise<EditorArticle>;
  revisions(id: string): Promise<RevisionRow[]>;
  revision(id: string, number: number): Promise<RevisionOut>;
  restore(id: string, number: number): Promise<EditorArticle>;
  /** Sanitised HTML. */
  preview(body: string, signal?: AbortSignal): Promise<string>;
  /** `draftOf`: answer as if the draft of this article were published. */
  test(question: string, draftOf: string | null): Promise<SearchReply>;
}

/** Whatever was thrown, as one plain sentence. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ProblemError) return error.message;
  return "Something went wrong in this page. Reload it; your text is kept.";
}
