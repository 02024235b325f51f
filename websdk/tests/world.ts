// A page with its widgets, made in one line, with a server that remembers what it was asked.

import type { Boot, BootWidget } from "../src/boot";
import type { TwigExports } from "../src/controls/twig";
import type { Backbone } from "../src/dialect/current_card";
import type { Running } from "../src/hosting";
import { construct } from "../src/loading/constructing";
import type { Require } from "../src/loading/amd";
import type { Intent, IntentState, ProxyAnswer, ProxyCall, RefusedPress, Server, StoredNotice } from "../src/server";
import { makeMembers } from "../src/widgets/members";
import { PageRunner } from "../src/widgets/runner";
import { makeWorkplace, type Libraries, type Workplace } from "../src/workplace";

declare const window: Window & typeof globalThis & { $: JQueryStatic; Backbone: Backbone; Twig: TwigExports; _: unknown };

export const $ = window.$;

export function libraries(): Libraries {
  return { $, _: window._, Backbone: window.Backbone, twig: window.Twig, moment: { locale: () => undefined } };
}

export function widget(changes: Partial<BootWidget> = {}, manifest: Partial<BootWidget["manifest"]> = {}): BootWidget {
  return {
    id: 501,
    code: "parcel",
    version: "0.3.0",
    path: `/upl/${changes.code ?? "parcel"}/1/widget`,
    params: {},
    status: "installed",
    active: "Y",
    widget_active: "Y",
    oauth_client_uuid: "0f3c9a52-6d1e-4c0b-9b7e-2a51c7d4e810",
    category_code: "",
    support: [],
    manifest: { locations: ["lcard-1", "settings-1"], init_once: false, installation: true, settings: [], ...manifest },
    langs: { widget: { name: "Parcel" }, settings: { depot: "Depot" } },
    ...changes,
  };
}

export function boot(widgets: BootWidget[], changes: Partial<Boot> = {}): Boot {
  return {
    user: { id: 7, login: "alice@acme.example", name: "Alice", is_admin: true },
    account: { id: 31, subdomain: "acme", timezone: "Europe/Lisbon", language: "en", currency: "EUR" },
    managers: { 7: { id: 7, title: "Alice", login: "alice@acme.example", active: true, is_admin: "Y", group: "group_0" } },
    groups: { group_0: "Sales" },
    task_types: {},
    lang: "en",
    system: { area: "lcard", page: "leads_card", domain: "grantway.example", server: "acme.grantway.example" },
    entity: { kind: "leads", id: 12, name: "A lead", main_user: 7 },
    list: null,
    widgets,
    tokens: { form: "" },
    ...changes,
  };
}

export class RememberingServer implements Server {
  readonly asked: [string, ...unknown[]][] = [];
  state: IntentState = "done";
  now: BootWidget[] = [];
  save: (code: string, fields: Record<string, unknown>) => Promise<BootWidget> = (code, params) =>
    Promise.resolve(widget({ code, params, status: "installed" }));
  proxy: (call: ProxyCall) => Promise<ProxyAnswer> = () => Promise.resolve({ status: 200, body: '{"ok":true}' });

  #note(...asked: [string, ...unknown[]]): void {
    this.asked.push(asked);
  }

  calls(name: string): unknown[][] {
    return this.asked.filter(([called]) => called === name).map(([, ...given]) => given);
  }

  async intend(...given: [string, string, string[]]): Promise<Intent> {
    this.#note("intend", ...given);
    return await Promise.resolve({ intent_id: "i1", confirm_url: "https://accounts.example/install/i1" });
  }
  async intentState(): Promise<IntentState> {
    return await Promise.resolve(this.state);
  }
  async tellRefusedPress(press: RefusedPress): Promise<void> {
    this.#note("refused", press);
    await Promise.resolve();
  }
  async saveSettings(code: string, fields: Record<string, unknown>): Promise<BootWidget> {
    this.#note("save", code, fields);
    return await this.save(code, fields);
  }
  async claimOnInstall(code: string): Promise<boolean> {
    this.#note("claimOnInstall", code);
    return await Promise.resolve(this.calls("claimOnInstall").length === 1);
  }
  async saveForm(...given: [string, string, Record<string, unknown>]): Promise<void> {
    this.#note("saveForm", ...given);
    await Promise.resolve();
  }
  async widgets(): Promise<BootWidget[]> {
    return await Promise.resolve(this.now);
  }
  async oneTimeToken(uuid: string): Promise<string> {
    this.#note("token", uuid);
    return await Promise.resolve("one.time.token");
  }
  async post(call: ProxyCall): Promise<ProxyAnswer> {
    this.#note("post", call);
    return await this.proxy(call);
  }
  async notify(notice: StoredNotice): Promise<void> {
    this.#note("notify", notice);
    await Promise.resolve();
  }
  async notices(): Promise<StoredNotice[]> {
    return await Promise.resolve([]);
  }
  async addNote(...given: [object, object]): Promise<void> {
    this.#note("note", ...given);
    await Promise.resolve();
  }
}

export interface World {
  workplace: Workplace;
  server: RememberingServer;
  runner: PageRunner;
  troubles: string[];
  one(code?: string): Running;
}

/** Makes the page, with *scripts* in place of what the loader would bring, by widget code. */
export function world(page: Boot, scripts: Record<string, unknown> = {}, files: Record<string, string> = {}): World {
  const server = new RememberingServer();
  server.now = page.widgets;
  const troubles: string[] = [];
  const workplace = makeWorkplace(window, page, libraries(), {
    server,
    read: (address) => (address.split("?")[0]! in files ? Promise.resolve(files[address.split("?")[0]!]!) : Promise.reject(new Error(`${address} answered 404`))),
    report: (code, stage) => void troubles.push(`${code}: ${stage}`),
  });
  Object.assign(window, { APP: workplace.app, AMOCRM: workplace.app });
  const require = ((ids: string[], loaded: (module: unknown) => void, failed: (error: unknown) => void) => {
    const code = /\/upl\/(\w+)\//.exec(ids[0]!)?.[1] ?? "";
    const script = scripts[code];
    if (script === undefined) failed(new Error("not found"));
    else if (script !== "never") loaded(script);
  }) as Require;
  const runner = new PageRunner(workplace.host, require, workplace.parts, { saved: () => Promise.resolve() });
  return {
    workplace,
    server,
    runner,
    troubles,
    one: (code = "parcel") => {
      const found = workplace.host.widgets.get(code);
      if (!found) throw new Error(`no widget ${code}`);
      return found;
    },
  };
}

/** Gives a script whose callbacks are *callbacks*, with the three that every widget has. */
export function script(callbacks: Record<string, unknown> = {}): () => void {
  return function Widget(this: { callbacks?: object }) {
    this.callbacks = { render: () => true, bind_actions: () => true, init: () => true, ...callbacks };
  };
}

/** Builds a widget's object at once, without a loader. */
export function made(at: World, module: unknown, code = "parcel"): Record<string, unknown> {
  const one = at.one(code);
  const { instance, callbacks } = construct(module, makeMembers(at.workplace.host, one, at.workplace.parts));
  one.instance = instance;
  one.callbacks = callbacks;
  return instance as Record<string, unknown>;
}

export const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
