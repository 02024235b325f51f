/** The AMD loader: RequireJS, set up for what widgets do with it (contract 3.1). */

import { assetAddress, loaderConfig } from "../libraries";

export interface Require {
  (ids: string[], loaded?: (...modules: unknown[]) => void, failed?: (error: unknown) => void): void;
  (id: string): unknown;
  config(settings: object): void;
  onError: (error: unknown) => void;
  toUrl(id: string): string;
  load(context: LoaderContext, id: string, address: string): void;
  s: { contexts: { _: LoaderContext } };
}

interface LoaderContext {
  nameToUrl(id: string, extension?: string, isKept?: boolean): string;
  completeLoad(id: string): void;
  onError(error: Error): void;
}

export interface Define {
  (id: string, needs: string[], make: (...modules: never[]) => unknown): void;
  amd: object;
}

declare global {
  interface Window {
    require: Require;
    requirejs: Require;
    define: Define;
  }
}

export interface PluginLoad {
  (value: unknown): void;
  error(error: unknown): void;
}

/** Reads a file as text; in a frame over the bridge. */
export type Read = (address: string) => Promise<string>;

const FILE_WITHOUT_ENDING = /^\/(?:upl|widgets)\/[^?#]*\/[^./?#]+$/;

/** Loads a script as the page would; resolves once it has run. */
export function loadScript(page: Document, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = page.createElement("script");
    script.src = address;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`${address} did not load`));
    page.head.append(script);
  });
}

/** Brings RequireJS into the window, unless it is there. */
export async function bringLoader(window: Window, base: string, read: Read): Promise<Require> {
  if (typeof window.requirejs !== "function") {
    await loadScript(window.document, assetAddress(base, "lib/require.js"));
  }
  return setUpLoader(window, base, read);
}

/** Names the libraries and our plugins to the loader. */
export function setUpLoader(window: Window, base: string, read: Read): Require {
  const require = window.requirejs;
  require.config(loaderConfig(base));
  // With a handler of its own the loader also catches what a widget's factory throws.
  require.onError = (error) => {
    // Asked for at once by `require("x")`: who asks expects an exception, and some libraries catch it.
    if ((error as { requireType?: string }).requireType === "notloaded") throw error;
    console.warn("A widget's module did not load.", error);
  };
  // `./views/list` is the same file as `./views/list.js`; widgets that a compiler wrote say the former.
  const context = require.s.contexts._;
  const nameToUrl = context.nameToUrl.bind(context);
  context.nameToUrl = (id, extension, isKept) =>
    nameToUrl(!isKept && FILE_WITHOUT_ENDING.test(id) ? `${id}.js` : id, extension, isKept);
  definePlugins(window, read);
  return require;
}

const OF_A_WIDGET = /^\/(?:upl|widgets)\//;

/**
 * Lets scripts of widgets come as text, and be run as such: a frame without an origin is nobody, and
 * the server gives nobody what is not published.
 */
export function bringScriptsAsText(window: Window & typeof globalThis, read: Read): void {
  const { requirejs, document } = window;
  const load = requirejs.load;
  requirejs.load = (context, id, address) => {
    if (!OF_A_WIDGET.test(new URL(address, document.baseURI).pathname)) return load.call(requirejs, context, id, address);
    read(address)
      .then((text) => {
        // Not as its own strict text, whose variables nobody else would see; in a page they are everybody's.
        window.eval(`;${text}\n//# sourceURL=${address}`);
        context.completeLoad(id);
      })
      .catch((error: unknown) => context.onError(Object.assign(new Error(String(error)), { requireType: "scripterror", requireModules: [id] })));
  };
}

/** Defines `text!` and `json!`. `text.useXhr` is there because widgets set it; files always come by XHR here. */
function definePlugins(window: Window, read: Read): void {
  window.define("text", [], () => ({
    useXhr: () => true,
    load(name: string, require: Require, loaded: PluginLoad): void {
      const [path, ...options] = name.split("!");
      read(require.toUrl(path ?? ""))
        .then((text) => loaded(options.includes("strip") ? bodyOf(text) : text))
        .catch((error: unknown) => loaded.error(error));
    },
  }));
  window.define("json", ["text"], () => ({
    load(name: string, require: Require, loaded: PluginLoad): void {
      read(require.toUrl(name))
        .then((text) => loaded(JSON.parse(text.replace(/^\uFEFF/, ""))))
        .catch((error: unknown) => loaded.error(error));
    },
  }));
}

function bodyOf(html: string): string {
  return /<body[^>]*>([\s\S]*)<\/body>/i.exec(html)?.[1] ?? html;
}
