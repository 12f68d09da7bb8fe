/**
 * Make of what Vite built the folder that is served: with each file compressed beforehand, and what
 * is bundled named with its licence. Two runs on the same files give the same bytes.
 *
 *     node pack.mjs <what Vite built> <the folder to make>
 */
import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const AREAS = ["account", "console"];
// where the function that serves a page writes what the deployer says of it
const PLACE = '<meta name="pages" content="">';
// what a package that browsers are given may be under
const ALLOWED = new Set(["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT"]);
const LANGUAGES = ["en", "ru"];
const COMPRESSED = /\.(css|js|svg|txt)$/;
// the earliest that a ZIP file can hold
const EPOCH_SECONDS = 315_532_800;

const [built, folder] = process.argv.slice(2);
const making = `${folder}.making`;
const assets = join(making, "assets");
rmSync(making, { recursive: true, force: true });
mkdirSync(making, { recursive: true });
cpSync(join(built, "assets"), assets, { recursive: true });
const manifest = JSON.parse(readFileSync(join(built, "manifest.json"), "utf8"));
const licences = writeLicences(JSON.parse(readFileSync(join(built, "licences.json"), "utf8")));
for (const area of AREAS) writePage(area, readFileSync(join(built, `${area}.html`), "utf8"));
for (const name of readdirSync(assets)) if (COMPRESSED.test(name)) compress(join(assets, name));
makeUniform(making);
// whoever reads a page meanwhile finds the old files or the new ones
const before = `${folder}.before`;
if (existsSync(folder)) renameSync(folder, before);
renameSync(making, folder);
rmSync(before, { recursive: true, force: true });

/** Write the texts of the licences and return the name of that file. */
function writeLicences(packages) {
  const refused = packages.filter(({ identifier }) => !ALLOWED.has(identifier));
  for (const { name, identifier } of refused) console.error(`${name} is under ${identifier ?? "no licence"}, which pack.mjs does not allow`);
  if (refused.length > 0) process.exit(1);
  const told = packages.map(({ name, version, identifier, text }) => `${name} ${version} (${identifier})\n\n${text ?? ""}\n`);
  const content = told.sort().join(`\n${"-".repeat(80)}\n\n`);
  const name = `licences-${createHash("sha256").update(content).digest("hex").slice(0, 8)}.txt`;
  writeFileSync(join(assets, name), content);
  return name;
}

function writePage(area, text) {
  const name = `${area}.html`;
  if (!text.includes(PLACE)) throw new Error(`${name} has no ${PLACE}`);
  if (/<script(?![^>]*\bsrc=)|<style|\sstyle=/.test(text)) throw new Error(`${name} has a script or style in it, which its policy refuses`);
  // the function that serves the page keeps those of the language that its browser asks for
  const words = LANGUAGES.flatMap((code) => wordsOf(area, code).map((file) => `<link rel="modulepreload" crossorigin href="/${file}" hreflang="${code}">`));
  const added = [...words, `<link rel="license" href="/assets/${licences}">`].map((link) => `    ${link}\n`);
  writeFileSync(join(making, name), text.replace("  </head>", `${added.join("")}  </head>`));
}

/** Return the files that hold the words of an area in a language. */
function wordsOf(area, code) {
  const { file, imports = [] } = manifest[`src/${area}/words/${code}.ts`];
  return [file, ...imports.map((key) => manifest[key].file)];
}

function compress(path) {
  const content = readFileSync(path);
  const parameters = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  writeFileSync(`${path}.br`, brotliCompressSync(content, { params: parameters }));
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
}

/** Let modes and times say nothing of when and by whom it was built. */
function makeUniform(root) {
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    chmodSync(path, entry.isDirectory() ? 0o755 : 0o644);
    utimesSync(path, EPOCH_SECONDS, EPOCH_SECONDS);
  }
}
