/** A moment as <time>, short on the page and in full for whoever asks. */
import { ago, clockTime, fullTime, shortDate } from "../time";

interface Props {
  at: string;
  /** `ago` needs `now`. */
  form?: "clock" | "date" | "ago";
  now?: number;
  locale?: string;
}

export function Time({ at, form = "clock", now = Date.now(), locale }: Props) {
  const words = form === "clock" ? clockTime(at, locale) : form === "date" ? shortDate(at, locale) : ago(at, now, locale);
  return (
    <time dateTime={at} title={fullTime(at, locale)}>
      {words}
    </time>
  );
}
