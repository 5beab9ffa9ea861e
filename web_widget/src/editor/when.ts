/** Times that only the editor needs, in the browser's own time zone. Pure: the present moment is handed in. */
import { clockTime, shortDate } from "../shared/time";

/** `12:03:05`: exact enough to be a proof. */
export function exactTime(iso: string, locale?: string): string {
  const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
  return new Date(iso).toLocaleTimeString(locale, options);
}

/** `12:03:05` today, `3 Nov 2026, 12:03` before. `now` is in milliseconds since 1970. */
export function sinceTime(iso: string, now: number, locale?: string): string {
  const today = new Date(iso).toDateString() === new Date(now).toDateString();
  return today ? exactTime(iso, locale) : `${shortDate(iso, locale)}, ${clockTime(iso, locale)}`;
}

/** `0.4 s`, `38 ms`. */
export function tookTime(milliseconds: number): string {
  return milliseconds < 100 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** `12:03` today, `3 Nov 2026` before. `now` is in milliseconds since 1970. */
export function savedTime(iso: string, now: number, locale?: string): string {
  const today = new Date(iso).toDateString() === new Date(now).toDateString();
  return today ? clockTime(iso, locale) : shortDate(iso, locale);
}
