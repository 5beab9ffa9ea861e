/** Who is signed in, and whether they answer customers. Knows HTTP, no page. */

import { type Signal, signal } from "@preact/signals";
import { type Api, ProblemError } from "../shared/api";
import type { Me, SignIn } from "../shared/protocol";

export type SessionState =
  | { is: "asking" }
  /** `again`: there was a session and it has ended; what was written is kept. */
  | { is: "out"; again: boolean }
  | { is: "not_agent"; me: Me }
  | { is: "unreachable"; message: string }
  | { is: "in"; me: Me };

export class Session {
  readonly state: Signal<SessionState> = signal({ is: "asking" });
  readonly #api: Pick<Api, "get" | "post">;

  constructor(api: Pick<Api, "get" | "post">) {
    this.#api = api;
  }

  /** Asks the server who we are. An unreachable server does not sign anybody out. */
  async ask(): Promise<void> {
    const before = this.state.peek();
    try {
      this.#enter(await this.#api.get<Me>("/api/me"));
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      if (error.status === 401) this.ended();
      else if (before.is !== "in") this.state.value = { is: "unreachable", message: error.message };
    }
  }

  /** Rejects with a ProblemError whose message says what is wrong. */
  async signIn(email: string, password: string): Promise<void> {
    const words: SignIn = { email, password };
    this.#enter(await this.#api.post<Me>("/api/signin", words));
  }

  async signOut(): Promise<void> {
    await this.#api.post("/api/signout");
    this.state.value = { is: "out", again: false };
  }

  /** The server no longer knows us. */
  ended(): void {
    const before = this.state.peek();
    if (before.is !== "out") this.state.value = { is: "out", again: before.is === "in" };
  }

  #enter(me: Me): void {
    const before = this.state.peek();
    const agent = me.roles.includes("agent");
    if (agent && before.is === "in" && before.me.id === me.id) return;
    this.state.value = { is: agent ? "in" : "not_agent", me };
  }
}
