// Build each explorer of src/ twice: an ES module for notebooks, a classic script for pages (a page that is opened from a file
// loads no module). `node build.mjs [folder]`; without one, into course_utils/explorers/static/.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ? resolve(process.argv[2]) : join(here, "..", "course_utils", "explorers", "static");
const names = readdirSync(join(here, "src"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "shared").map((entry) => entry.name).sort();
const options = { bundle: true, minify: true, charset: "utf8", target: "es2022", legalComments: "none", logLevel: "warning" };

// In a page: a script's elements come alive when it is read, whether the page calls `mount` or not.
const inPage = (name) => `
import { wake } from "./src/shared/page.js";
import explorer from "./src/${name}/index.js";
wake("${name}", explorer.mount);
`;

const made = [];
for (const name of names) {
  const stdin = { contents: inPage(name), resolveDir: here, sourcefile: `${name}.js` };
  const module = { ...options, entryPoints: [join(here, "src", name, "index.js")], format: "esm", outfile: join(out, `${name}.mjs`) };
  const script = { ...options, stdin, format: "iife", outfile: join(out, `${name}.js`) };
  for (const each of [module, script]) made.push(...(await build({ ...each, write: false })).outputFiles);
}
// All of them are whole: now, and not before, the old ones go.
if (!process.argv[2]) rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const { path, contents } of made) writeFileSync(path, contents);
console.log(`${names.length} explorers built into ${out}`);
