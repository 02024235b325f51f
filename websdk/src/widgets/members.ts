/** What a widget's code finds on `self` (contract 3.4). Closures, because widgets detach the methods. */

import { controlId, renderSource, type TwigTemplate } from "../controls/twig";
import type { Host, Running } from "../hosting";
import { drawSources, offerActions } from "../places/actions";
import { selectedRows } from "../places/list_menu";
import type { ModalClass } from "../places/modal";
import type { Block, RightPanel } from "../places/right_panel";
import { authorizedAjax, crmPost, type OneTimeTokens } from "./network";

export interface MemberParts {
  panel: RightPanel;
  Modal: ModalClass;
  tokens: OneTimeTokens;
  channels: Channels;
  /** Shows a status that the widget set. */
  showStatus(one: Running): void;
  /** Within a frame: tells the page what the widget offers at numbers and in the card. */
  offered?(kind: "action" | "source", about: { type: string; text?: string }): void;
}

export interface TemplateAsked {
  data?: string;
  ref?: string;
  href?: string;
  base_path?: string;
  v?: string;
  load?: (template: TwigTemplate) => void;
  promised?: boolean;
}

type Listener = (message: unknown) => void;

/** Who listens to what happens elsewhere, by channel name. The page publishes with the event `grantway:channel`. */
export class Channels {
  readonly #listeners = new Map<string, Set<Listener>>();

  listen(name: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  publish(name: string, message: unknown, failed: (error: unknown) => void): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        listener(message);
      } catch (error) {
        failed(error);
      }
    }
  }
}

export function makeMembers(host: Host, one: Running, parts: MemberParts): object {
  const { page } = host;

  const i18n = (path: string): unknown => {
    if (Object.hasOwn(one.langs, path)) return one.langs[path];
    const found = String(path)
      .split(".")
      .reduce<unknown>((at, key) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined), one.langs);
    return found ?? false;
  };

  return {
    get langs() {
      return one.langs;
    },
    set langs(langs: Record<string, unknown>) {
      one.langs = langs;
    },
    params: one.params,
    ns: `.widget-${one.code}`,
    helpers: { Modal: parts.Modal },
    init_once: one.boot.manifest.init_once,
    i18n,
    set_lang: (langs: Record<string, unknown>) => void (one.langs = langs),
    get_settings: () => one.params,
    set_settings: (values: object) => void Object.assign(one.params, values),
    get_version: () => one.boot.version,
    get_install_status: () => one.boot.status,
    set_status(status: Running["status"]) {
      one.status = status;
      parts.showStatus(one);
    },
    system: () => host.system,
    render: (asked: TemplateAsked, values?: object) => render(host, one, asked, values),
    render_template: (block: Block, values?: object) => {
      parts.panel.draw(one, block, { ...one.params, ...values });
      return true;
    },
    widgetsOverlay: (isOn: boolean) => parts.panel.overlay(isOn),
    list_selected: () => (host.boot.list ? selectedRows(page, host.boot.list) : false),
    add_action(type: string, action: unknown) {
      if (typeof action !== "function") return;
      one.actions.set(type, action as never);
      offerActions(host, type);
      parts.offered?.("action", { type });
    },
    add_source(type: string, use: unknown, text = "") {
      if (typeof use !== "function") return;
      one.sources.set(type, { use: use as never, text: String(text) });
      drawSources(host, parts.Modal);
      parts.offered?.("source", { type, text: String(text) });
    },
    crm_post: crmPost(host, one),
    $authorizedAjax: authorizedAjax(host, one, parts.tokens),
    get_pipeline_id() {
      const id = one.boot.pipeline_id ?? one.boot.forms?.["lead_sources"]?.["pipeline_id"];
      return id ? Promise.resolve(id) : Promise.reject(new Error("this widget is no source of a pipeline"));
    },
    get_accounts_current: () => accountOf(host, one),
    get_current_card_contacts_data: () =>
      Promise.resolve(
        (host.boot.entity?.contacts ?? []).map((contact) => ({ first_name: contact.name, last_name: "", ...contact })),
      ),
    setSdkCatalogId: (id: number) => void (one.catalogId = id),
    listenSocketChannel: (name: string, _keys: unknown, told: Listener) => parts.channels.listen(name, told),
  };
}

/** Twig in its four ways; what is not there gives an empty string, as the widgets expect. */
function render(host: Host, one: Running, asked: TemplateAsked, values: object = {}): unknown {
  try {
    if (asked.data !== undefined) return renderSource(host.twig, asked.data, values);
    if (asked.ref !== undefined) return host.twig({ ref: controlId(asked.ref) })?.render(values) ?? "";
  } catch (error) {
    host.report(one.code, "render", error);
    return "";
  }
  if (asked.href === undefined) return "";
  const template = bring(host, addressOf(one, asked));
  if (asked.promised) return template;
  template.then(
    (found) => {
      try {
        asked.load?.(found);
      } catch (error) {
        host.report(one.code, "render: load", error);
      }
    },
    (error: unknown) => host.report(one.code, `render ${asked.href ?? ""}`, error),
  );
  return true;
}

function addressOf(one: Running, { href = "", base_path, v }: TemplateAsked): string {
  const base = (base_path ?? one.boot.path).replace(/\/+$/, "");
  const address = `${base}/${href.replace(/^\/+/, "")}`;
  return v ? `${address}${address.includes("?") ? "&" : "?"}v=${encodeURIComponent(v)}` : address;
}

const templates = new Map<string, Promise<TwigTemplate>>();

function bring(host: Host, address: string): Promise<TwigTemplate> {
  const kept = templates.get(address);
  if (kept) return kept;
  const template = host.read(address).then((source) => {
    const made = host.twig({ data: source, allowInlineIncludes: true });
    if (made === null) throw new Error(`${address} is no template`);
    return made;
  });
  templates.set(address, template);
  template.catch(() => templates.delete(address));
  return template;
}

function accountOf(host: Host, one: Running): object {
  const { account, managers } = host.boot;
  return {
    ...structuredClone(account),
    users: Object.values(managers).map(({ id, title, login, is_admin }) => ({ id, name: title, login, is_admin })),
    widget: { path: one.boot.path, widget_active: one.boot.widget_active, widget_code: one.code },
  };
}
