/** Builds afresh beside `dist/` and names every file that differs. Exits 1 if the committed build is not this source. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { buildAll } from "./build.mjs";

const committed = resolve(import.meta.dirname, "../dist");

async function contents(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const pairs = files.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    return [relative(folder, path), await readFile(path)];
  });
  return new Map(await Promise.all(pairs));
}

const fresh = await mkdtemp(join(tmpdir(), "frontdesk-dist-"));
try {
  await buildAll(fresh);
  const [old, made] = await Promise.all([contents(committed), contents(fresh)]);
  const names = [...new Set([...old.keys(), ...made.keys()])].sort();
  const different = names.filter((name) => !old.get(name)?.equals(made.get(name) ?? Buffer.alloc(0)));
  for (const name of different) {
    const why = !old.has(name) ? "missing in dist" : !made.has(name) ? "no longer built" : "differs";
    console.error(`${name}: ${why}`);
  }
  if (different.length > 0) process.exitCode = 1;
  else console.log(`dist is up to date (${names.length} files)`);
} finally {
  await rm(fresh, { recursive: true, force: true });
}
