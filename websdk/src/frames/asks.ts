/** What the page does for a widget in a frame: each call for that one widget, never for another. */

import { refresh, type Running } from "../hosting";
import { drawSources, offerActions } from "../places/actions";
import { notifications } from "../places/toasts";
import type { SettingsModal } from "../settings/modal";
import { storable, type Values } from "../settings/fields";
import type { Workplace } from "../workplace";
import type { Ask } from "./protocol";

export type Use = (offered: "action" | "source", type: string, about: unknown) => Promise<unknown>;

export interface AskTold {
  saved(one: Running, before: Running["status"]): Promise<void>;
  opened: SettingsModal | null;
  /** Has the frame carry out what the widget offered; null: this frame goes before anybody could use it. */
  use: Use | null;
}

type Given = Record<string, unknown>;

export function answering(workplace: Workplace, one: Running, told: AskTold): (name: Ask, given: Given) => Promise<unknown> {
  const { host, app } = workplace;
  const notes = notifications(host.$, host.page, host.server, () => one.code);
  const isInstalled = () => one.boot.status !== "install";

  const calls: Record<Ask, (given: Given) => unknown> = {
    post: ({ url, data, type }) => host.server.post({ widget: one.code, url: String(url), data, type: String(type) }),
    token: () => host.server.oneTimeToken(one.boot.oauth_client_uuid),
    read: ({ address }) => host.read(ownFile(host.page, one, String(address))),
    toast({ kind, header, text }) {
      const message = { header: String(header), text: String(text) };
      if (kind === "error") notes.show_message_error(message);
      else notes.show_message(message);
    },
    notify: ({ kind, content }) => host.server.notify({ kind: kind === "call" ? "call" : "error", widget: one.code, content: content as Given }),
    status({ status }) {
      one.status = status as Running["status"];
      workplace.parts.showStatus(one);
    },
    navigate({ address }) {
      const to = new URL(String(address), host.page.baseURI);
      if (to.origin !== new URL(host.page.baseURI).origin) throw new Error("only pages of this workspace");
      // Whole: a path may begin with two slashes, and would by itself lead to another host.
      app.router.navigate(to.href);
    },
    typed: () => undefined,
    async save({ fields }) {
      if (!isInstalled()) throw new Error("this widget is not installed");
      const before = one.boot.status;
      refresh(one, await host.server.saveSettings(one.code, storable(one.boot.manifest.settings, fields as Values)));
      await told.saved(one, before);
      return one.boot;
    },
    saveForm: ({ form, values }) => {
      if (!isInstalled()) throw new Error("this widget is not installed");
      return host.server.saveForm(one.code, String(form), values as Values);
    },
    close: () => told.opened?.modal.destroy(),
    action({ type }) {
      const { use } = offering();
      one.actions.set(String(type), (about) => {
        use("action", String(type), about).catch((error: unknown) => host.report(one.code, `add_action ${String(type)}`, error));
      });
      offerActions(host, String(type));
    },
    source({ type, text }) {
      const { use } = offering();
      // The control of a `custom` one is an element of the page, and stays here.
      one.sources.set(String(type), { text: String(text), use: (about) => use("source", String(type), type === "custom" ? {} : about) });
      drawSources(host, workplace.Modal);
    },
  };
  const offering = () => {
    if (!isInstalled() || told.use === null) throw new Error("this widget is not at work here");
    return { use: told.use };
  };
  return async (name, given) => await calls[name](given);
}

/** Returns *address* when it leads into the widget's own folder. */
export function ownFile(page: Document, one: Running, address: string): string {
  const to = new URL(address, page.baseURI);
  const own = new URL(`${one.boot.path}/`, page.baseURI);
  if (to.origin !== own.origin || !to.pathname.startsWith(own.pathname) || /%2e|%2f|%5c/i.test(to.pathname)) {
    throw new Error(`${address} is no file of this widget`);
  }
  return to.pathname + to.search;
}
