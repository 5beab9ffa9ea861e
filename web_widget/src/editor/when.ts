/** Times as an editor reads them, in the browser's own time zone. Pure: the present moment is handed in. */

const DAY_MS = 86_400_000;

/** `12:03`. */
export function clock(iso: string): string {
  return new Date(iso).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

/** `12:03:05`: exact enough to be a proof. */
export function exactClock(iso: string): string {
  return new Date(iso).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** `just now`, `12 min ago`, `today 09:14`, `yesterday 17:40`, `3 Nov`, `3 Nov 2024`. */
export function ago(iso: string, now: Date): string {
  const then = new Date(iso);
  const seconds = (now.getTime() - then.getTime()) / 1000;
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (then.toDateString() === now.toDateString()) return `today ${clock(iso)}`;
  if (then.toDateString() === new Date(now.getTime() - DAY_MS).toDateString()) return `yesterday ${clock(iso)}`;
  return day(then, now);
}

/** `12:03:05` today, `3 Nov, 12:03` before. */
export function since(iso: string, now: Date): string {
  const then = new Date(iso);
  return then.toDateString() === now.toDateString() ? exactClock(iso) : `${day(then, now)}, ${clock(iso)}`;
}

/** `Thursday 3 November 2026, 12:03`: for titles and labels. */
export function inFull(iso: string): string {
  const date = new Date(iso).toLocaleDateString("en-GB", {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
  });
  return `${date}, ${clock(iso)}`;
}

/** `0.4 s`, `38 ms`. */
export function took(ms: number): string {
  return ms < 100 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function day(then: Date, now: Date): string {
  const sameYear = then.getFullYear() === now.getFullYear();
  return then.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    ...(sameYear ? {} : { year: "numeric" as const }),
  });
}
