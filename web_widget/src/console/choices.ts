/** What an agent has chosen for this browser: sound, single-letter keys. Kept in its storage. */

import { type Signal, signal } from "@preact/signals";

type Store = Pick<Storage, "getItem" | "setItem">;

export class Choices {
  readonly sound: Signal<boolean>;
  readonly letters: Signal<boolean>;

  constructor(store: Store) {
    this.sound = kept(store, "frontdesk.console.sound", false);
    this.letters = kept(store, "frontdesk.console.letters", true);
  }
}

function kept(store: Store, key: string, first: boolean): Signal<boolean> {
  const stored = store.getItem(key);
  const value = signal(stored === null ? first : stored === "yes");
  value.subscribe((now) => {
    try {
      store.setItem(key, now ? "yes" : "no");
    } catch {
      // Without room in the storage the choice lives as long as the page.
    }
  });
  return value;
}
