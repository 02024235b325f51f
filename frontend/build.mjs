// Copies the third-party parts that our pages load into the Python package, each with
// its licences, and writes down what was copied. Usage: npm ci && npm run build

import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

import { collectLicences } from "./licences.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const MODULES = join(HERE, "node_modules");
const VENDOR = join(HERE, "..", "src", "grantway", "web", "assets", "vendor");

// The chat with a hosted assistant: switched off in reference.js, and not shipped either,
// so that no setting and no mistake can make the page talk to somebody else.
const LEFT_OUT = /\/AgentScalarDrawer-[\w-]+\.js$/;

// The viewer's tabs offer Ruby and others before what our samples promise, and have no
// setting for it. The list occurs once; a release that writes it differently stops the build.
const VIEWER_TABS = "[`shell/curl`,`ruby/native`,`node/undici`,`php/guzzle`,`python/python3`]";
const OUR_TABS = "[`shell/curl`,`python/requests`,`js/fetch`,`php/guzzle`]";

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
  const entry = files.get("standalone.esm.js");
  if (entry.split(VIEWER_TABS).length !== 2) {
    throw new Error("the viewer's list of language tabs is not where it was: look at VIEWER_TABS");
  }
  files.set("standalone.esm.js", entry.replace(VIEWER_TABS, OUR_TABS));
  return new Map([...files].map(([path, code]) => [`scalar/${path}`, code]));
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
const fresh = `${VENDOR}.new`;
await rm(fresh, { recursive: true, force: true });
const manifest = [];
for (const part of PARTS) manifest.push(await place(part, fresh));
await writeFile(join(fresh, "manifest.json"), JSON.stringify(manifest, null, 1) + "\n");
await rm(VENDOR, { recursive: true, force: true });
await rename(fresh, VENDOR);

for (const { name, version, files } of manifest) {
  const kilobytes = files.reduce((sum, file) => sum + file.bytes, 0) / 1000;
  console.log(`${name} ${version}: ${files.length} files, ${kilobytes.toFixed(0)} kB`);
}
