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
  const asked = data.lang && data.lang !== "auto" ? data.lang : around.pageLang || around.browserLang || "en";
  return {
    site: data.site || "default",
    lang: validLang(withRegion(asked, around.browserLang)),
    theme: isTheme(data.theme) ? data.theme : "auto",
    position: data.position === "start" ? "start" : "end",
    origin: new URL(around.src).origin,
  };
}

/** "en" in a British browser is British: it decides how times are written. */
function withRegion(lang: string, browserLang: string): string {
  return browserLang.startsWith(`${lang}-`) ? browserLang : lang;
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
