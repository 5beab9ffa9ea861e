/** A site's own accent, made legible on both themes. Pure apart from `readColor`, which asks the browser. */

/** Red, green, blue: 0..255. */
export type Rgb = readonly [number, number, number];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** The surfaces of tokens.css, near enough for contrast. */
const LIGHT_SURFACE: Rgb = [255, 255, 255];
const DARK_SURFACE: Rgb = [33, 40, 39];
const NEEDED = 4.6;

function channel(value: number): number {
  const part = value / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
}

/** WCAG contrast, 1..21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const part = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * share);
  return [part(0), part(1), part(2)];
}

/** The colour itself if it can be read on the surface, else the nearest darker (or lighter) one that can. */
export function legibleOn(color: Rgb, surface: Rgb): Rgb {
  const goal = contrast(surface, BLACK) > contrast(surface, WHITE) ? BLACK : WHITE;
  for (let share = 0; share < 1; share += 0.04) {
    const tried = mix(color, goal, share);
    if (contrast(tried, surface) >= NEEDED) return tried;
  }
  return goal;
}

/** White or black, whichever can be read better on this colour. */
export function textOn(color: Rgb): Rgb {
  return contrast(color, WHITE) >= contrast(color, BLACK) ? WHITE : BLACK;
}

const css = (color: Rgb) => `rgb(${color.join(" ")})`;

/** Values for the accent roles of tokens.css. */
export function accentRoles(color: Rgb): Record<string, string> {
  const light = legibleOn(color, LIGHT_SURFACE);
  const dark = legibleOn(color, DARK_SURFACE);
  const both = (one: Rgb, other: Rgb) => `light-dark(${css(one)}, ${css(other)})`;
  return {
    "--accent": both(light, dark),
    "--accent-text": both(textOn(light), textOn(dark)),
    "--accent-soft": both(mix(light, LIGHT_SURFACE, 0.9), mix(dark, DARK_SURFACE, 0.82)),
  };
}

/** Any CSS colour as bytes; null if the browser does not know it. */
export function readColor(value: string): Rgb | null {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!pen || !value || !CSS.supports("color", value)) return null;
  pen.fillStyle = value;
  pen.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = pen.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
