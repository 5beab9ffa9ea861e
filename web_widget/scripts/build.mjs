/** Builds every face into one folder: `node scripts/build.mjs [folder]`, by default `dist`. */
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { bundle } from "lightningcss";
import { build } from "vite";
import { collectPackages, noticesText } from "./notices.mjs";
import { loaderOptions, pageOptions, panelOptions } from "./options.mjs";

const root = resolve(import.meta.dirname, "..");

/** The help centre is drawn by the gateway; its style sheet is bundled with the same tokens. */
function helpStyles() {
  const filename = resolve(root, "src/help/help.css");
  return existsSync(filename) ? bundle({ filename, minify: true }).code : null;
}

export async function buildAll(outDir) {
  await rm(outDir, { recursive: true, force: true });
  await mkdir(outDir, { recursive: true });
  const packages = new Set();
  const collect = [collectPackages(packages)];
  await build(pageOptions(outDir, collect));
  const panel = await build(panelOptions(outDir, collect));
  const entry = panel.output.find((file) => file.type === "chunk" && file.isEntry);
  await build(loaderOptions(outDir, basename(entry.fileName), collect));
  const help = helpStyles();
  if (help) await writeFile(resolve(outDir, "help.css"), help);
  await writeFile(resolve(outDir, "THIRD_PARTY_NOTICES"), await noticesText(packages));
}

if (import.meta.filename === resolve(process.argv[1] ?? "")) {
  await buildAll(resolve(root, process.argv[2] ?? "dist"));
}
