// Builds host.js and frame.js with their styles, and copies the libraries that widgets ask for, each
// with its licences, into the Python package.
// Usage: npm ci && npm run build

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "vite";

import { collectLicences } from "../frontend/licences.mjs";
import { LIBRARIES } from "./libraries.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const MODULES = join(HERE, "node_modules");
const TARGET = join(HERE, "..", "src", "grantway", "web", "assets", "websdk");
const FRESH = `${TARGET}.new`;

// As the pages mark their assets, so that browsers keep an exact version for ever.
const MARK_LENGTH = 10;

const mark = (text) => createHash("sha256").update(text).digest("hex").slice(0, MARK_LENGTH);

async function copyLibraries() {
  await mkdir(join(FRESH, "lib"), { recursive: true });
  const marks = {};
  for (const [file, [name, path]] of Object.entries(LIBRARIES)) {
    const code = await readFile(join(MODULES, name, path), "utf8");
    const plain = code.replace(/\n\/\/[#@] sourceMappingURL=.*\s*$/, "\n");
    await writeFile(join(FRESH, "lib", file), plain);
    marks[`lib/${file}`] = mark(plain);
  }
  return marks;
}

async function copyLicences() {
  const names = [...new Set(Object.values(LIBRARIES).map(([name]) => name))].sort();
  const texts = [];
  for (const name of names) texts.push(await collectLicences(MODULES, name));
  await writeFile(join(FRESH, "lib", "licences.txt"), texts.join(`\n${"=".repeat(78)}\n\n`));
}

async function buildEntry(entry, marks) {
  process.env.WEBSDK_ENTRY = entry;
  process.env.WEBSDK_OUT = FRESH;
  process.env.WEBSDK_MARKS = JSON.stringify(marks);
  await build({ root: HERE, configFile: join(HERE, "vite.config.ts"), logLevel: "warn" });
  for (const file of (await readdir(FRESH)).filter((name) => name.startsWith(`${entry}.`))) {
    const text = await readFile(join(FRESH, file));
    marks[file] = mark(text);
    const [whole, packed] = [text.length, gzipSync(text).length].map((bytes) => (bytes / 1000).toFixed(1));
    console.log(`${file}: ${whole} kB, ${packed} kB compressed`);
  }
}

// Everything is made beside and put in place at the end, so that a build that fails leaves the last
// good one.
await rm(FRESH, { recursive: true, force: true });
const marks = await copyLibraries();
await copyLicences();
await buildEntry("frame", marks);
await buildEntry("host", marks);
await rm(TARGET, { recursive: true, force: true });
await rename(FRESH, TARGET);
console.log(`${Object.keys(LIBRARIES).length} libraries`);
