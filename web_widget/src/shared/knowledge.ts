// Generated from the Python models by `python -m handoff protocol`. Do not edit.

export interface AnswerReply {
  decision: "answer" | "clarify" | "none";
  confidence: number;
  hits: (Hit)[];
  /** Language of the question, ISO 639-1; empty when nobody can be sure. */
  language: string;
  /** Asked in another language than the library's; false when nobody can be sure. */
  foreign: boolean;
  /** The first hits are of different articles and nearly level. */
  ambiguous: boolean;
  /** Names this answer in the log; nothing when none is kept. */
  answer_id: string | null;
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

/** How far confidence can be trusted in this library. Numbers that need golden questions are null without them. */
export interface ConfidenceReply {
  basis: "prior" | "own texts" | "golden questions";
  target: number;
  /** Whether the target holds for new questions, nine times in ten. */
  promised: boolean;
  /** The same in one sentence for people. */
  says: string;
  /** The lowest target these questions can promise. */
  lowest_promise: number | null;
  answer_threshold: number;
  clarify_threshold: number;
  /** Golden questions it was fitted to. */
  questions: number;
  /** Wordings, titles and headings of the library it was fitted to. */
  own_texts: number;
  /** Verdicts of customers and agents it was fitted to. */
  judgements: number;
  /** Calibration error of the prior on the golden questions. */
  ece_before: number | null;
  /** The same for the fitted confidence, cross-fitted. */
  ece_after: number | null;
  fitted_at: string | null;
  curve: (CurvePoint)[];
}

/** What answering from this confidence on leads to, on golden questions that the weights have not seen. */
export interface CurvePoint {
  threshold: number;
  /** Share of the questions. */
  answered: number;
  /** Share of wrong ones among the answered. */
  error: number;
  /** What the error stays under, nine times in ten, at this point alone. */
  bound: number;
  count: number;
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

/** What somebody says about an answer: the first hit was right, was wrong, or says what is no longer true. */
export interface JudgementIn {
  verdict: "right" | "wrong" | "outdated";
  /** `customer`, or who among the staff. */
  by: string;
}

/** What became of suggestions in one visit, told once each. Counted for the kind of page; nobody is named. */
export interface Outcomes {
  /** Path and title, as for suggestions. */
  page?: string;
  /** Made anew by each tab and kept in memory only, so that nothing counts twice. */
  visit?: string;
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

/** What another target would have done to the questions of the last days, against today's threshold. */
export interface ReplayReply {
  target: number;
  promised: boolean;
  days: number;
  answer_threshold: number;
  asked: number;
  answered: number;
  more_answered: number;
  /** Estimated by confidence, by verdicts where there are any. */
  more_wrong: number;
  /** Verdicts among those that would have been answered. */
  judged_right: number;
  judged_wrong: number;
  /** Saved; negative when they would have been spent. */
  agent_minutes: number;
  /** What the minutes rest on, in one sentence. */
  assumption: string;
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

export interface TargetIn {
  /** Share of wrong answers that may be given. */
  target: number;
}

export interface TestRequest {
  question: string;
  limit?: number;
  /** Article id: answer as if its draft were published. */
  draft_of?: string | null;
}
