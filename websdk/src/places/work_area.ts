/** A widget's own page in Settings or in the left menu (contract 3.14). */

import type { Host, Running } from "../hosting";
import type { Runner } from "../widgets/runner";
import { nameOf } from "./right_panel";

/** Draws the page's frame, and lets the widget fill it. */
export async function drawWorkArea(host: Host, one: Running, runner: Runner): Promise<void> {
  const { $, page, boot } = host;
  const about = boot.system.work_area;
  if (!about) return;
  const place = page.querySelector("[data-work-area]") ?? page.querySelector("#main") ?? page.body;
  const isSettings = boot.system.area === "advanced-settings" || boot.system.area === "advanced_settings";
  const title = (isSettings ? one.boot.manifest.advanced_title : "") || nameOf(one);
  const $top = $("<div class='list__body-right__top'>").append(
    $("<div class='content__top__preset'>").append($("<h1 class='content__top__preset__caption'>").text(title)),
  );
  const $area = $("<div class='work-area'>").attr("id", `work-area-${one.code}`);
  const $holder = $("<div id='list_page_holder' class='list__body-right'>").append($top, $area);
  const $page = $("<div class='widget-page'>").attr("id", `widget-page_${one.code}`).append($holder);
  // Some widgets take the whole page over, which the dialect calls so.
  $("<div id='page_holder'>").append($page).appendTo(place);
  if (isSettings) await runner.call(one, "advancedSettings");
  else {
    const { location = "widget_page", item_code, subitem_code } = about;
    await runner.call(one, "initMenuPage", { location, ...(item_code && { item_code }), ...(subitem_code && { subitem_code }) });
  }
}
