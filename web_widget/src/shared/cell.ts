/**
 * A value that tells who looks at it when it changes. Two dozen lines instead of a library: the widget must stay small.
 *
 * Knows nothing about drawing; `components/use-cell.ts` joins it to Preact.
 */

export interface Cell<T> {
  value: T;
  /** Runs at every change, not at once; returns how to stop. */
  subscribe(run: () => void): () => void;
}

export function cell<T>(first: T): Cell<T> {
  let held = first;
  const watchers = new Set<() => void>();
  return {
    get value() {
      return held;
    },
    set value(next: T) {
      if (Object.is(next, held)) return;
      held = next;
      for (const run of [...watchers]) run();
    },
    subscribe(run) {
      watchers.add(run);
      return () => watchers.delete(run);
    },
  };
}

/** Runs at once and at every change of one of these; returns how to stop. */
export function follow(cells: readonly Pick<Cell<unknown>, "subscribe">[], run: () => void): () => void {
  const stops = cells.map((each) => each.subscribe(run));
  run();
  return () => stops.forEach((stop) => stop());
}
