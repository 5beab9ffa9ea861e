/** What each of the builds is made of. Knows nothing about writing notices or comparing folders. */
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");

/** Browsers since summer 2024: `light-dark()`, relative colours and OKLCH stay as they are written. */
const target = ["chrome123", "edge123", "firefox128", "safari17.5"];

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

/** The widget's chunks bring their styles as text: nothing has to be preloaded beside them. */
const plainImports = {
  name: "plain-imports",
  enforce: "pre",
  load: (id) => (id.endsWith("vite/preload-helper.js") ? "export const __vitePreload = (load) => load();" : null),
};

/** The chat panel: an ES module with its hash in the name, fetched when the customer needs it. */
export function panelOptions(outDir, plugins = []) {
  const options = shared(outDir);
  options.plugins = [plainImports, ...plugins];
  options.build.rolldownOptions = {
    input: { panel: resolve(root, "src/widget/panel.tsx") },
    // What is rarely needed is a chunk of its own and takes what it shares from the panel.
    preserveEntrySignatures: "allow-extension",
    output: {
      format: "es",
      entryFileNames: "widget/panel-[hash].js",
      chunkFileNames: "widget/[name]-[hash].js",
    },
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
