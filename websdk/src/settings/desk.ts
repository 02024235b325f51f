/** Opens settings, and carries real presses of Install and Disable to the control origin. */

import type { RunningRules } from "../boot";
import { runningCodes, type Running } from "../hosting";
import type { PressAction } from "../server";
import { pause, type Runner, type SourceContext } from "../widgets/runner";
import type { Workplace } from "../workplace";
import { belongsIn } from "../widgets/lifecycle";
import { confirmOnControlOrigin, type Opening, type Outcome } from "./confirming";
import { markWrong, missing, readForm, type Values } from "./fields";
import { openSettings, type SettingsModal } from "./modal";
import type { Guarded, PressGuard, PressTold, Reason } from "./pressing";

/** Runs the `settings` callback of a widget that is not installed, out of the page's reach. */
export interface Preview {
  /** Puts the frame in place of the form. */
  show(opened: SettingsModal): void;
  /** Presses the button that stands for Install in the frame, and returns what is filled in there; null: no answer. */
  press(code: string): Promise<Values | null>;
}

export interface DeskParts {
  workplace: Workplace;
  runner: Runner;
  guard: PressGuard;
  opening: Opening;
  preview: Preview;
}

const ENDING_MS = 3000;

export class SettingsDesk implements PressTold {
  #opened: SettingsModal | null = null;
  /** What was typed before installing, by widget. */
  readonly #typed = new Map<string, Values>();
  /** Address of the question that is open, by widget; empty: it is not made yet. */
  readonly #waiting = new Map<string, string>();

  constructor(readonly parts: DeskParts) {
    parts.guard.tell(this);
    const { page, $ } = parts.workplace.host;
    $(page).on("click", "[data-widget-open]", (event) => {
      const one = parts.workplace.host.widgets.get(event.currentTarget.getAttribute("data-widget-open") ?? "");
      if (!one) return;
      event.preventDefault();
      void this.open(one);
    });
  }

  async open(one: Running, context?: SourceContext): Promise<void> {
    const { workplace, runner, guard, preview } = this.parts;
    this.#opened?.modal.destroy();
    const opened = openSettings(workplace.host, one, { Modal: workplace.Modal, guard, closed: () => this.#closed(one) });
    this.#opened = opened;
    if (one.boot.status !== "install") return await runner.settings(opened, context);
    const rule = this.#rule();
    if (!one.boot.manifest.installation || rule === "off") return;
    if (rule === "page") return await runner.settings(opened, context);
    preview.show(opened);
  }

  /** Where a strict account has scripts before installing at all, it has them in the sandbox. */
  #rule(): RunningRules["preinstall_script"] {
    const { strict = false, preinstall_script = "sandbox" } = this.parts.workplace.host.boot.running ?? {};
    return strict && preinstall_script === "page" ? "sandbox" : preinstall_script;
  }

  #closed(one: Running): void {
    if (this.#opened?.one === one) this.#opened = null;
  }

  pressed(button: Element, about: Guarded): void {
    const one = this.parts.workplace.host.widgets.get(about.code);
    if (!one) return;
    const waiting = this.#waiting.get(about.code);
    // Its window may have been closed.
    if (waiting && !this.parts.opening.open(waiting)) this.parts.opening.leaveFor(waiting);
    if (waiting === undefined) void this.#carryOut(one, about.action, button);
  }

  refused(about: Guarded, reason: Reason): void {
    const { host } = this.parts.workplace;
    host.server
      .tellRefusedPress({ ...about, reason, running: runningCodes(host) })
      .catch((error: unknown) => console.warn("A refused press was not reported.", error));
  }

  async #carryOut(one: Running, action: PressAction, button: Element): Promise<void> {
    if (action === "install" && !(await this.#isFilled(one))) return;
    await this.#ask(one, action, button);
  }

  /** Required settings that are already shown hold an installation back. */
  async #isFilled(one: Running): Promise<boolean> {
    const opened = this.#opened;
    const template = one.boot.manifest.settings.filter((field) => field.is_required);
    if (opened?.one !== one || template.length === 0) return true;
    const values = this.#rule() === "sandbox" ? await this.parts.preview.press(one.code) : readForm(opened.$body, one.boot.manifest.settings);
    // A frame that does not answer holds nobody back: the form comes again after installing.
    if (values === null) return true;
    this.#typed.set(one.code, values);
    const empty = missing(template.filter((field) => field.code in values), values);
    markWrong(opened.$body, Object.fromEntries(empty.map((field) => [field.code, `${field.name} is needed.`])));
    const words = empty.length === 0 ? "" : `First fill in: ${empty.map((field) => field.name).join(", ")}.`;
    opened.$body.find(".widget-settings__held-back").text(words);
    return empty.length === 0;
  }

  async #ask(one: Running, action: PressAction, button: Element): Promise<void> {
    const { workplace, opening } = this.parts;
    const { host } = workplace;
    const $button = host.$(button);
    const open = (address: string) => {
      this.#waiting.set(one.code, address);
      $button.trigger("button:load:stop");
      return opening.open(address);
    };
    this.#waiting.set(one.code, "");
    $button.trigger("button:load:start");
    let outcome: Outcome = "open";
    try {
      outcome = await confirmOnControlOrigin(host.server, { ...opening, open }, one.boot.oauth_client_uuid, action, runningCodes(host));
    } catch (error) {
      host.report(one.code, action, error);
      new workplace.Modal().showError("The question could not be asked. Try again.");
    }
    try {
      if (outcome === "done") await this.#done(one, action);
    } catch (error) {
      host.report(one.code, action, error);
      new workplace.Modal().showError("It is done. Reload this page to see it.");
    }
    this.#waiting.delete(one.code);
    $button.trigger("button:load:stop");
  }

