/** How long somebody has waited: words, colour and figures. Pure; the clock is handed in. */

export type WaitLevel = "calm" | "soon" | "late";

const SOON_SECONDS = 60;
const LATE_SECONDS = 180;

/** Whole seconds from an ISO time until `now` (ms), never negative: clocks of two machines differ. */
export function secondsSince(iso: string, now: number): number {
  const start = Date.parse(iso);
  return Number.isNaN(start) ? 0 : Math.max(0, Math.floor((now - start) / 1000));
}

export function waitLevel(seconds: number): WaitLevel {
  if (seconds < SOON_SECONDS) return "calm";
  return seconds < LATE_SECONDS ? "soon" : "late";
}

/** `0:42`, `12:05`, `1 h 04`, `2 d`: short enough for a row, never changing width within a minute. */
export function waitClock(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${String(minutes % 60).padStart(2, "0")}`;
  return `${Math.floor(hours / 24)} d`;
}

/** The same for ears: `2 minutes 5 seconds`. */
export function waitWords(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return plural(seconds, "second");
  if (minutes < 60) {
    const rest = seconds % 60;
    return rest === 0 ? plural(minutes, "minute") : `${plural(minutes, "minute")} ${plural(rest, "second")}`;
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${plural(hours, "hour")} ${plural(minutes % 60, "minute")}`;
  return plural(Math.floor(hours / 24), "day");
}

/** `now`, `4 min`, `3 h`, `12 Nov`: how long ago something was, for rows where nobody waits. */
export function agoShort(iso: string, now: number): string {
  const seconds = secondsSince(iso, now);
  if (seconds < 60) return "now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return new Date(iso).toLocaleDateString("en-GB", { day: "numeric", month: "short" });
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
