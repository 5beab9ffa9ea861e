// Generated from the Python models by `python -m handoff protocol`. Do not edit.

export interface AnswerReply {
  decision: "answer" | "clarify" | "none";
  confidence: number;
  hits: (Hit)[];
  /** Language of the question, ISO 639-1; empty when nobody can be sure. */
  language: string;
  /** The first hits are of different articles and nearly level. */
  ambiguous: boolean;
}

export interface AnswerRequest {
  question: string;
  /** Earlier questions, oldest first. */
  asked: (string)[];
  /** Passage ids already rejected. */
  exclude: (string)[];
  limit?: number;
}

export interface ArticleList {
  articles: (ArticleSummary)[];
}

export interface ArticleSummary {
  slug: string;
  title: string;
  summary: string;
  category: string;
  url: string;
  updated_at: string;
}

/** The editable part of an article. `base_revision` is the revision the editor started from. */
export interface DraftIn {
  title: string;
  slug?: string | null;
  summary?: string;
  category?: string;
  /** Other wordings customers use. */
  questions: (string)[];
  /** Markdown. */
  body: string;
  /** Always hand this topic to a person. */
  always_person?: boolean;
  base_revision?: number | null;
}

export interface EditorArticle {
  id: string;
  slug: string;
  title: string;
  category: string;
  state: "draft" | "published" | "changed" | "retired";
  latest_revision: number;
  published_revision: number | null;
  updated_at: string;
  updated_by: string;
  summary: string;
  questions: (string)[];
  body: string;
  always_person: boolean;
  html: string;
  passages_live: number;
  answering_since: string | null;
}

export interface EditorList {
  articles: (EditorRow)[];
}

export interface EditorRow {
  id: string;
  slug: string;
  title: string;
  category: string;
  state: "draft" | "published" | "changed" | "retired";
  latest_revision: number;
  published_revision: number | null;
  updated_at: string;
  updated_by: string;
}

/** One passage of a published article that may answer the question. */
export interface Hit {
  passage_id: string;
  article_slug: string;
  article_title: string;
  /** Heading above the passage, empty for the opening of an article. */
  heading: string;
  /** Plain text of the passage. */
  text: string;
  /** The words of `text` that answer, as they stand there; empty when the whole passage does. */
  span: string;
  /** Sanitised HTML of the passage. */
  html: string;
  /** Fused score; comparable within one reply only. */
  score: number;
  /** Path of the article in the help centre, with the heading as fragment. */
  url: string;
  updated_at: string;
  /** Its topic always goes to a person: never the bot's last word. */
  always_person: boolean;
  /** The logged answer that showed it, so that it can be judged; null in a search. */
  answer_id: string | null;
}

/** What became of suggestions in one visit, told once each. Counted for the kind of page; nobody is named. */
export interface Outcomes {
  /** Path and title, as for suggestions. */
  page?: string;
  shown?: (string)[];
  opened?: (string)[];
  /** The customer said so, or left solved after reading it. */
  helped?: (string)[];
  dismissed?: (string)[];
}

export interface PreviewReply {
  html: string;
}

export interface PreviewRequest {
  body: string;
}

/** The body of every error: a code for programs, one plain sentence for people. */
export interface Problem {
  code: string;
  message: string;
  retryable: boolean;
}

export interface PublicArticle {
  slug: string;
  title: string;
  summary: string;
  category: string;
  url: string;
  updated_at: string;
  html: string;
}

/** Proof of being live: read back from the index that answers, not assumed. */
export interface PublishReply {
  article: EditorArticle;
  answering_since: string;
  passages: number;
  index_version: number;
  took_ms: number;
}

export interface RevisionList {
  revisions: (RevisionRow)[];
}

export interface RevisionOut {
  number: number;
  title: string;
  saved_at: string;
  saved_by: string;
  /** Whether customers see this revision now. */
  published: boolean;
  summary: string;
  category: string;
  questions: (string)[];
  body: string;
  always_person: boolean;
  html: string;
}

export interface RevisionRow {
  number: number;
  title: string;
  saved_at: string;
  saved_by: string;
  /** Whether customers see this revision now. */
  published: boolean;
}

export interface SearchReply {
  query: string;
  decision: "answer" | "clarify" | "none";
  /** Calibrated probability that the first hit answers the question. */
  confidence: number;
  hits: (Hit)[];
  took_ms: number;
  answer_threshold: number;
  clarify_threshold: number;
}

export interface SuggestReply {
  articles: (ArticleSummary)[];
  /** Why these: what was typed, what the page is about, or what helped others who were there. */
  because: "typed" | "page" | "helped" | "nothing";
}

export interface TestRequest {
  question: string;
  limit?: number;
  /** Article id: answer as if its draft were published. */
  draft_of?: string | null;
}
