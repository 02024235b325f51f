// Gathers the licence texts of a package and of all that its ready-made files may contain.

import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";

// Returns one text: every distinct licence once, headed by the packages under it.
export async function collectLicences(modules, name) {
  const holders = new Map();
  for (const folder of await dependencyFolders(modules, name)) {
    const about = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const text = (await licenceText(folder)) ?? `(no text in the package; it states: ${about.license})`;
    holders.set(text, [...(holders.get(text) ?? []), `${about.name} ${about.version}`]);
  }
  return [...holders]
    .map(([text, names]) => `${names.sort().join("\n")}\n\n${text}\n`)
    .sort()
    .join(`\n${"-".repeat(78)}\n\n`);
}

// Walks the dependencies as Node resolves them: the nearest node_modules upwards.
async function dependencyFolders(modules, name) {
  const seen = new Set();
  const waiting = [join(modules, name)];
  while (waiting.length > 0) {
    const folder = waiting.pop();
    if (seen.has(folder)) continue;
    seen.add(folder);
    const { dependencies = {} } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    for (const dependency of Object.keys(dependencies)) waiting.push(resolve(folder, dependency, modules));
  }
  return seen;
}

function resolve(folder, dependency, modules) {
  const top = dirname(modules);
  for (let at = folder; at !== dirname(top); at = dirname(at)) {
    const candidate = join(at, "node_modules", dependency);
    if (existsSync(join(candidate, "package.json"))) return candidate;
  }
  throw new Error(`${dependency}, needed by ${folder}, is not installed: run npm ci`);
}

async function licenceText(folder) {
  const files = (await readdir(folder)).filter((file) => /^(licen[sc]e|copying|notice)/i.test(file)).sort();
  if (files.length === 0) return undefined;
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  return texts.map((text) => text.replaceAll("\r\n", "\n").trim()).join("\n\n");
}
