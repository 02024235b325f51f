import { describe, expect, test, vi } from "vitest";

import { loaderConfig } from "../src/libraries";
import { bringScriptsAsText, setUpLoader, type PluginLoad, type Require } from "../src/loading/amd";

interface Plugin {
  load(name: string, require: Pick<Require, "toUrl">, loaded: PluginLoad): void;
  useXhr?: unknown;
}

function loader(files: Record<string, string>) {
  const defined: Record<string, () => Plugin> = {};
  const nameToUrl = vi.fn((id: string) => id);
  const require = { config: vi.fn(), s: { contexts: { _: { nameToUrl } } } } as unknown as Require;
  const window = {
    requirejs: require,
    define: (id: string, _needs: string[], make: () => Plugin) => void (defined[id] = make),
  } as unknown as Window;
  const read = (address: string) => (address in files ? Promise.resolve(files[address]!) : Promise.reject(new Error("404")));
  setUpLoader(window, "/assets/websdk", read);
  const load = (plugin: string, name: string) =>
    new Promise<unknown>((resolve, reject) => {
      defined[plugin]?.().load(name, { toUrl: (id) => id }, Object.assign(resolve, { error: reject }) as unknown as PluginLoad);
    });
  return { require, load, defined };
}

describe("the plugins", () => {
  test("text gives a file, and strips it when asked", { tags: ["module:text"] }, async () => {
    const { load } = loader({ "/a.html": "<body>in</body>" });

    expect([await load("text", "/a.html"), await load("text", "/a.html!strip")]).toEqual(["<body>in</body>", "in"]);
  });

  test("text has the setting that widgets write", { tags: ["module:text"] }, () => {
    expect(typeof loader({}).defined["text"]?.().useXhr).toBe("function");
  });

  test("json parses, also after a byte order mark", { tags: ["module:json"] }, async () => {
    expect(await loader({ "/m.json": '\uFEFF{"a":1}' }).load("json", "/m.json")).toEqual({ a: 1 });
  });

  test.each(["text", "json"])("%s tells a file that is not there", async (plugin) => {
    await expect(loader({}).load(plugin, "/none")).rejects.toThrow("404");
  });
});

describe("addresses of a widget's files", () => {
  test.each([
    ["/upl/parcel/1/widget/lib/a", "/upl/parcel/1/widget/lib/a.js"],
    ["/upl/parcel/1/widget/lib/a.js", "/upl/parcel/1/widget/lib/a.js"],
    ["/upl/parcel/1/widget/a.js?v=1", "/upl/parcel/1/widget/a.js?v=1"],
    ["jquery", "jquery"],
  ])("%s is %s", (id, address) => {
    const { require } = loader({});

    expect(require.s.contexts._.nameToUrl(id)).toBe(address);
  });

  test("a plugin's file keeps its name", () => {
    expect(loader({}).require.s.contexts._.nameToUrl("/upl/parcel/1/widget/a", "", true)).toBe("/upl/parcel/1/widget/a");
  });
});

test("a script that comes as text leaves its variables to the scripts after it, as in a page", async () => {
  const runInPage = eval;
  const outside = vi.fn();
  const completeLoad = vi.fn();
  const window = { requirejs: { load: outside }, document: { baseURI: "https://acme.example/" }, eval: runInPage };
  bringScriptsAsText(window as unknown as Window & typeof globalThis, () => Promise.resolve("'use strict';\nvar parcelMode = 'dev';"));
  const { load } = window.requirejs as unknown as Require;

  load({ completeLoad } as never, "script", "/upl/parcel/1/widget/script.js");
  load({ completeLoad } as never, "other", "https://cdn.example/lib.js");
  await vi.waitFor(() => expect(completeLoad).toHaveBeenCalledExactlyOnceWith("script"));

  expect(runInPage("parcelMode")).toBe("dev");
  expect(outside).toHaveBeenCalledOnce();
});

test("a module that is asked for too early throws, others are told", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const { require } = loader({});

  expect(() => require.onError(Object.assign(new Error("early"), { requireType: "notloaded" }))).toThrow("early");
  require.onError(new Error("late"));

  expect(warn).toHaveBeenCalledOnce();
});

test.each(["jquery", "underscore", "backbone", "moment", "pubsub", "store", "clipboard", "chartjs", "intl-tel-input"])("%s has a file", (id) => {
  expect(loaderConfig("/assets/websdk").paths[id]).toMatch(/^\/assets\/websdk\/lib\//);
});
