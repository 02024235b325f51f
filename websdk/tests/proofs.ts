// Which items of compatibility.json the tests prove: a test names them as tags (`{ tags: ["callback:onSave"] }`),
// and Vitest itself refuses a tag that is not listed there.

import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import type { Reporter, TestModule } from "vitest/node";

const KEPT = join(import.meta.dirname, "../../docs/reference/widget-compatibility.json");

interface Compatibility {
  groups: { name: string; items: { id: string }[] }[];
}

/** Returns the tags that there are: `group:item`. */
export function itemTags(): { name: string }[] {
  const { groups } = JSON.parse(readFileSync(join(import.meta.dirname, "../compatibility.json"), "utf8")) as Compatibility;
  return groups.flatMap(({ name, items }) => items.map(({ id }) => ({ name: `${name}:${id}` })));
}

/** Returns the files whose tests prove an item; one failing test of an item leaves it without proof. */
function proofs(modules: readonly TestModule[]): Record<string, string[]> {
  const shown = new Map<string, Set<string>>();
  const failed = new Set<string>();
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      for (const tag of test.tags) {
        if (test.result().state === "passed") shown.set(tag, (shown.get(tag) ?? new Set()).add(basename(module.moduleId)));
        else failed.add(tag);
      }
    }
  }
  const rows = [...shown].filter(([tag]) => !failed.has(tag)).map(([tag, files]): [string, string[]] => [tag, [...files].sort()]);
  return Object.fromEntries(rows.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Keeps what was proved when WEBSDK_KEEP is set; else a whole run fails that proves something other than what is kept. */
export class ProofReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const all = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".test.ts"));
    const isWhole = modules.length === all.length && modules.every((module) => [...module.children.allTests("skipped")].length === 0);
    if (!isWhole) return;
    const text = `${JSON.stringify(proofs(modules), null, 1)}\n`;
    if (process.env["WEBSDK_KEEP"]) return writeFileSync(KEPT, text);
    if (existsSync(KEPT) && readFileSync(KEPT, "utf8") === text) return;
    console.error("The tests prove something other than docs/reference/widget-compatibility.json says. Run: npm run compatibility --prefix websdk, then python -m tools.reference");
    process.exitCode = 1;
  }
}
