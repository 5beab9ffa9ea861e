/** What a site says on the script tag, with what is missing filled in. Pure. */
import type { Settings, Theme } from "./contract";

const RIGHT_TO_LEFT = new Set(["ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"]);

export interface Surroundings {
  /** Address of the script. */
  src: string;
  pageLang: string;
  browserLang: string;
}

export function isTheme(value: unknown): value is Theme {
  return value === "auto" || value === "light" || value === "dark";
}

export function readSettings(data: Readonly<Record<string, string | undefined>>, around: Surroundings): Settings {
  const lang = !data.lang || data.lang === "auto" ? around.pageLang || around.browserLang || "en" : data.lang;
  return {
    site: data.site || "default",
    lang: validLang(lang),
    theme: isTheme(data.theme) ? data.theme : "auto",
    position: data.position === "start" ? "start" : "end",
    origin: new URL(around.src).origin,
  };
}

function validLang(lang: string): string {
  try {
    return Intl.getCanonicalLocales(lang)[0] ?? "en";
  } catch {
    return "en";
  }
}

export function direction(lang: string): "rtl" | "ltr" {
  return RIGHT_TO_LEFT.has(lang.split("-")[0] ?? "") ? "rtl" : "ltr";
}
