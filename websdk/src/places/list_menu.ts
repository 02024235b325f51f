/** Lists: ticked rows, the menu "More", and the widget that works with them (contract 3.2, row 6). */

import type { BootList, EntityKind, ListRow } from "../boot";
import type { BackboneCollection } from "../dialect/current_card";
import type { Host, Running } from "../hosting";
import { call, callback, isAt, usesPanel } from "../widgets/lifecycle";
import { nameOf, type RightPanel } from "./right_panel";

export interface SelectedRow {
  id: number;
  type: string;
  emails: string[];
  phones: string[];
}

export interface Selected {
  selected: SelectedRow[];
  count_selected: number;
  summary: { items: number; emails: number; phones: number };
}

const TYPES: Record<EntityKind, string> = { leads: "lead", contacts: "contact", companies: "company", customers: "customer", tasks: "todo" };

/** Callbacks to try, in this order: widgets name the same list in two ways. */
const CALLBACKS: Record<EntityKind, string[]> = {
  leads: ["leads.selected"],
  contacts: ["contacts.selected"],
  companies: ["companies.selected", "contacts.selected"],
  customers: ["customers.selected"],
  tasks: ["todo.selected", "tasks.selected"],
};

export function selectedRows(page: Document, list: BootList): Selected {
  const rows = new Map(list.rows.map((row) => [row.id, row]));
  const chosen = [...page.querySelectorAll<HTMLInputElement>("input[data-row-id]:checked")]
    .map((tick) => rows.get(Number(tick.dataset["rowId"])))
    .filter((row): row is ListRow => row !== undefined);
  const selected = chosen.map(({ id, emails = [], phones = [] }) => ({ id, type: TYPES[list.kind], emails, phones }));
  const sum = (count: (row: SelectedRow) => number) => selected.reduce((total, row) => total + count(row), 0);
  return {
    selected,
    count_selected: selected.length,
    summary: { items: selected.length, emails: sum((row) => row.emails.length), phones: sum((row) => row.phones.length) },
  };
}

/** Draws the bar that appears with the first tick. Returns what takes it away again. */
export function listMenu(host: Host, area: string, list: BootList, collection: BackboneCollection, panel: RightPanel): () => void {
  const { $, page } = host;
  const $bar = $(
    `<div class="list-multiple-actions grantway-selection" role="toolbar" aria-label="With the ticked rows" hidden><span class="grantway-selection__count" role="status"></span><span class="grantway-menu"><button type="button" class="button-input grantway-menu__button" aria-haspopup="true" aria-expanded="false"><span class="button-input-inner"><span class="button-input-inner__text">More</span></span></button><ul class="grantway-menu__items" hidden></ul></span></div>`,
  );
  const $place = $("[data-widgets-more]");
  if ($place.length) $bar.appendTo($place);
  else $bar.prependTo($("#list").length ? $("#list") : $("#main"));
  const $button = $bar.find(".grantway-menu__button");
  const $items = $bar.find(".grantway-menu__items");

  const offered = () => [...host.widgets.values()].filter((one) => isAt(one, area) && one.area !== null && wanted(one, list.kind) !== null);
  const shut = () => {
    $items.prop("hidden", true);
    $button.attr("aria-expanded", "false");
  };
  const follow = (): void => {
    const { selected } = selectedRows(page, list);
    for (const model of collection.models) model.set({ checked: selected.some((row) => row.id === model.get("id")) });
    $bar.prop("hidden", selected.length === 0 || offered().length === 0);
    $bar.find(".grantway-selection__count").text(selected.length === 1 ? "1 ticked" : `${selected.length} ticked`);
    if (selected.length === 0) shut();
  };

  $button.on("click", () => {
    const isOpening = Boolean($items.prop("hidden"));
    $items.empty();
    for (const one of offered()) {
      const $entry = $("<button type='button' class='grantway-menu__entry'>").text(nameOf(one));
      $entry.attr("data-widget-code", one.code).on("click", () => {
        shut();
        if (usesPanel(one, area)) panel.openFor(one);
        void call(host, one, wanted(one, list.kind) ?? "");
      });
      $items.append($("<li>").append($entry));
    }
    $items.prop("hidden", !isOpening);
    $button.attr("aria-expanded", String(isOpening));
    if (isOpening) $items.find("button").first().trigger("focus");
  });
  $bar.on("keydown", (event) => {
    if ((event.originalEvent as KeyboardEvent | undefined)?.key !== "Escape") return;
    shut();
    $button.trigger("focus");
  });
  $(page).on("change.grantway-list", "input[data-row-id]", follow).on("grantway:followed.grantway-list", follow);
  follow();
  return () => {
    $(page).off(".grantway-list");
    $bar.remove();
    panel.close();
  };
}

function wanted(one: Running, kind: EntityKind): string | null {
  return CALLBACKS[kind].find((path) => callback(one, path) !== null) ?? null;
}
