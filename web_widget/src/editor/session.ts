/** Who is signed in, and whether they may edit. No DOM. */
import { signal } from "@preact/signals";
import type { Me } from "../shared/protocol";
import { ProblemError } from "../shared/api";
import { sentenceOf, type Library } from "./library";

export type SessionState =
  | { is: "asking" }
  | { is: "out" }
  /** Signed out in the middle of work: the page stays as it is until somebody signs in again. */
  | { is: "ended"; me: Me }
  | { is: "not_editor"; me: Me }
  | { is: "unreachable"; message: string }
  | { is: "in"; me: Me };

export class Session {
  readonly state = signal<SessionState>({ is: "asking" });
  #library: Library;

  constructor(library: Library) {
    this.#library = library;
  }

  async ask(): Promise<void> {
    try {
      this.#enter(await this.#library.me());
    } catch (error) {
      const out = error instanceof ProblemError && error.status === 401;
      this.state.value = out ? { is: "out" } : { is: "unreachable", message: sentenceOf(error) };
    }
  }

  /** Rejects with a ProblemError when the server does not know these words. */
  async signIn(email: string, password: string): Promise<void> {
    this.#enter(await this.#library.signIn(email, password));
  }

  async signOut(): Promise<void> {
    try {
      await this.#library.signOut();
    } finally {
      this.state.value = { is: "out" };
    }
  }

  /** A request came back 401 (or 403): the cookie is gone, or the role was taken away. */
  refused(status: number): void {
    const state = this.state.value;
    if (state.is !== "in") return;
    this.state.value = { is: status === 403 ? "not_editor" : "ended", me: state.me };
  }

  #enter(me: Me): void {
    this.state.value = me.roles.includes("editor") ? { is: "in", me } : { is: "not_editor", me };
  }
}
