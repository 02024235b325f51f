// The libraries of the dialect, as the loader would bring them, and what jsdom has not.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { LIBRARIES } from "../libraries.mjs";

/** Runs a library's file as a page does: without modules, so that it leaves its global. */
function runAsScript(file: keyof typeof LIBRARIES): void {
  const [name, path] = LIBRARIES[file] as [string, string];
  const code = readFileSync(join(import.meta.dirname, "../node_modules", name, path), "utf8");
  new Function("module", "exports", "define", `${code}\n;if (typeof Twig !== "undefined" && Twig.exports) { window.Twig = Twig.exports; window.twig = Twig.exports.twig; }`).call(window, undefined, undefined, undefined);
}

for (const file of ["jquery.js", "underscore.js", "backbone.js", "twig.js"] as const) runAsScript(file);
Element.prototype.scrollBy ??= () => undefined;
