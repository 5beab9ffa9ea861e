/** What each of the builds is made of. Knows nothing about writing notices or comparing folders. */
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");

/** Browsers since spring 2024: `light-dark()`, nesting and OKLCH stay as they are written. */
const target = ["chrome123", "edge123", "firefox121", "safari17.5"];

const shared = (outDir) => ({
  root,
  configFile: false,
  publicDir: false,
  logLevel: "warn",
  build: {
    outDir,
    emptyOutDir: false,
    target,
    cssTarget: target,
    assetsInlineLimit: 0,
    sourcemap: false,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
});

/** console.html, editor.html and shop.html, with what they share under /assets/. */
export function pageOptions(outDir, plugins = []) {
  const options = shared(outDir);
  options.plugins = plugins;
  options.build.rolldownOptions = {
    input: ["console", "editor", "shop"].map((name) => resolve(root, `${name}.html`)),
  };
  return options;
}

/** The chat panel: one ES module with its hash in the name, fetched when the customer needs it. */
export function panelOptions(outDir, plugins = []) {
  const options = shared(outDir);
  options.plugins = plugins;
  options.build.rolldownOptions = {
    input: { panel: resolve(root, "src/widget/panel.tsx") },
    preserveEntrySignatures: "strict",
    output: { format: "es", entryFileNames: "widget/panel-[hash].js", codeSplitting: false },
  };
  return options;
}

/** The one tag that a site embeds: a classic script that draws the launcher and fetches the panel. */
export function loaderOptions(outDir, panelFile, plugins = []) {
  const options = shared(outDir);
  options.plugins = plugins;
  options.define = { __PANEL_FILE__: JSON.stringify(panelFile) };
  options.build.rolldownOptions = {
    input: { loader: resolve(root, "src/widget/loader.ts") },
    output: { format: "iife", entryFileNames: "widget/v1.js" },
  };
  return options;
}
