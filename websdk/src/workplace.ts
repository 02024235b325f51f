/** One page with its widgets: built once, turned from page to page. */

import { readBoot, type Boot, type BootWidget } from "./boot";
import { enliven } from "./controls/behaviour";
import { prepareTwig, type TwigExports } from "./controls/twig";
import { makeApp, type App } from "./dialect/app";
import { currentCard, currentList, type Backbone } from "./dialect/current_card";
import { makeRouter, type Router } from "./dialect/router";
import { refresh, running, type Host, type Running, type System } from "./hosting";
import type { Require } from "./loading/amd";
import { drawSources, withdrawActions } from "./places/actions";
import { drawCardTabs } from "./places/card_tab";
import { listMenu } from "./places/list_menu";
import { modalClass, type ModalClass } from "./places/modal";
import { rightPanel, type RightPanel } from "./places/right_panel";
import { notifications } from "./places/toasts";
import { drawWorkArea } from "./places/work_area";
import type { Server } from "./server";
import { showStatus } from "./settings/modal";
import { belongsIn, isAt } from "./widgets/lifecycle";
import { Channels, type MemberParts } from "./widgets/members";
import { OneTimeTokens } from "./widgets/network";
import type { Runner } from "./widgets/runner";

/** What the loader brought. */
export interface Libraries {
  $: JQueryStatic;
  _: unknown;
  Backbone: Backbone;
  twig: TwigExports;
  moment: { locale(id: string): unknown };
}

export interface Workplace {
  host: Host;
  app: App;
  parts: MemberParts;
  Modal: ModalClass;
  /** Begins with the page that stands. */
  begin(runner: Runner): Promise<void>;
  /** Takes over what the server says of a widget now. */
  take(widget: BootWidget): Running;
}

export interface WorkplaceOptions {
  server: Server;
  read(address: string): Promise<string>;
  report(code: string, stage: string, error: unknown): void;
  /** A frame has one that asks its page. */
  router?: Router;
  /** Within a frame the panel is all there is, also in a list. */
  isFramed?: boolean;
}

const LIBRARY_IDS = ["jquery", "underscore", "backbone", "twig-library", "moment"];

export async function bringLibraries(require: Require): Promise<Libraries> {
  const [$, _, backbone, twig, moment] = await new Promise<unknown[]>((resolve, reject) => {
    require(LIBRARY_IDS, (...modules) => resolve(modules), reject);
  });
  return { $, _, Backbone: backbone, twig, moment } as Libraries;
}

export function makeWorkplace(window: Window, boot: Boot, libraries: Libraries, options: WorkplaceOptions): Workplace {
  const page = window.document;
  const { $ } = libraries;
  const twig = prepareTwig(libraries.twig);
  const Modal = modalClass($, page);
  const widgets = new Map(boot.widgets.map((widget) => [widget.code, running(widget)]));
  const system = {} as System;
  const host: Host = { boot, page, $, twig, server: options.server, system, widgets, read: options.read, report: options.report };
  const panel = rightPanel($, page, twig, () => host.boot.list !== null && !options.isFramed, () => [...widgets.keys()]);
  const channels = new Channels();
  const callbacks = new Map<string, (data: unknown) => void>();
  const notes = notifications($, page, options.server, () => "");
  const list = liveList(widgets);

  let runner: Runner | null = null;
  let endPage = (): void => undefined;
  const router =
    options.router ??
    makeRouter(
      $,
      { page, fetch: (address) => window.fetch(address, { credentials: "same-origin" }), history: window.history, leaveFor: (address) => window.location.assign(address) },
      {
        leave: () => {
          endPage();
          for (const one of widgets.values()) void runner?.stop(one);
        },
        enter: (next) => void turn(next),
      },
    );
  const { app, turn: turnApp } = makeApp($, page, boot, { system, notifications: notes, router, list, notificationCallbacks: callbacks });

  const turn = async (next: Boot): Promise<void> => {
    host.boot = next;
    turnApp(next);
    for (const widget of next.widgets) take(widget);
    await enter();
  };

  const take = (widget: BootWidget): Running => {
    const known = widgets.get(widget.code);
    if (known) refresh(known, widget);
    const one = known ?? running(widget);
    widgets.set(widget.code, one);
    showStatus(host, one);
    return one;
  };

  /** Says what the page is, then starts what belongs there; nobody waits for anybody. */
  const enter = async (): Promise<void> => {
    const { boot: now } = host;
    Object.assign(system, systemOf(now));
    describePage(libraries, host, app);
    const here = now.system.is_quiet ? [] : [...widgets.values()].filter((one) => belongsIn(one, now.system.area));
    const starts = here.map((one) => runner?.start(one, now.system.area).then(() => settle(one)));
    endPage = drawList(host, app, panel);
    await Promise.race([Promise.allSettled(starts), new Promise((resolve) => setTimeout(resolve, PAGE_SETTLED_MS))]);
    $(page).trigger("page:changed");
  };

  const settle = (one: Running): void => {
    drawCardTabs(host);
    drawSources(host, Modal);
    const about = host.boot.system.work_area;
    if (about?.code === one.code && runner) void drawWorkArea(host, one, runner);
    $(page).trigger("grantway:started", [one.code]);
  };

  page.addEventListener("grantway:channel", (event) => {
    const { channel, message } = (event as CustomEvent<{ channel: string; message: unknown }>).detail;
    channels.publish(channel, message, (error) => options.report("", channel, error));
    if (channel.startsWith("notifications:")) for (const told of callbacks.values()) told(message);
  });
  // The page followed what others changed: its parts are new, and widgets stay.
  page.addEventListener("grantway:refreshed", () => {
    const fresh = readBoot(page);
    if (fresh === null) return;
    if (host.boot.list && fresh.list) host.boot.list.rows = fresh.list.rows;
    if (host.boot.entity && fresh.entity) Object.assign(host.boot.entity, fresh.entity);
    drawSources(host, Modal);
  });
  page.addEventListener("grantway:content", () => withdrawActions(host));

  const parts: MemberParts = {
    panel,
    Modal,
    tokens: new OneTimeTokens((uuid) => options.server.oneTimeToken(uuid)),
    channels,
    showStatus: (one) => showStatus(host, one),
  };

  return {
    host,
    app,
    parts,
    Modal,
    take,
    async begin(made) {
      runner = made;
      libraries.moment.locale(boot.lang);
      enliven($, page);
      await enter();
    },
  };
}

