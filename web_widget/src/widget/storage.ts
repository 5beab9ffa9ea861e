/** What the widget keeps in the browser between pages: who the customer is, what was seen, the unsent draft. */
import { newCmid } from "../shared/outbox";

export interface Identity {
  token: string;
  conversation: string;
  epoch: string;
  /** Last seq that the customer has seen with the panel open, in any tab. */
  seen: number;
}

/** Null where the browser forbids it: then everything lasts as long as the page. */
export function browserStorage(kind: "localStorage" | "sessionStorage" = "localStorage"): Storage | null {
  try {
    const storage = window[kind];
    storage.getItem("frontdesk");
    return storage;
  } catch {
    return null;
  }
}

export const identityKey = (site: string) => `frontdesk:${site}:identity`;
const writerKey = (site: string) => `frontdesk:${site}:writer`;
const draftKey = (site: string) => `frontdesk:${site}:draft`;

/** All tabs share it: each remembers who it saw there last, and keeps nothing for anybody else. */
export class Keeper {
  readonly #storage: Storage | null;
  readonly #site: string;
  /** As this tab saw them last; null where nothing is kept, or can be. */
  #writer: string | null;
  #token: string | null;

  constructor(storage: Storage | null, site: string) {
    this.#storage = storage;
    this.#site = site;
    this.#writer = this.#get(writerKey(site)) ?? null;
    this.#token = this.identity()?.token ?? null;
  }

  /** What another tab has done since this one looked last: forgotten the customer, or met them as somebody. Told once. */
  news(): "forgotten" | "met" | null {
    const news = this.#news();
    this.#see();
    if (news === "forgotten") this.#writer = this.#get(writerKey(this.#site)) ?? null;
    return news;
  }

  identity(): Identity | null {
    try {
      const kept = JSON.parse(this.#get(identityKey(this.#site)) ?? "null") as Partial<Identity> | null;
      if (!kept || typeof kept.token !== "string" || typeof kept.conversation !== "string") return null;
      return { token: kept.token, conversation: kept.conversation, epoch: kept.epoch ?? "", seen: Number(kept.seen) || 0 };
    } catch {
      return null;
    }
  }

  keepIdentity(identity: Identity): void {
    if (this.#news()) return;
    const before = this.identity();
    const same = before?.conversation === identity.conversation && before.epoch === identity.epoch;
    const seen = same ? Math.max(before.seen, identity.seen) : identity.seen;
    this.#set(identityKey(this.#site), JSON.stringify({ ...identity, seen }));
    this.#see();
  }

  /** Whose unsent messages the browser keeps: another name after `forget`. Null where no name can be kept. */
  writer(): string | null {
    const kept = () => (this.#writer ??= this.#get(writerKey(this.#site)) ?? null);
    if (!kept()) this.#set(writerKey(this.#site), newCmid());
    return kept();
  }

  draft(): string {
    return this.#get(draftKey(this.#site)) ?? "";
  }

  keepDraft(text: string): void {
    if (this.#news() === "forgotten") return;
    if (text) this.#set(draftKey(this.#site), text);
    else this.#remove(draftKey(this.#site));
  }

  forget(): void {
    this.#remove(identityKey(this.#site));
    this.#remove(writerKey(this.#site));
    this.#remove(draftKey(this.#site));
    this.#writer = this.#token = null;
  }

  #news(): "forgotten" | "met" | null {
    const writer = this.#get(writerKey(this.#site));
    if (writer === undefined) return null;
    const token = this.identity()?.token ?? null;
    if ((this.#writer && writer !== this.#writer) || (this.#token && !token)) return "forgotten";
    return token === this.#token ? null : "met";
  }

  #see(): void {
    if (this.#get(writerKey(this.#site)) !== undefined) this.#token = this.identity()?.token ?? null;
  }

  /** Undefined where nothing can be read. */
  #get(key: string): string | null | undefined {
    try {
      return this.#storage?.getItem(key);
    } catch {
      return undefined;
    }
  }

  #set(key: string, value: string): void {
    try {
      this.#storage?.setItem(key, value);
    } catch {
      // Full or forbidden: the page goes on without a memory.
    }
  }

  #remove(key: string): void {
    try {
      this.#storage?.removeItem(key);
    } catch {
      // As above.
    }
  }
}
