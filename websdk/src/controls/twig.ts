/** Twig as widgets know it: callable, with its registry, and with the native controls in it. */

import { CONTROLS } from "./templates";

export interface TwigTemplate {
  render(values?: object): string;
}

export interface TwigSettings {
  id?: string;
  data?: string;
  ref?: string;
  href?: string;
  [setting: string]: unknown;
}

interface TwigInside {
  Templates: { registry: Record<string, TwigTemplate> };
  [name: string]: unknown;
}

export interface TwigExports {
  twig(settings: TwigSettings): TwigTemplate | null;
  extend(change: (inside: TwigInside) => void): void;
  extendFunction(name: string, made: (...values: never[]) => unknown): void;
  [name: string]: unknown;
}

/** Module `twigjs` and the globals `twig` and `Twig`: widgets call it, and reach into it. */
export type TwigLibrary = ((settings: TwigSettings) => TwigTemplate | null) & {
  twig(settings: TwigSettings): TwigTemplate | null;
  Templates: TwigInside["Templates"];
};

const CONTROL_FOLDER = "/tmpl/controls";

export function prepareTwig(library: TwigExports): TwigLibrary {
  let inside: TwigInside | undefined;
  library.extend((found) => (inside = found));
  if (inside === undefined) throw new Error("Twig did not open its inside");
  const { Templates } = inside;

  const call = (settings: TwigSettings): TwigTemplate | null =>
    library.twig(settings.ref === undefined ? settings : { ...settings, ref: controlId(settings.ref) });
  const whole = Object.assign(call, inside, library, { twig: call, Templates }) as unknown as TwigLibrary;

  for (const [name, source] of Object.entries(CONTROLS)) register(library, Templates.registry, name, source);
  library.extendFunction("include_control", (name: string, values?: object) => renderControl(whole, name, values));
  return whole;
}

/** Compiles a control when it is first wanted: a page uses few of them. */
function register(library: TwigExports, registry: Record<string, TwigTemplate>, name: string, source: string): void {
  const id = `${CONTROL_FOLDER}/${name}.twig`;
  Object.defineProperty(registry, id, {
    configurable: true,
    enumerable: true,
    get(): TwigTemplate | null {
      const value = library.twig({ data: source, allowInlineIncludes: true });
      Object.defineProperty(registry, id, { value, writable: true, configurable: true, enumerable: true });
      return value;
    },
  });
}

/** Returns the id of a control as the registry has it, however a widget writes it; other ids as they are. */
export function controlId(asked: string): string {
  const found = /^\/?tmpl\/controls\/(.+?)(?:\/index)?(?:\.twig)?$/.exec(asked);
  return found ? `${CONTROL_FOLDER}/${found[1]}.twig` : asked;
}

export function renderControl(twig: TwigLibrary, name: string, values?: object): string {
  return twig({ ref: `${CONTROL_FOLDER}/${name}.twig` })?.render(values ?? {}) ?? "";
}

/** Renders Twig source once; nothing of it stays in the registry. */
export function renderSource(twig: TwigLibrary, source: string, values?: object): string {
  return twig({ data: source, allowInlineIncludes: true })?.render(values ?? {}) ?? "";
}
