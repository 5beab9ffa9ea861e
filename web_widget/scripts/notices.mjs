/**
 * Which packages end up in the bundles, and what their licences say.
 *
 * `node scripts/notices.mjs` prints the committed notices; the build writes them.
 */
import { readdir, readFile } from "node:fs/promises";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const MODULE = /node_modules\/((?:@[^/]+\/)?[^/]+)\//g;

/** A build plugin that notes each package of which at least one byte was bundled. */
export function collectPackages(found) {
  return {
    name: "collect-packages",
    generateBundle(_options, files) {
      for (const file of Object.values(files)) {
        for (const [id, module] of Object.entries(file.modules ?? {})) {
          if (module.renderedLength === 0) continue;
          const name = [...id.replaceAll("\\", "/").matchAll(MODULE)].at(-1)?.[1];
          if (name) found.add(name);
        }
      }
    },
  };
}

async function notice(name) {
  const folder = resolve(root, "node_modules", name);
  const manifest = JSON.parse(await readFile(resolve(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).sort().find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
  if (!file) throw new Error(`${name} carries no licence file`);
  const text = (await readFile(resolve(folder, file), "utf8")).replaceAll("\r\n", "\n").trim();
  return `${name} ${manifest.version} (${manifest.license})\n\n${text}\n`;
}

/** The text of THIRD_PARTY_NOTICES: the same for the same lock file. */
export async function noticesText(packages) {
  const names = [...packages].sort();
  const parts = await Promise.all(names.map(notice));
  const head = "The files in this folder contain parts of these packages.\n";
  const rule = `\n${"-".repeat(78)}\n\n`;
  return [head, ...parts].join(rule);
}

if (import.meta.filename === resolve(process.argv[1] ?? "")) {
  process.stdout.write(await readFile(resolve(root, "dist/THIRD_PARTY_NOTICES"), "utf8"));
}
