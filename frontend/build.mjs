// Copies the third-party parts that our pages load into the Python package, each with its
// licences, writes down what was copied, and makes the button of integrators' sites.
// Usage: npm ci && npm run build

import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

import { buttonFiles } from "./button/minify.mjs";
import { collectLicences } from "./licences.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const MODULES = join(HERE, "node_modules");
const WEB = join(HERE, "..", "src", "grantway", "web");
const VENDOR = join(WEB, "assets", "vendor");
const BUILT = join(WEB, "public", "built");

// The chat with a hosted assistant: switched off in reference.js, and not shipped either,
// so that no setting and no mistake can make the page talk to somebody else.
const LEFT_OUT = /\/AgentScalarDrawer-[\w-]+\.js$/;

// What the viewer has no setting for. Each text occurs once in all its files; a release that
// writes it differently stops the build.
const CHANGES = [
  // Its tabs offer Ruby and others, instead of what our samples promise.
  {
    from: /\[`shell\/curl`,`ruby\/native`,`node\/undici`,`php\/guzzle`,`python\/python3`\]/g,
    to: "[`shell/curl`,`python/requests`,`js/fetch`,`php/guzzle`]",
  },
  // Its samples are a single call. reference.js adds what makes them a program.
  {
    from: /let (\w)=(\w+\(\)\.print\((\w),\w,\w\));return \1\?\[null,/g,
    to: "let $1=globalThis.completeSample($3,$2);return $1?[null,",
  },
];

const PARTS = [
  { name: "htmx.org", licences: "htmx.licences.txt", files: readHtmx },
  { name: "@scalar/api-reference", licences: "scalar/licences.txt", files: readViewer },
];

async function read(path) {
  return await readFile(join(MODULES, path), "utf8");
}

async function readHtmx() {
  return new Map([["htmx.min.js", await read("htmx.org/dist/htmx.min.js")]]);
}

// Follows the imports from the entry, because the package holds three builds of the same.
async function readViewer() {
  const root = "@scalar/api-reference/dist/browser";
  const files = new Map();
  const waiting = ["standalone.esm.js"];
  while (waiting.length > 0) {
    const path = waiting.pop();
    if (files.has(path) || LEFT_OUT.test(`/${path}`)) continue;
    // Source maps are five times the size of the code, and stay behind.
    const code = (await read(posix.join(root, path))).replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n");
    files.set(path, code);
    for (const [, imported] of code.matchAll(/(?:\bfrom|\bimport\(?)\s*["'`](\.{1,2}\/[\w./-]+\.js)["'`]/g)) {
      waiting.push(posix.join(posix.dirname(path), imported));
    }
  }
  for (const change of CHANGES) applyOnce(change, files);
  return new Map([...files].map(([path, code]) => [`scalar/${path}`, code]));
}

function applyOnce({ from, to }, files) {
  const places = [...files].flatMap(([path, code]) => [...code.matchAll(from)].map(() => path));
  if (places.length !== 1) {
    throw new Error(`expected ${from} once in the viewer, found it ${places.length} times: look at CHANGES`);
  }
  files.set(places[0], files.get(places[0]).replace(from, to));
}

async function place(part, into) {
  const { version, license } = JSON.parse(await read(`${part.name}/package.json`));
  const files = await part.files();
  files.set(part.licences, await collectLicences(MODULES, part.name));
  const listed = [];
  for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const target = join(into, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
    const sha256 = createHash("sha256").update(text).digest("hex");
    listed.push({ path, bytes: Buffer.byteLength(text), sha256 });
  }
  return { name: part.name, version, license, files: listed };
}

// Everything is made beside and put in place at the end, so that a build that fails
// leaves the last good one.
async function putInPlace(folder, fill) {
  const fresh = `${folder}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const made = await fill(fresh);
  await rm(folder, { recursive: true, force: true });
  await rename(fresh, folder);
  return made;
}

await putInPlace(BUILT, async (fresh) => {
  for (const [name, text] of await buttonFiles()) {
    await writeFile(join(fresh, name), text);
    console.log(`${name}: ${(Buffer.byteLength(text) / 1000).toFixed(1)} kB`);
  }
});

const manifest = await putInPlace(VENDOR, async (fresh) => {
  const listed = [];
  for (const part of PARTS) listed.push(await place(part, fresh));
  await writeFile(join(fresh, "manifest.json"), JSON.stringify(listed, null, 1) + "\n");
  return listed;
});

for (const { name, version, files } of manifest) {
  const kilobytes = files.reduce((sum, file) => sum + file.bytes, 0) / 1000;
  console.log(`${name} ${version}: ${files.length} files, ${kilobytes.toFixed(0)} kB`);
}