// A page counts as entered by then, also for widgets that wait for another that hangs.
const PAGE_SETTLED_MS = 3000;

function systemOf(boot: Boot): System {
  return {
    area: boot.system.area,
    amouser_id: boot.user.id,
    amouser: boot.user.login,
    amohash: "",
    domain: boot.system.domain,
    server: boot.system.server,
    subdomain: boot.account.subdomain,
    displayed_count: boot.widgets.filter((one) => one.status === "installed").length,
    displayed_count_by_area: {},
  };
}

function describePage({ $, Backbone: backbone }: Libraries, host: Host, app: App): void {
  const { boot, page } = host;
  const root = page.querySelector("#card") ?? page.querySelector("#list") ?? page.querySelector("#main") ?? page.body;
  app.data.current_view = { $el: $(root) };
  app.data.current_card = boot.entity ? currentCard($, backbone, boot.entity, root) : false;
  app.data.current_list = boot.list ? currentList(backbone, boot.list) : false;
  app.data.current_entity = boot.entity?.kind ?? boot.list?.kind ?? boot.system.page;
  app.data.is_card = boot.entity !== null;
  const { theme } = boot.user;
  const isDark = theme === undefined ? Boolean(page.defaultView?.matchMedia?.("(prefers-color-scheme: dark)").matches) : theme === 2;
  page.documentElement.dataset["colorScheme"] = isDark ? "dark" : "light";
}

function drawList(host: Host, app: App, panel: RightPanel): () => void {
  const { list, system } = host.boot;
  if (list === null || app.data.current_list === false) return () => undefined;
  if (![...host.widgets.values()].some((one) => isAt(one, system.area))) return () => undefined;
  return listMenu(host, system.area, list, app.data.current_list, panel);
}

/** `APP.widgets.list[code].params`, following the widgets that there are. */
function liveList(widgets: Map<string, Running>): Record<string, unknown> {
  return new Proxy({} as Record<string, unknown>, {
    get: (_, code) => (typeof code === "string" ? (widgets.get(code)?.instance ?? undefined) : undefined),
    has: (_, code) => typeof code === "string" && widgets.get(code)?.instance != null,
    ownKeys: () => [...widgets.values()].filter((one) => one.instance !== null).map((one) => one.code),
    getOwnPropertyDescriptor: (_, code) =>
      typeof code === "string" && widgets.get(code)?.instance
        ? { value: widgets.get(code)?.instance, enumerable: true, configurable: true }
        : undefined,
  });
}

/** Puts the globals of the dialect into the window, and the modules that only the host has. */
export function placeGlobals(window: Window, { $, _, Backbone: backbone, moment }: Libraries, { app, host, Modal }: Workplace): void {
  Object.assign(window, { $, jQuery: $, _, Backbone: backbone, moment, Twig: host.twig, twig: host.twig.twig, APP: app, AMOCRM: app });
  window.define("twigjs", [], () => host.twig);
  window.define("lib/components/base/modal", [], () => Modal);
  // Asked for by widgets from before browsers had it.
  window.define("es6promise", [], () => ({ Promise, polyfill: () => undefined }));
  placeRoot(window.document);
}

/** Starter kits of widgets draw a sample of themselves into `#root` as soon as they are loaded, and fail without it. */
function placeRoot(page: Document): void {
  if (page.getElementById("root")) return;
  const root = page.createElement("div");
  root.id = "root";
  root.hidden = true;
  page.body.append(root);
}
