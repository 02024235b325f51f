/** How the host works with one widget, wherever its code runs. */

import type { Host, Running } from "../hosting";
import { construct } from "../loading/constructing";
import type { Require } from "../loading/amd";
import { drawSources, offerAllActions } from "../places/actions";
import type { StoredNotice } from "../server";
import { askOnSave, bindSave, saveUnseen, type SavingTold } from "../settings/saving";
import type { SettingsModal } from "../settings/modal";
import { drawOtherForms } from "../settings/other_forms";
import type { Values } from "../settings/fields";
import { call, start, stop } from "./lifecycle";
import { makeMembers, type MemberParts } from "./members";

export interface SourceContext {
  source_id: number;
  external_id: string;
}

export interface Runner {
  /** Runs the widget's code once; false when it could not be run. */
  load(one: Running): Promise<boolean>;
  start(one: Running, area: string): Promise<boolean>;
  stop(one: Running, isDisabled?: boolean): Promise<void>;
  /** Lets the widget change the form of its settings. */
  settings(opened: SettingsModal, context?: SourceContext): Promise<void>;
  onSave(one: Running, active: "Y" | "N", fields: Values): Promise<boolean>;
  call(one: Running, path: string, ...given: unknown[]): Promise<unknown>;
  /** Called when the page followed what others changed, for widgets that run elsewhere. */
  followed?(): void;
  /** Called when new settings of a widget are stored, for one that runs elsewhere. */
  saved?(one: Running): void;
  /** Called with what waited for this person. */
  delivered?(notices: StoredNotice[]): void;
}

/** Runs widgets in the page itself, as they expect it. */
export class PageRunner implements Runner {
  readonly #loads = new Map<string, Promise<boolean>>();

  constructor(
    readonly host: Host,
    readonly require: Require,
    readonly parts: MemberParts,
    readonly told: Pick<SavingTold, "saved">,
  ) {}

  load(one: Running): Promise<boolean> {
    const address = scriptAddress(one);
    const loading = this.#loads.get(address) ?? this.#load(one, address);
    this.#loads.set(address, loading);
    return loading;
  }

  async #load(one: Running, address: string): Promise<boolean> {
    try {
      const module = await new Promise((resolve, reject) => this.require([address], resolve, reject));
      const { instance, callbacks } = construct(module, makeMembers(this.host, one, this.parts));
      one.instance = instance;
      one.callbacks = callbacks;
      return true;
    } catch (error) {
      this.host.report(one.code, "script.js", error);
      return false;
    }
  }

  async start(one: Running, area: string): Promise<boolean> {
    if (!(await this.load(one))) return false;
    return await start(this.host, one, area);
  }

  async stop(one: Running, isDisabled = false): Promise<void> {
    // First, because the next page's block may be drawn while `destroy` is waited for.
    this.parts.panel.remove(one);
    await stop(this.host, one, isDisabled);
    if (!isDisabled) return;
    offerAllActions(this.host);
    drawSources(this.host, this.parts.Modal);
    one.instance = null;
    one.callbacks = {};
    this.#loads.delete(scriptAddress(one));
  }

  async settings(opened: SettingsModal, context?: SourceContext): Promise<void> {
    const { one, $body, $form } = opened;
    bindSave(this.host, opened, { onSave: (...asked) => this.onSave(...asked), saved: (...given) => this.told.saved(...given) });
    if (!(await this.load(one))) return;
    // Widgets prepare in render what their settings need; a render that hangs does not keep the form back.
    await Promise.race([start(this.host, one, one.area ?? this.host.system.area), pause(SETTINGS_WAIT_MS)]);
    await call(this.host, one, "settings", $body, ...(context ? [context] : []));
    saveUnseen(this.host, opened);
    // Beside the form, because widgets hide it or draw another one in its place.
    if (one.boot.status === "installed") drawOtherForms(this.host, one, $form.parent());
  }

  async onSave(one: Running, active: "Y" | "N", fields: Values): Promise<boolean> {
    return await askOnSave(this.host, one, active, fields);
  }

  async call(one: Running, path: string, ...given: unknown[]): Promise<unknown> {
    return await call(this.host, one, path, ...given);
  }
}

const SETTINGS_WAIT_MS = 3000;

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** An absolute id, so that the widget's relative ids lead into its own folder. */
export function scriptAddress(one: Running): string {
  return `${one.boot.path}/script.js?version=${encodeURIComponent(one.boot.version)}`;
}
