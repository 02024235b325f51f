/** When which callback of a widget runs (contract 3.2). One widget's failure is told, and stays its own. */

import { CARD_AREAS, LIST_AREAS } from "../dialect/tables";
import type { Host, Running } from "../hosting";

type Callback = (...given: unknown[]) => unknown;

/** Returns the callback, bound to the callbacks as the dialect has it; `leads.selected` is a path. */
export function callback(one: Running, path: string): Callback | null {
  let owner: unknown = one.callbacks;
  let found: unknown = one.callbacks;
  for (const name of path.split(".")) {
    owner = found;
    found = typeof owner === "object" && owner !== null ? (owner as Record<string, unknown>)[name] : undefined;
  }
  return typeof found === "function" ? (...given) => Reflect.apply(found as Callback, owner, given) : null;
}

/** Calls what the widget has under *path*; what it throws or rejects with is told, and undefined comes back. */
export async function call(host: Host, one: Running, path: string, ...given: unknown[]): Promise<unknown> {
  const found = callback(one, path);
  if (found === null) return undefined;
  try {
    return await found(...given);
  } catch (error) {
    host.report(one.code, path, error);
    return undefined;
  }
}

const STARTING = ["render", "bind_actions", "init"] as const;

/** Runs render, bind_actions and init for *area*; tells whether all went through. */
export async function start(host: Host, one: Running, area: string): Promise<boolean> {
  if (one.instance === null) return false;
  const missing = STARTING.find((name) => callback(one, name) === null);
  if (missing) {
    host.report(one.code, "start", new Error(`callbacks.${missing} is missing`));
    return false;
  }
  if (one.area === area) return true;
  one.area = area;
  const stillHere = () => one.area === area;
  for (const name of STARTING) {
    const found = callback(one, name);
    try {
      const given = found?.(...(name === "render" ? [one.instance] : []));
      // Only render decides, and only render is waited for; a promise that never ends keeps back this widget alone.
      const answer = name === "render" ? await given : watch(host, one, name, given);
      if (name === "render" && (answer !== true || !stillHere())) {
        if (stillHere()) one.area = null;
        return false;
      }
    } catch (error) {
      host.report(one.code, name, error);
      one.area = null;
      return false;
    }
  }
  return true;
}

function watch(host: Host, one: Running, stage: string, given: unknown): unknown {
  if (given instanceof Promise) given.catch((error: unknown) => host.report(one.code, stage, error));
  return given;
}

/** Ends a widget's stay in an area. Those of `init_once` stay over pages, unless *isDisabled*. */
export async function stop(host: Host, one: Running, isDisabled = false): Promise<void> {
  if (one.boot.manifest.init_once && !isDisabled) return;
  const wasStarted = one.area !== null;
  one.area = null;
  one.actions.clear();
  one.sources.clear();
  if (wasStarted || isDisabled) await call(host, one, "destroy");
}

/** Tells whether a widget starts in *area*: its locations name it, or `everywhere`, or it is of those built once. */
export function belongsIn(one: Running, area: string): boolean {
  if (one.status !== "installed" || one.boot.widget_active === "N") return false;
  if (one.boot.manifest.init_once || isAt(one, "everywhere")) return true;
  return isAt(one, area);
}

export function isAt(one: Running, area: string): boolean {
  const wanted = area.replaceAll("-", "_");
  return one.boot.manifest.locations.some((location) => areaOf(location) === wanted);
}

/** Returns the area that a location of a manifest names: without the mark of the panel. */
export function areaOf(location: string): string {
  return location.trim().replace(/-[01]$/, "");
}

/** Tells whether the widget wants a block in the right-hand panel of *area*. */
export function usesPanel(one: Running, area: string): boolean {
  if (![...CARD_AREAS, ...LIST_AREAS].some((with_panel) => with_panel === area)) return false;
  return one.boot.manifest.locations.some((location) => {
    const [, name, mark] = /^\s*([a-z_]+?)(?:-([01]))?\s*$/.exec(location) ?? [];
    return name === area && mark !== "0";
  });
}
