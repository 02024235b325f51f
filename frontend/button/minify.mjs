// Makes the two files of the button that integrators put on their sites: one to read, one to load.

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { minify } from "terser";

const SOURCE = join(dirname(fileURLToPath(import.meta.url)), "button.js");

// Its style sheet is a text, which no minifier of scripts looks into.
function squeezed(code) {
  return code.replace(/(const RULES = `)([^`]*)`/, (_, begin, rules) => {
    return `${begin}${rules.replace(/\s*\n\s*/g, "")}\``;
  });
}

// Returns the files by name.
export async function buttonFiles() {
  const readable = await readFile(SOURCE, "utf8");
  const { code } = await minify(squeezed(readable), {
    ecma: 2020,
    compress: { passes: 2 },
    mangle: true,
    format: { comments: false },
  });
  return new Map([["button.js", readable], ["button.min.js", code + "\n"]]);
}
