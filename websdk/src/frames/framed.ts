/** What happens inside a frame: it begins when the page says with which widget, and does what the page asks. */

import { bringLoader, bringScriptsAsText } from "../loading/amd";
import { PressGuard } from "../settings/pressing";
import { readForm } from "../settings/fields";
import { openSettings, type SettingsModal } from "../settings/modal";
import type { Boot, BootWidget } from "../boot";
import { refresh, type Host, type Running } from "../hosting";
import { messageOf, storing, type Message, type Notifications } from "../places/toasts";
import type { StoredNotice } from "../server";
import { callback } from "../widgets/lifecycle";
import { PageRunner } from "../widgets/runner";
import { bringLibraries, makeWorkplace, placeGlobals, type Workplace } from "../workplace";
import { BridgeServer, type AskPage } from "./bridge_server";
import type { FrameBoot, Order, ToFrame } from "./protocol";

interface Begun {
  workplace: Workplace;
  runner: PageRunner;
  one: Running;
  opened: SettingsModal | null;
}

export function loadedIn(window: Window & typeof globalThis, channel: string): void {
  const { parent } = window;
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let last = 0;
  let begun: Promise<Begun> | null = null;

  const say = (message: object) => parent.postMessage({ ...message, channel }, "*");
  const ask: AskPage = (name, given = {}) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject });
      say({ kind: "ask", id, name, given });
    });

  window.addEventListener("message", (event: MessageEvent<ToFrame>) => {
    if (event.source !== parent || event.data?.channel !== channel) return;
    const said = event.data;
    if (said.kind === "begin") begun ??= begin(window, said.about, ask, say);
    else if (said.kind === "answer") {
      const asked = waiting.get(said.id);
      waiting.delete(said.id);
      if (said.error === undefined) asked?.resolve(said.value);
      else asked?.reject(new Error(said.error));
    } else if (said.name === "ping") say({ kind: "done", id: said.id });
    else {
      Promise.resolve(begun)
        .then((all) => (all === null ? null : carryOut(all, said.name, said.given)))
        .then(
          (value) => say({ kind: "done", id: said.id, value: plain(value) }),
          (error: unknown) => say({ kind: "done", id: said.id, error: String(error) }),
        );
    }
  });
  say({ kind: "ready" });
}

async function begin(window: Window & typeof globalThis, about: FrameBoot, ask: AskPage, say: (message: object) => void): Promise<Begun> {
  const { boot, code, base, purpose } = about;
  const read = async (address: string) => String(await ask("read", { address }));
  const require = await bringLoader(window, base, read);
  bringScriptsAsText(window, read);
  const libraries = await bringLibraries(require);
  const tell = telling(ask);
  const router = { navigate: (address: string) => tell("navigate", { address }) };
  const report = (of: string, stage: string, error: unknown) => console.warn(`Widget ${of}: ${stage} failed.`, error);
  const workplace = makeWorkplace(window, boot, libraries, { server: new BridgeServer(ask), read, report, router, isFramed: true });
  placeGlobals(window, libraries, workplace);
  Object.assign(workplace.app.notifications, noticesByPage(ask));
  workplace.parts.showStatus = (one) => tell("status", { status: one.status });
  workplace.parts.offered = (kind, offer) => tell(kind, { ...offer });
  const runner = new PageRunner(workplace.host, require, workplace.parts, { saved: () => Promise.resolve() });
  const one = workplace.host.widgets.get(code);
  if (!one) throw new Error(`no widget ${code}`);
  drawTicks(workplace);
  // The page decides when the widget starts, so nothing starts by itself in here.
  await workplace.begin({ ...never, load: () => runner.load(one) });
  tellSize(window, say);
  const opened = purpose === "settings" || purpose === "preview" ? await openHere(window, workplace, one, runner, ask, purpose) : null;
  return { workplace, runner, one, opened };
}

type Tell = (...asked: Parameters<AskPage>) => void;

/** Nobody waits for these; what the page refuses stands in the console. */
function telling(ask: AskPage): Tell {
  return (name, given) => void ask(name, given).catch((error: unknown) => console.warn(`The page was not told: ${name}.`, error));
}

/** In here nobody would see them, so the page shows them. */
export function noticesByPage(ask: AskPage): Omit<Notifications, "showStored"> {
  const tell = telling(ask);
  const show = (kind: string, { header = "", text = "" }: Message) => tell("toast", { kind, header: String(header), text: String(text) });
  const stored = storing((notice) => ask("notify", { ...notice }));
  return {
    show_message: (message) => show("plain", message),
    show_message_error: (message) => show("error", message),
    show_notification: ({ text, type }) => show(type === "call" || type === "error" ? type : "plain", text),
    add_error(message, then) {
      show("error", message);
      stored({ kind: "error", content: { ...message } }, then);
    },
    add_call(call, then) {
      show("call", messageOf(call));
      stored({ kind: "call", content: call }, then);
    },
  };
}

const never = {
  start: () => Promise.resolve(false),
  stop: () => Promise.resolve(),
  settings: () => Promise.resolve(),
  onSave: () => Promise.resolve(true),
  call: () => Promise.resolve(undefined),
};

