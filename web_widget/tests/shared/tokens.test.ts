import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

const css = readFileSync(resolve(import.meta.dirname, "../../src/shared/tokens.css"), "utf8");

type Theme = "light" | "dark";

/** OKLCH to linear sRGB (Ottosson's matrices), clamped; then WCAG luminance. */
function luminance(lightness: number, chroma: number, hue: number): number {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const red = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
  const green = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
  const blue = -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s;
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  return 0.2126 * clamp(red) + 0.7152 * clamp(green) + 0.0722 * clamp(blue);
}

function role(name: string, theme: Theme): number {
  const value = new RegExp(`--${name}: light-dark\\(oklch\\(([^)]*)\\), oklch\\(([^)]*)\\)\\)`).exec(css);
  if (!value) throw new Error(`no role ${name}`);
  const [lightness = 0, chroma = 0, hue = 0] = (value[theme === "light" ? 1 : 2] ?? "").split(" ").map(Number);
  return luminance(lightness, chroma, hue);
}

function contrast(one: string, other: string, theme: Theme): number {
  const [dark = 0, light = 0] = [role(one, theme), role(other, theme)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ["canvas", "surface", "raised", "sunken"];
const inks = ["text", "text-quiet", "accent", "good", "warn", "bad", "info", "human", "bot"];

describe.each<Theme>(["light", "dark"])("%s", (theme) => {
  it.each(inks)("%s can be read on every ground", (ink) => {
    for (const ground of grounds) expect(contrast(ink, ground, theme), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["accent", "good", "warn", "bad", "info", "human", "bot"])("%s can be read on its soft ground", (ink) => {
    expect(contrast(ink, `${ink}-soft`, theme)).toBeGreaterThanOrEqual(4.5);
    expect(contrast("text", `${ink}-soft`, theme)).toBeGreaterThanOrEqual(4.5);
  });

  it("has text on the accent and edges that can be seen", () => {
    expect(contrast("accent-text", "accent", theme)).toBeGreaterThanOrEqual(4.5);
    for (const ground of grounds) expect(contrast("line-strong", ground, theme), ground).toBeGreaterThanOrEqual(3);
  });
});
