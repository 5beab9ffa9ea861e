/** Times and durations as people read them. Pure: the present moment is handed in. Milliseconds since 1970. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale ?? ""}${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(locale, options)));
  return found;
}

function dayStart(moment: number): number {
  return new Date(moment).setHours(0, 0, 0, 0);
}

/** 14:05 */
export function clockTime(iso: string, locale?: string): string {
  return format(locale, { hour: "2-digit", minute: "2-digit" }).format(new Date(iso));
}

/** Monday, 3 August, 14:05 — for titles and screen readers. */
export function fullTime(iso: string, locale?: string): string {
  return format(locale, { dateStyle: "full", timeStyle: "short" }).format(new Date(iso));
}

/** 3 Aug 2026 */
export function shortDate(iso: string, locale?: string): string {
  return format(locale, { dateStyle: "medium" }).format(new Date(iso));
}

/** Today, Yesterday, a weekday within the last week, else the date. */
export function dayLabel(iso: string, now: number, locale?: string): string {
  const moment = new Date(iso).getTime();
  const days = Math.round((dayStart(now) - dayStart(moment)) / DAY);
  if (days <= 1 && days >= 0) {
    const word = new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-days, "day");
    return word.charAt(0).toLocaleUpperCase(locale) + word.slice(1);
  }
  if (days > 1 && days < 7) return format(locale, { weekday: "long" }).format(moment);
  return format(locale, { dateStyle: "long" }).format(moment);
}

export function sameDay(one: string, other: string): boolean {
  return dayStart(new Date(one).getTime()) === dayStart(new Date(other).getTime());
}

/** "3 days ago", "yesterday", "5 minutes ago", "just now". */
export function ago(iso: string, now: number, locale?: string): string {
  const passed = Math.max(0, now - new Date(iso).getTime());
  if (passed < MINUTE && (locale === undefined || locale.startsWith("en"))) return "just now";
  const words = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  if (passed < MINUTE) return words.format(0, "second");
  if (passed < HOUR) return words.format(-Math.floor(passed / MINUTE), "minute");
  if (passed < DAY) return words.format(-Math.floor(passed / HOUR), "hour");
  if (passed < 30 * DAY) return words.format(-Math.floor(passed / DAY), "day");
  if (passed < 365 * DAY) return words.format(-Math.floor(passed / (30 * DAY)), "month");
  return words.format(-Math.floor(passed / (365 * DAY)), "year");
}

/** 0:42, 3:07, 1:02:09 — for timers that run. */
export function timer(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** "less than a minute", "about 3 min", "about 2–4 min": whole minutes, never false precision. Empty if unknown. */
export function waitRange(low: number | null, high: number | null): string {
  if (high === null && low === null) return "";
  const to = Math.ceil((high ?? low ?? 0) / 60);
  const from = Math.max(1, Math.round((low ?? high ?? 0) / 60));
  if (to < 1 || (to === 1 && (low ?? 0) < 45)) return "less than a minute";
  if (from >= to) return `about ${to} min`;
  return `about ${from}–${to} min`;
}

/** 1st, 2nd, 3rd, 4th, 11th, 21st. */
export function ordinal(position: number): string {
  const words: Record<string, string> = { one: "st", two: "nd", few: "rd", other: "th" };
  return `${position}${words[new Intl.PluralRules("en", { type: "ordinal" }).select(position)] ?? "th"}`;
}
