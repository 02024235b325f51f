/** One page with its widgets: built once, turned from page to page. */

import { readBoot, type Boot, type BootWidget } from "./boot";
import { enliven } from "./controls/behaviour";
import { prepareTwig, type TwigExports } from "./controls/twig";
import { makeApp, type App } from "./dialect/app";
import { currentCard, currentList, refreshCard, refreshList, type Backbone } from "./dialect/current_card";
import { changesBetween } from "./dialect/following";
import { makeRouter, type Router } from "./dialect/router";
import { CARD_AREAS, LIST_AREAS } from "./dialect/tables";
import { onThemeChange, showTheme } from "./dialect/theme";
import { refresh, running, type Host, type Running, type System } from "./hosting";
import type { Require } from "./loading/amd";
import { drawSources, offerAllActions } from "./places/actions";
import { drawCardTabs } from "./places/card_tab";
import { listMenu } from "./places/list_menu";
import { modalClass, type ModalClass } from "./places/modal";
import { rightPanel, type PanelPlace, type RightPanel } from "./places/right_panel";
import { notifications } from "./places/toasts";
import { drawWorkArea } from "./places/work_area";
import type { Server, StoredNotice } from "./server";
import { showStatus } from "./settings/modal";
import { areaOf, belongsIn, isAt } from "./widgets/lifecycle";
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
  /** Takes over what the page shows by now, and tells widgets what others changed. */
  follow(now: Pick<Boot, "entity" | "list">): void;
  /** Tells widgets of what the server kept for this person. */
  tell(notices: StoredNotice[]): void;
  /** Shows it as well. */
  deliver(notices: StoredNotice[]): void;
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
  const panel = rightPanel($, page, twig, () => panelPlace(host.boot, options.isFramed), () => [...widgets.keys()]);
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
    // Before anything is drawn: widgets take away what they drew on the page before when they hear it.
    $(page).trigger("page:changed");
    const here = now.system.is_quiet ? [] : [...widgets.values()].filter((one) => belongsIn(one, now.system.area));
    const starts = here.map((one) => runner?.start(one, now.system.area).then(() => settle(one)));
    endPage = drawList(host, app, panel);
    await Promise.race([Promise.allSettled(starts), new Promise((resolve) => setTimeout(resolve, PAGE_SETTLED_MS))]);
  };

  const settle = (one: Running): void => {
    drawCardTabs(host);
    drawSources(host, Modal);
    const about = host.boot.system.work_area;
    if (about?.code === one.code && runner) void drawWorkArea(host, one, runner);
    $(page).trigger("grantway:started", [one.code]);
  };

  const publish = (channel: string, message: unknown): void => channels.publish(channel, message, (error) => options.report("", channel, error));

  const follow = (now: Pick<Boot, "entity" | "list">): void => {
    const { entity, list } = host.boot;
    const { current_card, current_list } = app.data;
    const told = changesBetween(host.boot, now);
    if (current_card && entity && now.entity) refreshCard($, current_card, entity, now.entity);
    if (current_list && now.list) refreshList(current_list, now.list);
    // The same objects, which others hold.
    if (entity && now.entity) Object.assign(entity, now.entity);
    if (list && now.list) list.rows = now.list.rows;
    drawSources(host, Modal);
    offerAllActions(host);
    $(page).trigger("grantway:followed");
    for (const { channel, message } of told) publish(channel, message);
  };

  const tell = (notices: StoredNotice[]): void => {
    for (const { kind, widget = "", content } of notices) {
      const message = { event: kind, data: { widget, params: content } };
      publish(`notifications:${host.boot.account.id}:${host.boot.user.id}`, message);
      for (const [code, hear] of callbacks) {
        if (widget !== "" && widget !== code) continue;
        try {
          hear(message);
        } catch (error) {
          options.report(code, "addNotificationCallback", error);
        }
      }
    }
  };

  // The page's parts are new where others changed something, and widgets stay.
  page.addEventListener("grantway:refreshed", () => {
    const fresh = readBoot(page);
    if (fresh === null) return;
    follow(fresh);
    runner?.followed?.();
  });

  onThemeChange(page, () => {
    showTheme(page, host.boot.user);
    turnApp(host.boot);
  });

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
    follow,
    tell,
    deliver(notices) {
      notes.showStored(notices);
      tell(notices);
      runner?.delivered?.(notices);
    },
    async begin(made) {
      runner = made;
      libraries.moment.locale(boot.lang);
      enliven($, page);
      await enter();
    },
  };
}

function panelPlace({ system: { area }, list }: Boot, isFramed = false): PanelPlace {
  if (![...CARD_AREAS, ...LIST_AREAS].some((one) => one === area)) return null;
  return list !== null && !isFramed ? "list" : "card";
}

// A page counts as entered by then, also for widgets that wait for another that hangs.
const PAGE_SETTLED_MS = 3000;

function systemOf(boot: Boot): System {
  const installed = boot.widgets.filter((one) => one.status === "installed");
  const by_area: System["displayed_count_by_area"] = {};
  for (const area of installed.flatMap((one) => [...new Set(one.manifest.locations.map(areaOf))])) by_area[area] = (by_area[area] ?? 0) + 1;
  return {
    area: boot.system.area,
    amouser_id: boot.user.id,
    amouser: boot.user.login,
    amohash: "",
    domain: boot.system.domain,
    server: boot.system.server,
    subdomain: boot.account.subdomain,
    displayed_count: installed.length,
    displayed_count_by_area: by_area,
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
  showTheme(page, boot.user);
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
