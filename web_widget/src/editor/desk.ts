/**
 * One article on the desk: its text, what the server has of it, and everything that can be done with it. Views read
 * the signals and call the methods; no DOM in here.
 */
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type { EditorArticle, PublishReply } from "../shared/knowledge";
import { START, isDirty, type Autosave } from "./autosave";
import type { Backups } from "./backup";
import { draftIn, draftOf, problemsOf, sameDraft, type Draft, type DraftProblems } from "./draft";
import { ProblemError } from "../shared/api";
import { sentenceOf, type Library } from "./library";
import { Previewer } from "./previewer";
import { Saver, type SaveResult } from "./saver";

export interface Proof {
  answeringSince: string;
  passages: number;
  indexVersion: number;
  tookMs: number;
}

export class Desk {
  readonly id: string;
  readonly article = signal<EditorArticle | null>(null);
  readonly draft = signal<Draft | null>(null);
  readonly autosave = signal<Autosave>(START);
  readonly proof = signal<Proof | null>(null);
  /** Text from before a crash was put back, or lay on an older revision than the present one. */
  readonly broughtBack = signal(false);
  /** Raised whenever the text was replaced as a whole, not typed: the source then shows it anew. */
  readonly generation = signal(0);
  readonly previewer: Previewer;
  readonly problems: ReadonlySignal<DraftProblems>;
  readonly dirty: ReadonlySignal<boolean>;
  /** The address may change until customers have seen it. */
  readonly slugIsOpen: ReadonlySignal<boolean>;
  #library: Library;
  #backups: Backups;
  #saver: Saver;
  /** The newest that the server has of this article, seen while asking who saved last. */
  #theirs: EditorArticle | null = null;

  constructor(id: string, library: Library, backups: Backups) {
    this.id = id;
    this.#library = library;
    this.#backups = backups;
    this.previewer = new Previewer((body, abort) => library.preview(body, abort));
    this.problems = computed(() => (this.draft.value === null ? {} : problemsOf(this.draft.value)));
    this.dirty = computed(() => isDirty(this.autosave.value));
    this.slugIsOpen = computed(() => this.article.value?.state === "draft");
    this.#saver = new Saver({
      save: (base) => this.#save(base),
      theirs: () => this.#askTheirs(),
      changed: (state) => this.#saverChanged(state),
    });
  }

  /** Fetches the article. Rejects with a ProblemError. */
  async load(): Promise<void> {
    const article = await this.#library.article(this.id);
    const backup = this.#backups.find(this.id);
    this.#put(article);
    if (backup === null || sameDraft(backup.draft, draftOf(article))) return;
    // Saved on its own base: if somebody wrote since, the server says so and the editor decides.
    this.#saver.tell({ type: "loaded", revision: backup.base, at: article.updated_at });
    this.broughtBack.value = true;
    this.edit(backup.draft);
  }

  edit(patch: Partial<Draft>): void {
    const before = this.draft.value;
    if (before === null) return;
    const draft = { ...before, ...patch };
    this.draft.value = draft;
    this.proof.value = null;
    this.#backups.keep(this.id, { base: this.autosave.value.base, draft, at: new Date().toISOString() });
    this.#saver.tell({ type: "edited", blocked: Object.values(this.problems.value)[0] ?? null });
    if (draft.body !== before.body) this.previewer.changed(draft.body);
  }

  /** Saves what is not saved yet; true when the server then has all of it. */
  flush(): Promise<boolean> {
    return this.#saver.flush();
  }

  keepMine(): void {
    if (this.#theirs !== null) this.article.value = this.#theirs;
    this.#saver.tell({ type: "keep_mine" });
  }

  /** Takes what the colleague saved; the own text goes away. */
  async loadTheirs(): Promise<void> {
    this.#put(await this.#library.article(this.id));
  }

  /** What the colleague saved, for comparing; null until it is known. */
  theirs(): Draft | null {
    return this.#theirs === null ? null : draftOf(this.#theirs);
  }

  async publish(): Promise<PublishReply> {
    const reply = await this.#library.publish(this.id);
    this.article.value = reply.article;
    this.proof.value = {
      answeringSince: reply.answering_since,
      passages: reply.passages,
      indexVersion: reply.index_version,
      tookMs: reply.took_ms,
    };
    return reply;
  }

  async retire(): Promise<void> {
    const article = await this.#library.retire(this.id);
    this.article.value = article;
    this.proof.value = null;
  }

  /** The old text becomes the newest revision; nothing in between is lost. */
  async restore(number: number): Promise<void> {
    this.#put(await this.#library.restore(this.id, number));
  }

  close(): void {
    this.#saver.close();
    this.previewer.close();
  }

  #put(article: EditorArticle): void {
    this.#theirs = null;
    this.article.value = article;
    this.draft.value = draftOf(article);
    this.generation.value += 1;
    this.broughtBack.value = false;
    this.#backups.drop(this.id);
    this.previewer.known(article.html);
    this.#saver.tell({ type: "loaded", revision: article.latest_revision, at: article.updated_at });
  }

  async #save(base: number | null): Promise<SaveResult> {
    const draft = this.draft.value;
    if (draft === null) return { kind: "failed", message: "There is nothing to save yet.", retryable: false };
    try {
      const article = await this.#library.save(this.id, draftIn(draft, base, this.slugIsOpen.value));
      this.article.value = article;
      return { kind: "saved", revision: article.latest_revision, at: article.updated_at };
    } catch (error) {
      if (error instanceof ProblemError && error.code === "stale_draft") return { kind: "stale" };
      const retryable = error instanceof ProblemError && error.retryable;
      return { kind: "failed", message: sentenceOf(error), retryable };
    }
  }

  async #askTheirs(): Promise<{ revision: number; by: string; at: string } | null> {
    try {
      this.#theirs = await this.#library.article(this.id);
    } catch {
      return null;
    }
    return { revision: this.#theirs.latest_revision, by: this.#theirs.updated_by, at: this.#theirs.updated_at };
  }

  #saverChanged(state: Autosave): void {
    this.autosave.value = state;
    if (isDirty(state) || state.inFlight !== null) return;
    this.#backups.drop(this.id);
    this.broughtBack.value = false;
  }
}
