import { resolve } from "node:path";
import { defineConfig } from "vite";
import { pageOptions } from "./scripts/options.mjs";

/** The three pages as one build. `npm run build` builds the widget beside them; see scripts/build.mjs. */
export default defineConfig(pageOptions(resolve(import.meta.dirname, "dist")));
