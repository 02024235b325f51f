/**
 * What a page and the frame of a widget say to each other (S-142, S-143).
 *
 * The frame has an opaque origin, so the page knows it by its window and by a channel that only the
 * two know. Everything that comes from there is checked here before anybody uses it.
 */

import type { Boot, WidgetStatus } from "../boot";

/** `unseen`: for one call, such as onInstall. */
export type Purpose = "panel" | "settings" | "preview" | "work_area" | "unseen";

export interface FrameBoot {
  purpose: Purpose;
  boot: Boot;
  code: string;
  base: string;
}

/** From the page. */
export type ToFrame =
  | { channel: string; kind: "begin"; about: FrameBoot }
  | { channel: string; kind: "do"; id: number; name: Order; given: unknown }
  | { channel: string; kind: "answer"; id: number; value?: unknown; error?: string };

export type Order = "start" | "stop" | "call" | "onSave" | "press" | "ping" | "use" | "follow" | "input" | "notices" | "widget";

/** From the frame. */
export type FromFrame =
  | { kind: "ready" }
  | { kind: "size"; height: number }
  | { kind: "done"; id: number; value?: unknown; error?: string }
  | { kind: "ask"; id: number; name: Ask; given: Record<string, unknown> }
  | { kind: "refused"; id: number };

export type Ask = keyof typeof ASKS;

type Check = (value: unknown) => boolean;

const text =
  (longest: number): Check =>
  (value) =>
    typeof value === "string" && value.length <= longest;
const plainData =
  (longest: number): Check =>
  (value) => {
    try {
      return JSON.stringify(value ?? null).length <= longest;
    } catch {
      return false;
    }
  };
const oneOf =
  (...allowed: string[]): Check =>
  (value) =>
    allowed.includes(value as string);

const STATUSES: WidgetStatus[] = ["install", "not_configured", "installed", "error"];

/** Every call that a frame may make, with its arguments. Nothing else is heard. */
export const ASKS = {
  post: { url: text(2000), data: plainData(200_000), type: text(20) },
  token: {},
  read: { address: text(1000) },
  toast: { kind: oneOf("plain", "error", "call"), header: text(200), text: text(2000) },
  notify: { kind: oneOf("call", "error"), content: plainData(5000) },
  status: { status: oneOf(...STATUSES) },
  navigate: { address: text(1000) },
  typed: { values: plainData(100_000) },
  save: { fields: plainData(200_000) },
  saveForm: { form: text(200), values: plainData(200_000) },
  close: {},
  action: { type: oneOf("phone", "email") },
  source: { type: oneOf("sms", "chat", "email", "custom"), text: text(100) },
} satisfies Record<string, Record<string, Check>>;

/** Which of them a widget may make that is not installed. */
const BEFORE_INSTALLING: Ask[] = ["read", "typed"];

const TALLEST = 4000;

/** Returns which ask *data* is, whatever it asks for: each of them is answered. */
export function askId(data: unknown, channel: string): number | null {
  const said = typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
  return said["channel"] === channel && said["kind"] === "ask" && isNumber(said["id"]) ? said["id"] : null;
}

/** Returns what a frame said, or null where it is nothing that a frame may say; an ask that it may not make is refused. */
export function heard(data: unknown, channel: string, purpose: Purpose): FromFrame | null {
  if (typeof data !== "object" || data === null) return null;
  const said = data as Record<string, unknown>;
  if (said["channel"] !== channel) return null;
  const id = said["id"];
  switch (said["kind"]) {
    case "ready":
      return { kind: "ready" };
    case "size": {
      const height = said["height"];
      return typeof height === "number" && height >= 0 ? { kind: "size", height: Math.min(Math.ceil(height), TALLEST) } : null;
    }
    case "done":
      return isNumber(id) ? { kind: "done", id, value: said["value"], ...(typeof said["error"] === "string" && { error: said["error"] }) } : null;
    case "ask": {
      const name = said["name"] as Ask;
      const given = said["given"];
      if (!isNumber(id)) return null;
      const refused = { kind: "refused", id } as const;
      if (!Object.hasOwn(ASKS, String(name)) || typeof given !== "object" || given === null) return refused;
      if (purpose === "preview" && !BEFORE_INSTALLING.includes(name)) return refused;
      const checks: [string, Check][] = Object.entries(ASKS[name]);
      const clean: Record<string, unknown> = {};
      for (const [argument, check] of checks) {
        const value = (given as Record<string, unknown>)[argument];
        if (!check(value)) return refused;
        clean[argument] = value;
      }
      return { kind: "ask", id, name, given: clean };
    }
    default:
      return null;
  }
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** Lets so many messages a second pass, with some in reserve. */
export class Rate {
  #left: number;
  #seen: number;

  constructor(
    readonly perSecond = 40,
    readonly burst = 200,
    readonly now: () => number = () => performance.now(),
  ) {
    this.#left = burst;
    this.#seen = now();
  }

  take(): boolean {
    const now = this.now();
    this.#left = Math.min(this.burst, this.#left + ((now - this.#seen) / 1000) * this.perSecond);
    this.#seen = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

/** What a frame is told of the account: for a widget that is not installed nothing of its data. */
export function bootFor(boot: Boot, code: string, purpose: Purpose): Boot {
  const own = boot.widgets.filter((widget) => widget.code === code);
  const common = { ...boot, widgets: own, tokens: { form: "" }, running: { strict: false, preinstall_script: "off" as const } };
  if (purpose !== "preview") return common;
  const { user, account } = boot;
  return {
    ...common,
    // What was saved before the widget was disabled stays unknown to it until it is installed again.
    widgets: own.map((widget) => ({ ...widget, params: {}, forms: {} })),
    user: { id: user.id, login: "", name: "", is_admin: user.is_admin },
    account: { id: account.id, subdomain: account.subdomain, timezone: account.timezone, language: account.language, currency: account.currency },
    managers: {
      [user.id]: { id: user.id, title: "You", login: "", active: true, is_admin: user.is_admin ? "Y" : "N", group: "group_0" },
    },
    groups: {},
    task_types: {},
    entity: null,
    list: null,
  };
}
