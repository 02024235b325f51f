/** Save: a delegated handler that widgets may hold back, or press by script (contract 3.14, 4.2 row 5). */

import { refresh, type Host, type Running } from "../hosting";
import { Refused } from "../server";
import { callback } from "../widgets/lifecycle";
import { markWrong, missing, readFields, storable, type Values } from "./fields";
import type { SettingsModal } from "./modal";

export interface SavingTold {
  /** Called when the settings are stored, with the status before. */
  saved(one: Running, before: Running["status"]): Promise<void>;
  /** How `onSave` is asked: here in the page, or in the widget's frame. */
  onSave(one: Running, active: "Y" | "N", fields: Values): Promise<boolean>;
}

/**
 * Binds on the modal, not on the button, with the same jQuery that widgets have: so `.off("click")`
 * on the button leaves it, and `return false` in a handler on the button stops it.
 */
export function bindSave(host: Host, opened: SettingsModal, told: SavingTold): void {
  const { $modal } = opened;
  $modal.on("click", ".js-widget-save", (event) => {
    event.preventDefault();
    void save(host, opened, host.$(event.currentTarget), told);
  });
  // A press while a save is under way would store twice.
  $modal.on("change input", ".widget_settings_block__fields :input", () => {
    $modal.find(".js-widget-save").trigger("button:save:enable");
    $modal.find(".widget_settings_block__outcome").text("");
  });
}

/** Saves for a widget that leaves people nothing to fill in and nothing to press (contract 4.2 row 5). */
export function saveUnseen({ $ }: Host, { one, $modal }: SettingsModal): void {
  const $fields = $modal.find("#widget_settings__fields_wrapper");
  const isHidden = $fields.parentsUntil($modal).addBack().toArray().some((part) => $(part).css("display") === "none");
  if (one.boot.status !== "not_configured" || !isHidden) return;
  $fields.find(".js-widget-save").removeAttr("data-onsave-destroy-modal").trigger("click");
}

const busy = new WeakSet<object>();

async function save(host: Host, opened: SettingsModal, $save: JQuery, told: SavingTold): Promise<void> {
  if (busy.has(opened)) return;
  busy.add(opened);
  const { one, modal, $modal } = opened;
  const $form = $modal.find(".widget_settings_block__fields");
  const failed = (wrong: Record<string, string>, words: string) => {
    markWrong($form, wrong);
    say($modal, words);
    $save.trigger("button:save:error");
  };
  $save.trigger("button:load:start");
  try {
    const template = one.boot.manifest.settings;
    const fields = readFields($form, template);
    // What the widget keeps in a hidden input it may still fill in `onSave`.
    const visible = template.filter((field) => field.type !== "custom");
    const isEmptyNow = missing(visible, fields);
    if (isEmptyNow.length > 0) return failed(needed(isEmptyNow), "Fill in what is needed.");
    if (!(await told.onSave(one, "Y", fields))) return failed({}, "The integration did not accept these settings.");
    const isEmptyStill = missing(template, fields);
    if (isEmptyStill.length > 0) return failed(needed(isEmptyStill), "Fill in what is needed.");
    const before = one.boot.status;
    refresh(one, await host.server.saveSettings(one.code, storable(template, fields)));
    markWrong($form, {});
    const closes = $save.attr("data-onsave-destroy-modal") === "true";
    await told.saved(one, before);
    if (closes) modal.destroy();
    else say($modal, "Saved.");
  } catch (error) {
    if (error instanceof Refused && error.faults.length > 0) {
      failed(Object.fromEntries(error.faults.map((fault) => [fault.path.replace(/^fields\./, ""), fault.detail])), "That was not saved.");
    } else {
      host.report(one.code, "save", error);
      failed({}, "That was not saved. Try again.");
    }
  } finally {
    busy.delete(opened);
    $save.trigger("button:load:stop");
  }
}

function needed(fields: { code: string; name: string }[]): Record<string, string> {
  return Object.fromEntries(fields.map((field) => [field.code, `${field.name} is needed.`]));
}

function say($modal: JQuery, words: string): void {
  $modal.find(".widget_settings_block__outcome").text(words);
}

/** Asks the widget's own `onSave`; false, a rejection and an exception hold the save back. */
export async function askOnSave(host: Host, one: Running, active: "Y" | "N", fields: Values): Promise<boolean> {
  const onSave = callback(one, "onSave");
  if (onSave === null) return true;
  try {
    return (await onSave({ active, fields })) !== false;
  } catch (error) {
    host.report(one.code, "onSave", error);
    return false;
  }
}
