import { readFileSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, describe, expect, test, vi } from "vitest";

import compatibility from "../compatibility.json";
import { LIBRARIES } from "../libraries.mjs";
import { setUpLoader, type Require } from "../src/loading/amd";
import { construct } from "../src/loading/constructing";
import { bringLibraries, makeWorkplace, placeGlobals } from "../src/workplace";
import { $, boot, RememberingServer, widget } from "./world";

const BASE = "/upl/parcel/1/widget";
const files: Record<string, string> = {
  "lib/a.js": "define([], function () { return 'a'; });",
  "lib/b.js": "define([], function () { return 'b'; });",
  "templates/a.twig": "{{ a }}",
  "manifest.json": '{"locations": []}',
};
const asked: string[] = [];

/** The real loader, with files of the packages and of a made-up widget in place of a network. */
let load: (ids: string[]) => Promise<unknown[]>;

function fileOf(address: string): string {
  const [path = ""] = address.split("?");
  const library = /^\/assets\/websdk\/lib\/(.+)$/.exec(path)?.[1];
  if (library === undefined) {
    const file = files[path.slice(BASE.length + 1)];
    if (file === undefined) throw new Error(`${address} answered 404`);
    return file;
  }
  const found = LIBRARIES[library as keyof typeof LIBRARIES] as [string, string] | undefined;
  if (found === undefined) throw new Error(`${address} answered 404`);
  const [name, file] = found;
  return readFileSync(join(import.meta.dirname, "../node_modules", name, file), "utf8");
}

// As a script element does it: in the window's own scope, without a module around it.
const runInPage = eval;

beforeAll(async () => {
  window.matchMedia ??= () => ({ matches: false, addListener: () => undefined }) as never; // jsdom has none
  runInPage(`${fileOf("/assets/websdk/lib/require.js")};Object.assign(window, { requirejs, require, define });`);
  const require = setUpLoader(window, "/assets/websdk", (address) => Promise.resolve(address).then(fileOf));
  Object.assign(require, {
    load(context: { completeLoad(id: string): void; onError(error: Error): void }, id: string, address: string) {
      asked.push(address);
      try {
        runInPage(fileOf(address));
      } catch (error) {
        return context.onError(Object.assign(error as Error, { requireType: "scripterror", requireModules: [id] }));
      }
      context.completeLoad(id);
    },
  });
  load = (ids) => new Promise((resolve, reject) => (require as Require)(ids, (...modules) => resolve(modules), reject));
  const libraries = await bringLibraries(require);
  const workplace = makeWorkplace(window, boot([widget()]), libraries, { server: new RememberingServer(), read: () => Promise.reject(new Error("none")), report: vi.fn() });
  placeGlobals(window, libraries, workplace);
});

let count = 0;

/** Loads *source* as the script of a widget, and returns what its constructor makes. */
async function callbacksOf(source: string): Promise<Record<string, unknown>> {
  const name = `script${(count += 1)}.js`;
  files[name] = source;
  const [module] = await load([`${BASE}/${name}?version=1`]);
  return construct(module, {}).callbacks;
}