/** Browsers do not lay out a frame that nobody sees yet, so changes of its content are followed too. */
function tellSize(window: Window & typeof globalThis, say: (message: object) => void): void {
  const { body } = window.document;
  let told = 0;
  const tell = () => {
    const height = body.scrollHeight;
    if (height !== told) say({ kind: "size", height: (told = height) });
  };
  new window.ResizeObserver(tell).observe(body);
  new window.MutationObserver(tell).observe(body, { childList: true, subtree: true, attributes: true, characterData: true });
  window.addEventListener("load", tell, true);
  tell();
}

/** Draws the whole modal in here; its left side is hidden, and its buttons stand for those of the page. */
async function openHere(
  window: Window & typeof globalThis,
  workplace: Workplace,
  one: Running,
  runner: PageRunner,
  ask: AskPage,
  purpose: "settings" | "preview",
): Promise<SettingsModal> {
  const closed = () => telling(ask)(purpose === "settings" ? "close" : "typed", { values: {} });
  const opened = openSettings(workplace.host, one, { Modal: workplace.Modal, guard: new PressGuard(window), closed });
  opened.$modal.appendTo(workplace.host.page.querySelector("#main") as Element);
  if (purpose === "preview") {
    opened.$form.append("<div class='widget_settings_block__controls' hidden><button type='button' class='button-input js-widget-save'></button></div>");
    if (await runner.load(one)) {
      await runner.start(one, "settings");
      await runner.call(one, "settings", opened.$body);
    }
  } else await runner.settings(opened);
  return opened;
}

/** Stand-ins for the tick boxes of the page's list, set as the page says. */
function drawTicks({ host }: Workplace): void {
  host.$(".grantway-ticks").remove();
  const $ticks = host.$("<div class='grantway-ticks' hidden>").appendTo(host.page.body);
  for (const row of host.boot.list?.rows ?? []) host.$("<input type='checkbox'>").attr("data-row-id", row.id).appendTo($ticks);
}

const PATHS = ["render", "init", "bind_actions", "destroy", "settings", "onSave", "onInstall", "dpSettings", "advancedSettings", "initMenuPage", "leads.selected", "contacts.selected", "companies.selected", "customers.selected", "todo.selected", "tasks.selected", "onSource", "onAddAsSource", "onSalesbotDesignerSave", "loadPreloadedData", "loadElements", "linkCard", "searchDataInCard", "loadCatalogElement"];

async function carryOut({ workplace, runner, one, opened }: Begun, name: Order, given: unknown): Promise<unknown> {
  const { host, app } = workplace;
  const asked = given as { offered?: "action" | "source"; type?: string; about?: unknown; area?: string; path?: string; given?: unknown[]; ticked?: number[]; active?: "Y" | "N"; fields?: Record<string, unknown> };
  switch (name) {
    case "start":
      if (!(await runner.start(one, asked.area ?? ""))) return null;
      return PATHS.filter((path) => callback(one, path) !== null);
    case "stop":
      return await runner.stop(one, true);
    case "onSave":
      return await runner.onSave(one, asked.active ?? "Y", asked.fields ?? {});
    case "press":
      // The button that stands for Install in here, for widgets that listen to it.
      opened?.$modal.find(".js-widget-install").trigger("click");
      return opened ? readForm(opened.$body, one.boot.manifest.settings) : null;
    case "call": {
      const ticked = new Set(asked.ticked);
      for (const tick of host.page.querySelectorAll<HTMLInputElement>("input[data-row-id]")) tick.checked = ticked.has(Number(tick.dataset["rowId"]));
      // The tab is of the page; what the widget draws into it by itself stands in here.
      if (asked.path === "loadPreloadedData" && !host.page.getElementById(one.code)) host.$("<div class='card-entity-tab'>").attr("id", one.code).appendTo("#main");
      if (asked.path === "advancedSettings" || asked.path === "initMenuPage") {
        host.$("<div class='list__body-right__top'></div>").add(host.$("<div>").attr("id", `work-area-${one.code}`)).appendTo("#main");
      }
      // Where it is called without having been started.
      await runner.load(one);
      return await runner.call(one, asked.path ?? "", ...(asked.given ?? []));
    }
    case "use":
      return await (asked.offered === "source" ? useSource(host, one, asked.type ?? "", asked.about) : one.actions.get(asked.type ?? "")?.(asked.about as { value: string }));
    case "follow":
      workplace.follow(given as Pick<Boot, "entity" | "list">);
      return drawTicks(workplace);
    case "input":
      if (app.data.current_card) app.data.current_card.model.set(given as Record<string, unknown>);
      return null;
    case "widget":
      return refresh(one, given as BootWidget);
    case "notices":
      return workplace.tell(given as StoredNotice[]);
    default:
      return null;
  }
}

/** A source of the kind `custom` gets a control of its own, which nobody sees: the one that was pressed is in the page. */
function useSource({ $ }: Host, one: Running, type: string, about: unknown): unknown {
  return one.sources.get(type)?.use(type === "custom" ? ($("<button>") as unknown as Record<string, unknown>) : (about as Record<string, unknown>));
}

/** What a message can carry; functions and elements it cannot. */
function plain(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return null;
  }
}
