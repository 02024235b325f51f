/** Strict accounts: every widget runs in a frame of its own (contract 5.4 row 11). */

import type { Running } from "../hosting";
import { drawSources, offerAllActions } from "../places/actions";
import { selectedRows } from "../places/list_menu";
import type { StoredNotice } from "../server";
import type { Values } from "../settings/fields";
import type { SettingsModal } from "../settings/modal";
import { usesPanel } from "../widgets/lifecycle";
import { pause, type Runner } from "../widgets/runner";
import type { Workplace } from "../workplace";
import { answering, type Use } from "./asks";
import { bootFor, type Order, type Purpose } from "./protocol";
import { WidgetFrame } from "./widget_frame";

export interface Frames {
  window: Window;
  base: string;
  workplace: Workplace;
}

interface Told {
  saved(one: Running, before: Running["status"]): Promise<void>;
}

export function openFrame(frames: Frames, one: Running, purpose: Purpose, told: Told, opened: SettingsModal | null, sized: (height: number) => void, hangs?: () => void): WidgetFrame {
  const { window, base, workplace } = frames;
  const about = { purpose, base, code: one.code, boot: bootFor({ ...workplace.host.boot, widgets: [one.boot] }, one.code, purpose) };
  const stays = purpose === "panel" || purpose === "work_area";
  const use = stays ? (...[offered, type, given]: Parameters<Use>) => frame.do("use", { offered, type, about: given }) : null;
  const frame: WidgetFrame = new WidgetFrame(window, about, {
    ask: answering(workplace, one, { saved: (...given) => told.saved(...given), opened, use }),
    sized,
    report: (stage, error) => workplace.host.report(one.code, stage, error),
    ...(hangs && { hangs }),
  });
  return frame;
}

export class FrameRunner implements Runner {
  readonly #frames = new Map<string, WidgetFrame>();
  readonly #settings = new Map<string, WidgetFrame>();
  readonly #hanging = new Set<string>();
  #isRecovering = false;

  constructor(
    readonly frames: Frames,
    readonly told: Told,
  ) {
    const { host, app } = frames.workplace;
    // After the card's own listener, which stands deeper in the page and takes the value into the model.
    host.$(host.page).on("input change", "#card :input", () => {
      const changed = app.data.current_card && app.data.current_card.model.changedAttributes();
      const values = Object.entries(changed || {}).filter(([name]) => OF_THE_CARD.test(name));
      if (values.length > 0) this.#tellAll("input", () => Object.fromEntries(values));
    });
  }

  #tellAll(name: Order, about: (code: string) => unknown): void {
    for (const [code, frame] of this.#frames) frame.do(name, about(code)).catch(() => undefined);
  }

  followed(): void {
    const { entity, list } = this.frames.workplace.host.boot;
    this.#tellAll("follow", () => ({ entity, list }));
  }

  saved(one: Running): void {
    this.#frames.get(one.code)?.do("widget", one.boot).catch(() => undefined);
  }

  delivered(notices: StoredNotice[]): void {
    this.#tellAll("notices", (code) => notices.filter(({ widget }) => widget === code));
  }

  /** A frame loads its widget itself, when it is opened. */
  async load(): Promise<boolean> {
    return await Promise.resolve(true);
  }

