/** Unsent messages in IndexedDB, of all sites and desks in one table. Must not know about sending. */
import type { OutboxEntry, Outgoing } from "../outbox";

/** The database, once it is open. Everything rejects when the browser takes it away. */
export interface Deep<F extends Outgoing> {
  load(): Promise<OutboxEntry<F>[]>;
  put(entries: readonly OutboxEntry<F>[]): Promise<void>;
  drop(cmid: string): Promise<void>;
  /** What other writers of that name have left is nobody's. */
  sweep(): Promise<void>;
  clear(): Promise<void>;
}

const TABLE = "outbox";

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** `name` and `writer`: whose messages. Rejects where forbidden. */
export async function openDeep<F extends Outgoing>(name: string, writer: string): Promise<Deep<F>> {
  const asked = indexedDB.open("frontdesk", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(TABLE);
  const database = await done(asked);
  database.onversionchange = () => database.close();
  // `strict`: what has been put survives the machine, too
  const table = (mode: IDBTransactionMode) => database.transaction(TABLE, mode, { durability: "strict" }).objectStore(TABLE);
  const mine = IDBKeyRange.bound([name, writer], [name, writer, []]);

  /** Resolves when it is kept, not when it is asked for. */
  function write(run: (store: IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const store = table("readwrite");
      store.transaction.oncomplete = () => resolve();
      store.transaction.onerror = store.transaction.onabort = () => reject(store.transaction.error);
      run(store);
    });
  }

  return {
    load: () => done(table("readonly").getAll(mine) as IDBRequest<OutboxEntry<F>[]>),
    put: (entries) => write((store) => entries.forEach((entry) => store.put(entry, [name, writer, entry.frame.cmid]))),
    drop: (cmid) => write((store) => store.delete([name, writer, cmid])),
    sweep: () =>
      write((store) => {
        store.delete(IDBKeyRange.bound([name], [name, writer], false, true));
        store.delete(IDBKeyRange.bound([name, writer, []], [name, []], true, true));
      }),
    clear: () => write((store) => store.delete(mine)),
  };
}