  async #done(one: Running, action: PressAction): Promise<void> {
    const { workplace, runner } = this.parts;
    const { host } = workplace;
    const fields = Object.fromEntries(one.boot.manifest.settings.map((field) => [field.code, one.params[field.code] ?? ""]));
    if (action === "uninstall") {
      // It has happened: what the widget answers changes nothing, and is not waited for long.
      await Promise.race([runner.onSave(one, "N", fields), pause(ENDING_MS)]);
      await Promise.race([runner.stop(one, true), pause(ENDING_MS)]);
    }
    const now = (await host.server.widgets()).find((widget) => widget.code === one.code);
    // Only what is installed is listed.
    workplace.take(now ?? { ...one.boot, status: "install", active: "N", widget_active: "N", params: {} });
    if (action === "install") await this.#installed(one);
    if (this.#opened?.one === one) await this.open(one);
    host.$(host.page).trigger("grantway:widgets", [one.code]);
  }

  async #installed(one: Running): Promise<void> {
    const { runner } = this.parts;
    Object.assign(one.params, this.#typed.get(one.code));
    this.#typed.delete(one.code);
    if (await runner.load(one)) {
      await this.#callOnInstall(one);
      await this.saved(one, "install");
    }
    this.#tellInstalled(one);
  }

  /** Does for widgets that were installed elsewhere, or while no page waited, what this page would have done. */
  async catchUp(): Promise<void> {
    const { host } = this.parts.workplace;
    if (host.boot.system.is_quiet) return;
    for (const one of host.widgets.values()) {
      if (one.boot.on_install_due && (await this.#callOnInstall(one))) this.#tellInstalled(one);
    }
  }

  /** At most one page calls it, whatever becomes of that page. */
  async #callOnInstall(one: Running): Promise<boolean> {
    const { workplace, runner } = this.parts;
    if (!one.boot.on_install_due) return false;
    delete one.boot.on_install_due;
    const isOurs = await workplace.host.server.claimOnInstall(one.code).catch(() => false);
    if (isOurs && (await runner.load(one))) void runner.call(one, "onInstall");
    return isOurs;
  }

  #tellInstalled(one: Running): void {
    const { host } = this.parts.workplace;
    host.$(host.page).trigger(`widget:${one.code}:installed`);
  }

  /** Starts a widget that has just become complete, where it belongs. */
  async saved(one: Running, before: Running["status"]): Promise<void> {
    const { workplace, runner } = this.parts;
    workplace.parts.showStatus(one);
    runner.saved?.(one);
    const { area } = workplace.host.boot.system;
    if (before === "installed" || !belongsIn(one, area)) return;
    void runner.start(one, area);
  }
}
