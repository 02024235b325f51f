/** The tabs in the modal of an own integration; widgets add one of theirs, and listen to the choice. */

import type { Running } from "../hosting";

const PANES: Record<string, string> = {
  description: ".widget-settings__desc-space",
  keys: ".view-integration-modal__keys",
  access: ".view-integration-modal__access",
};
const TITLES: Record<string, string> = { description: "Settings", keys: "Keys", access: "Access" };

/** Puts the tabs above the right side; keys and access only lead to the control origin, where no widget runs. */
export function drawOwnTabs($: JQueryStatic, one: Running, $right: JQuery): void {
  if (one.boot.category_code !== "own_integrations") return;
  const $tabs = $("<div class='view-integration-modal__tabs' role='radiogroup' aria-label='Parts of the settings'>");
  for (const [id, title] of Object.entries(TITLES)) {
    const $input = $("<input type='radio' name='type_integration_modal'>").attr({ id, value: id }).prop("checked", id === "description");
    $tabs.append($("<label class='view-integration-modal__tab'>").attr("for", id).append($input, $("<span>").text(title)));
  }
  for (const pane of ["keys", "access"]) {
    const $pane = $(`<div class='view-integration-modal__${pane} hidden'>`).append("<p>Keys and access are managed where no widget runs.</p>");
    const address = one.boot.listing?.manage_href;
    if (address) $pane.append($("<a class='button-input'>").attr("href", address).text("Manage"));
    $right.append($pane);
  }
  $right.prepend($tabs);
  $tabs.on("change", "input[name=type_integration_modal]", () => {
    const chosen = $tabs.find("input:checked").attr("id");
    for (const [id, selector] of Object.entries(PANES)) $right.find(selector).toggleClass("hidden", id !== chosen);
  });
}