describe("a script", () => {
  test("asks for files of its own folder", { tags: ["loading:relative-ids"] }, async () => {
    expect(await callbacksOf("define(['jquery', './lib/a.js'], function ($, a) { return function () { this.callbacks = { a: a, jquery: $.fn.jquery }; }; });")).toEqual({ a: "a", jquery: "2.1.3" });
  });

  test("has queries in its ids, and computes them", { tags: ["loading:queries"] }, async () => {
    expect(await callbacksOf("define(['./lib/a.js?cache=' + (40 + 2)], function (a) { return function () { this.callbacks = { a: a }; }; });")).toEqual({ a: "a" });
    expect(asked).toContain(`${BASE}/lib/a.js?cache=42`);
  });

  test("is written as CommonJS", { tags: ["loading:commonjs-wrapper"] }, async () => {
    expect(await callbacksOf("define(function (require) { var a = require('./lib/a.js?v=1'); return function () { this.callbacks = { a: a }; }; });")).toEqual({ a: "a" });
  });

  test("has an arrow as its factory", { tags: ["loading:arrow-factory"] }, async () => {
    expect(await callbacksOf("define(['./lib/a.js'], (a) => function () { this.callbacks = { a }; });")).toEqual({ a: "a" });
  });

  test("comes from a compiler, with a default", { tags: ["loading:typescript-output"] }, async () => {
    const source = `"use strict";
define(["require", "exports", "./lib/b"], function (require, exports, b_1) {
  Object.defineProperty(exports, "__esModule", { value: true });
  exports.default = function () { this.callbacks = { b: b_1 }; };
});`;

    expect(await callbacksOf(source)).toEqual({ b: "b" });
  });

  test("asks for texts at run time, and for JSON", { tags: ["loading:plugins-at-run-time", "module:text", "module:json"] }, async () => {
    const made = await callbacksOf(`define(['require', 'json!./manifest.json'], function (require, manifest) {
  return function () {
    this.callbacks = { manifest: manifest, text: new Promise(function (resolve) { require(['text!${BASE}/templates/a.twig'], resolve); }) };
  };
});`);

    expect([made["manifest"], await made["text"]]).toEqual([{ locations: [] }, "{{ a }}"]);
  });

  test("calls window.define", { tags: ["loading:window.define"] }, async () => {
    expect(await callbacksOf("window.define([], function () { return function () { this.callbacks = { a: 1 }; }; });")).toEqual({ a: 1 });
  });

  test("finds the globals of the dialect", { tags: ["loading:globals", "app:AMOCRM"] }, async () => {
    const made = await callbacksOf("define([], function () { return function () { this.callbacks = { types: [typeof $, typeof jQuery, typeof _, typeof Backbone, typeof Twig, typeof twig, typeof moment], same: APP === AMOCRM }; }; });");

    expect(made).toEqual({ types: ["function", "function", "function", "object", "function", "function", "function"], same: true });
  });
});

const modules = compatibility.groups.find(({ name }) => name === "module")!.items as { id: string; version?: string; not_yet?: string; partly?: string }[];
// Where the id of the dialect is not the package's name.
const PACKAGES: Record<string, string> = { twigjs: "twig", chartjs: "chart.js", cocktail: "backbone.cocktail", device: "current-device", enquire: "enquire.js", FileAPI: "fileapi", intl_tel_input: "intl-tel-input", pubsub: "pubsub-js", rangeslider: "rangeslider.js" };
// Those that add themselves to jQuery and give nothing.
const PLUGINS: Record<string, string> = { intl_tel_input: "intlTelInput", "intl-tel-input": "intlTelInput", jplayer: "jPlayer", "jquery-ui": "sortable" };
const own = ["text", "json", "lib/components/base/modal", "intl-tel-input-utils"];

describe("a module", () => {
  for (const { id, version, not_yet, partly } of modules.filter((one) => !["text", "json"].includes(one.id))) {
    if (not_yet) {
      test(`${id} is not there, and says so`, async () => {
        await expect(load([id])).rejects.toThrow();
      });
      continue;
    }
    test(`${id} is given${version && !partly ? ` at ${version}` : ""}`, { tags: [`module:${id}`] }, async () => {
      const [module] = await load([id]);
      const plugin = PLUGINS[id];
      expect(plugin ? (window as unknown as { $: typeof $ }).$.fn[plugin as never] : module).toBeTruthy();
      if (own.includes(id)) return;
      const found = JSON.parse(readFileSync(join(import.meta.dirname, "../node_modules", PACKAGES[id] ?? id, "package.json"), "utf8")) as { version: string };
      if (partly) expect(partly).toContain(found.version);
      else if (version) expect(found.version).toBe(version);
    });
  }
});
