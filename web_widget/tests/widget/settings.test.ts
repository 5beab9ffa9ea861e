import { describe, expect, it } from "vitest";
import { direction, readSettings } from "../../src/widget/settings";

const around = { src: "https://desk.example/widget/v1.js", pageLang: "en", browserLang: "en-GB" };

describe("readSettings", () => {
  it("needs nothing but the script", () => {
    expect(readSettings({}, around)).toEqual({
      site: "default",
      lang: "en-GB",
      theme: "auto",
      position: "end",
      origin: "https://desk.example",
    });
  });

  it("takes what the tag says", () => {
    const data = { site: "shop", lang: "ar", theme: "dark", position: "start" };
    expect(readSettings(data, around)).toMatchObject(data);
  });

  it("does not trip over nonsense", () => {
    const settings = readSettings({ lang: "not a language", theme: "pink", position: "middle" }, around);
    expect(settings).toMatchObject({ lang: "en", theme: "auto", position: "end" });
  });

  it("follows the page's language before the browser's", () => {
    expect(readSettings({ lang: "auto" }, { ...around, pageLang: "de" }).lang).toBe("de");
    expect(readSettings({ lang: "auto" }, { ...around, pageLang: "", browserLang: "fr-BE" }).lang).toBe("fr-BE");
  });
});

it("knows which way text runs", () => {
  expect([direction("ar"), direction("he-IL"), direction("en"), direction("arn")]).toEqual(["rtl", "rtl", "ltr", "ltr"]);
});