  async start(one: Running, area: string): Promise<boolean> {
    if (this.#hanging.has(one.code)) return false;
    if (one.area === area && this.#frames.has(one.code)) return true;
    const { host, parts } = this.frames.workplace;
    const isShown = usesPanel(one, area);
    const hasWorkArea = host.boot.system.work_area?.code === one.code;
    this.#frames.get(one.code)?.remove();
    const place = isShown ? parts.panel.body(one) : hasWorkArea ? this.#workArea() : host.page.body;
    const block = isShown ? place.closest<HTMLElement>(".card-widgets__widget") : null;
    // Not `hidden`: what is not laid out has no size to tell.
    block?.classList.add("grantway-block-waiting");
    const frame = openFrame(this.frames, one, hasWorkArea ? "work_area" : "panel", this.told, null, (height) => {
      frame.element.height = String(height);
      block?.classList.toggle("grantway-block-waiting", height === 0);
    }, () => void this.#recover());
    if (!isShown && !hasWorkArea) frame.element.classList.add("grantway-frame-unseen");
    this.#frames.set(one.code, frame);
    place.append(frame.element);
    one.instance = { params: one.params };
    try {
      const paths = await frame.do("start", { area });
      if (!Array.isArray(paths)) return false;
      one.callbacks = this.#callbacks(frame, paths as string[]);
      one.area = area;
      return true;
    } catch (error) {
      // One that another took the place of is missed by nobody.
      if (!this.#isRecovering && this.#frames.get(one.code) === frame) host.report(one.code, "frame", error);
      return false;
    }
  }

  /**
   * Finds the widget that hangs, and lets the others go on.
   *
   * Browsers run all such frames of a site in one process, so a loop in one silences all. They are all
   * taken away, which ends the process, and come back one by one; the one that falls silent stays away.
   */
  async #recover(): Promise<void> {
    if (this.#isRecovering) return;
    this.#isRecovering = true;
    const { host, parts } = this.frames.workplace;
    const area = host.boot.system.area;
    const codes = [...this.#frames.keys()];
    // Again from the beginning after each one that hangs, because it has silenced those before it too.
    for (let silent: string | null = ""; silent !== null; ) {
      for (const frame of this.#frames.values()) frame.remove();
      this.#frames.clear();
      await pause(PROCESS_END_MS);
      silent = await this.#firstSilent(codes, area);
      if (silent === null) break;
      this.#hanging.add(silent);
      const one = host.widgets.get(silent);
      if (one) {
        withdrawOffers(this.frames.workplace, one);
        parts.panel.remove(one);
      }
      host.report(silent, "frame", new Error("the widget hangs, its frame was taken away"));
    }
    this.#isRecovering = false;
  }

  /** Starts them one by one; returns the one after whose start there was silence. */
  async #firstSilent(codes: string[], area: string): Promise<string | null> {
    const { host } = this.frames.workplace;
    for (const code of codes) {
      const one = host.widgets.get(code);
      if (!one || this.#hanging.has(code) || host.boot.system.area !== area) continue;
      const { started } = await this.#startAfresh(one, area);
      await Promise.race([started, pause(TRIAL_MS)]);
      if (!(await this.#frames.get(code)?.answers(TRIAL_MS))) return code;
    }
    return null;
  }

  /** Opens the frame again until it stands in a process that lives: the one before may take a while to end. */
  async #startAfresh(one: Running, area: string): Promise<{ started: Promise<boolean> }> {
    for (let tries = 0; ; tries++) {
      one.area = null;
      const started = this.start(one, area);
      const frame = this.#frames.get(one.code);
      const isReady = await Promise.race([frame?.ready.then(() => true, () => false), pause(TRIAL_MS)]);
      if (isReady || tries === MOST_TRIES) return { started };
      frame?.remove();
      this.#frames.delete(one.code);
      await pause(PROCESS_END_MS);
    }
  }

  /** For a widget that does not run on this page. */
  #unseen(one: Running): WidgetFrame {
    const frame = openFrame(this.frames, one, "unseen", this.told, null, () => undefined);
    frame.element.classList.add("grantway-frame-unseen");
    this.frames.workplace.host.page.body.append(frame.element);
    return frame;
  }

  #workArea(): HTMLElement {
    const { page } = this.frames.workplace.host;
    return page.querySelector<HTMLElement>("[data-work-area]") ?? page.querySelector<HTMLElement>("#main") ?? page.body;
  }

  /** Stand-ins for the callbacks, so that the page calls them as it calls those in the page. */
  #callbacks(frame: WidgetFrame, paths: string[]): Record<string, unknown> {
    const { host } = this.frames.workplace;
    const made: Record<string, unknown> = {};
    for (const path of paths.filter((one) => /^[A-Za-z_]{1,40}(\.[A-Za-z_]{1,40})?$/.test(one))) {
      const ask = (...given: unknown[]) => {
        const ticked = host.boot.list ? selectedRows(host.page, host.boot.list).selected.map((row) => row.id) : [];
        return frame.do("call", { path, given: structuredClone(given.filter((one) => typeof one !== "function")), ticked });
      };
      const [outer = "", inner] = path.split(".");
      if (inner === undefined) made[outer] ??= ask;
      else made[outer] = { ...(made[outer] as object | undefined), [inner]: ask };
    }
    return made;
  }

  async stop(one: Running, isDisabled = false): Promise<void> {
    const settings = isDisabled ? this.#settings.get(one.code) : undefined;
    if (settings) await ended(settings);
    const frame = this.#frames.get(one.code);
    if (!frame || (one.boot.manifest.init_once && !isDisabled)) return;
    this.#frames.delete(one.code);
    one.area = null;
    one.instance = null;
    one.callbacks = {};
    withdrawOffers(this.frames.workplace, one);
    await ended(frame);
    frame.remove();
    this.frames.workplace.parts.panel.remove(one);
  }

  async settings(opened: SettingsModal): Promise<void> {
    const { code } = opened.one;
    const frame = showInModal(this.frames, opened, "settings", this.told, () => this.#settings.get(code) === frame && this.#settings.delete(code));
    this.#settings.set(code, frame);
    await Promise.resolve();
  }

  async onSave(one: Running, active: "Y" | "N", fields: Values): Promise<boolean> {
    const frame = this.#settings.get(one.code) ?? this.#frames.get(one.code);
    if (!frame) return true;
    const answer = await Promise.race([frame.do("onSave", { active, fields }).catch(() => false), pause(STOP_WAIT_MS)]);
    return answer !== false;
  }

  async call(one: Running, path: string, ...given: unknown[]): Promise<unknown> {
    if (this.#hanging.has(one.code)) return undefined;
    const running = this.#frames.get(one.code);
    const frame = running ?? this.#unseen(one);
    const answer = frame.do("call", { path, given, ticked: [] }).catch((error: unknown) => this.frames.workplace.host.report(one.code, path, error));
    if (!running) void Promise.race([answer, pause(UNSEEN_MS)]).then(() => frame.remove());
    return await answer;
  }
}

/** Values of the card by the names of the dialect's form; what stands in other inputs of the page is not for frames. */
const OF_THE_CARD = /^(?:CFV|lead|contact|company|customer)\[/;
const STOP_WAIT_MS = 5000;
const UNSEEN_MS = 60_000;
const PROCESS_END_MS = 500;
const TRIAL_MS = 2000;
const MOST_TRIES = 5;

function withdrawOffers({ host, Modal }: Workplace, one: Running): void {
  one.actions.clear();
  one.sources.clear();
  offerAllActions(host);
  drawSources(host, Modal);
}

/** A widget that hangs does not keep its frame. */
async function ended(frame: WidgetFrame): Promise<void> {
  await Promise.race([frame.do("stop").catch(() => undefined), pause(STOP_WAIT_MS)]);
}

/** Puts a frame in place of the form in a settings modal; it goes when the modal goes. */
export function showInModal(frames: Frames, opened: SettingsModal, purpose: "settings" | "preview", told: Told, removed: () => void = () => undefined): WidgetFrame {
  const frame = openFrame(frames, opened.one, purpose, told, opened, (height) => {
    frame.element.height = String(height);
  });
  // The description above it is the page's own, and stays.
  opened.$form.find(".widget_settings_block__fields").remove();
  opened.$form.append(frame.element);
  const gone = new MutationObserver(() => {
    if (frame.element.isConnected) return;
    gone.disconnect();
    frame.remove();
    removed();
  });
  gone.observe(frames.workplace.host.page.body, { childList: true });
  return frame;
}
