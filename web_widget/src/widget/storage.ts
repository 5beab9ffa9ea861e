/** What the widget keeps in the browser between pages: who the customer is, what was seen, the unsent draft. */
import { newCmid } from "../shared/outbox";

export interface Identity {
  token: string;
  conversation: string;
  epoch: string;
  /** Last seq that the customer has seen with the panel open. */
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

export class Keeper {
  readonly #storage: Storage | null;
  readonly #site: string;

  constructor(storage: Storage | null, site: string) {
    this.#storage = storage;
    this.#site = site;
  }

  identity(): Identity | null {
    try {
      const kept = JSON.parse(this.#storage?.getItem(identityKey(this.#site)) ?? "null") as Partial<Identity> | null;
      if (!kept || typeof kept.token !== "string" || typeof kept.conversation !== "string") return null;
      return { token: kept.token, conversation: kept.conversation, epoch: kept.epoch ?? "", seen: Number(kept.seen) || 0 };
    } catch {
      return null;
    }
  }

  keepIdentity(identity: Identity): void {
    this.#set(identityKey(this.#site), JSON.stringify(identity));
  }

  /** Whose unsent messages the browser keeps: another name after `forget`. */
  writer(): string {
    try {
      const kept = this.#storage?.getItem(writerKey(this.#site));
      if (kept) return kept;
    } catch {
      // As good as new.
    }
    const name = newCmid();
    this.#set(writerKey(this.#site), name);
    return name;
  }

  draft(): string {
    try {
      return this.#storage?.getItem(draftKey(this.#site)) ?? "";
    } catch {
      return "";
    }
  }

  keepDraft(text: string): void {
    if (text) this.#set(draftKey(this.#site), text);
    else this.#remove(draftKey(this.#site));
  }

  forget(): void {
    this.#remove(identityKey(this.#site));
    this.#remove(writerKey(this.#site));
    this.#remove(draftKey(this.#site));
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
