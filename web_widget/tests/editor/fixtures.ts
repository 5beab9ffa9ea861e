/** A library in memory, as strict about revisions as the real one, and the articles that the tests use. */
import { vi } from "vitest";
import { ProblemError } from "../../src/shared/api";
import type { DraftIn, EditorArticle, Hit, RevisionOut, SearchReply } from "../../src/shared/knowledge";
import type { Me } from "../../src/shared/protocol";
import type { Library } from "../../src/editor/library";

export const EDITH: Me = { id: "e1", name: "Edith Bauer", email: "edith@fernhill.example", about: "", roles: ["editor"] };
export const TOMAS: Me = { ...EDITH, id: "a1", name: "Tomas Okafor", email: "tomas@fernhill.example", roles: ["agent"] };

export function articleOf(patch: Partial<EditorArticle> = {}): EditorArticle {
  return {
    id: "a1",
    slug: "returns",
    title: "Sending something back",
    category: "Returns",
    state: "published",
    latest_revision: 3,
    published_revision: 3,
    updated_at: "2026-11-22T11:00:00Z",
    updated_by: "Edith Bauer",
    summary: "Thirty days, free label.",
    questions: ["send it back"],
    body: "Print the label.\n",
    always_person: false,
    html: "<p>Print the label.</p>",
    passages_live: 1,
    answering_since: "2026-11-22T11:00:05Z",
    ...patch,
  };
}

export function hitOf(patch: Partial<Hit> = {}): Hit {
  return {
    passage_id: "p1",
    article_slug: "returns",
    article_title: "Sending something back",
    heading: "",
    text: "Print the label.",
    span: "",
    answer_id: null,
    html: "<p>Print the label.</p>",
    score: 0.8,
    url: "/help/returns",
    updated_at: "2026-11-22T11:00:00Z",
    always_person: false,
    ...patch,
  };
}

export function replyOf(patch: Partial<SearchReply> = {}): SearchReply {
  return {
    query: "can I send it back",
    decision: "answer",
    confidence: 0.91,
    hits: [hitOf()],
    took_ms: 12,
    answer_threshold: 0.6,
    clarify_threshold: 0.3,
    ...patch,
  };
}

export function refusal(status: number, code: string, message: string, retryable = false): ProblemError {
  return new ProblemError(status, { code, message, retryable });
}

export interface FakeLibrary extends Library {
  now: EditorArticle;
  /** Somebody else saves. */
  savedElsewhere(by: string, patch: Partial<EditorArticle>): void;
}

export function fakeLibrary(start: EditorArticle = articleOf()): FakeLibrary {
  const revisions = new Map<number, EditorArticle>([[start.latest_revision, start]]);
  const keep = (article: EditorArticle) => {
    library.now = article;
    revisions.set(article.latest_revision, article);
    return article;
  };
  const next = (patch: Partial<EditorArticle>): EditorArticle => ({
    ...library.now,
    ...patch,
    latest_revision: library.now.latest_revision + 1,
    state: library.now.published_revision === null ? library.now.state : "changed",
    updated_at: "2026-11-22T12:03:00Z",
  });
  const revisionOf = (number: number): RevisionOut => {
    const found = revisions.get(number);
    if (found === undefined) throw refusal(404, "not_found", "There is no such revision.");
    const { title, summary, category, questions, body, always_person, html, updated_at, updated_by } = found;
    const published = number === library.now.published_revision;
    return { number, title, summary, category, questions, body, always_person, html, published, saved_at: updated_at, saved_by: updated_by };
  };
  const library: FakeLibrary = {
    now: start,
    savedElsewhere: (by, patch) => void keep(next({ ...patch, updated_by: by })),
    me: vi.fn(async () => EDITH),
    signIn: vi.fn(async () => EDITH),
    signOut: vi.fn(async () => {}),
    articles: vi.fn(async () => [library.now]),
    article: vi.fn(async () => library.now),
    create: vi.fn(async (draft: DraftIn) => keep({ ...next({ title: draft.title }), id: "a2" })),
    save: vi.fn(async (_id: string, draft: DraftIn) => {
      if (draft.base_revision !== library.now.latest_revision) throw refusal(409, "stale_draft", "There is a newer draft.");
      const { title, summary = "", category = "", questions, body } = draft;
      return keep(next({ title, summary, category, questions, body, updated_by: "Edith Bauer" }));
    }),
    publish: vi.fn(async () => {
      const article = { ...library.now, state: "published" as const, published_revision: library.now.latest_revision };
      keep(article);
      return { article, answering_since: "2026-11-22T12:03:05Z", passages: 4, index_version: 812, took_ms: 412 };
    }),
    retire: vi.fn(async () => keep({ ...library.now, state: "retired", published_revision: null, answering_since: null })),
    revisions: vi.fn(async () => [...revisions.keys()].sort((one, other) => other - one).map(revisionOf)),
    revision: vi.fn(async (_id: string, number: number) => revisionOf(number)),
    restore: vi.fn(async (_id: string, number: number) => keep(next({ body: revisions.get(number)?.body ?? "" }))),
    preview: vi.fn(async (body: string) => `<p>${body}</p>`),
    test: vi.fn(async () => replyOf()),
  };
  return library;
}
