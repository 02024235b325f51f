/** A widget's own tab in the card, with its rows of products (contract 2.3 `card_sdk`, 3.3). */

import type { BootEntity } from "../boot";
import { ELEMENT_TYPES } from "../dialect/tables";
import type { Host, Running } from "../hosting";
import { call, callback, isAt } from "../widgets/lifecycle";
import { nameOf } from "./right_panel";

interface Product {
  id: number | string;
  sku?: string;
  name?: string;
  price?: number | string;
  quantity?: number;
}

/** Adds a tab for each started widget that wants one; its content is asked for when it is first opened. */
export function drawCardTabs(host: Host): void {
  const { $, page, boot } = host;
  const { entity } = boot;
  const place = page.querySelector("[data-card-tabs]") ?? page.querySelector(".card-main") ?? page.querySelector("#main");
  if (entity === null || place === null) return;
  for (const one of host.widgets.values()) {
    if (!isAt(one, "card_sdk") || one.area === null || page.getElementById(one.code)) continue;
    const $body = $("<div class='card-entity-tab'>").attr("id", one.code);
    const $tab = $("<details class='panel card-entity-section'>").append($("<summary class='card-title'>").text(nameOf(one)), $body);
    $tab.appendTo(place).one("toggle", () => void fill(host, one, entity, $body));
    linkWithCard(host);
  }
}

async function fill(host: Host, one: Running, entity: BootEntity, $body: JQuery): Promise<void> {
  const { $ } = host;
  const $wait = $("<p class='soft' role='status'>").text("One moment …").appendTo($body);
  const offered = rowsIn(await call(host, one, "loadPreloadedData"));
  const linked = rowsIn(await call(host, one, "loadElements", { id: entity.id, type: ELEMENT_TYPES[entity.kind] }, entity.id));
  $wait.remove();
  // No list of products: the widget fills its tab itself.
  if (offered === null) {
    if (host.boot.running?.strict) $body.append("<p class='soft'>This stands among the widgets, in its own block.</p>");
    return;
  }
  const held = new Map((linked ?? []).map((row) => [String(row.id), row.quantity ?? 1]));
  const before = new Map(held);
  const $rows = $("<table class='rows card-entity-rows'>").append(
    "<thead><tr><th scope='col'>Name</th><th scope='col'>Code</th><th scope='col'>Price</th><th scope='col'>Quantity</th></tr></thead>",
  );
  const draw = (rows: Product[]) => {
    const $lines = $("<tbody>");
    for (const row of rows) {
      const id = String(row.id);
      const $quantity = $("<input type='number' min='0' class='text-input'>").attr("aria-label", `Quantity of ${row.name ?? id}`).val(String(held.get(id) ?? 0));
      $quantity.on("change", () => void held.set(id, Number($quantity.val())));
      $lines.append($("<tr>").append($("<td>").text(row.name ?? id), $("<td>").text(row.sku ?? ""), $("<td>").text(String(row.price ?? "")), $("<td>").append($quantity)));
    }
    $rows.find("tbody").remove();
    $rows.append($lines);
  };
  const known = new Map([...offered, ...(linked ?? [])].map((row) => [String(row.id), row]));
  draw([...known.values()]);
  if (callback(one, "searchDataInCard")) $body.append(searchBox(host, one, entity, draw));
  const link = linking(one, entity, before, held);
  $body.data(LINKING, link).append($rows, saveButton(host, one, link));
}

function searchBox(host: Host, one: Running, entity: BootEntity, draw: (rows: Product[]) => void): JQuery {
  const $query = host.$("<input type='search' class='text-input' aria-label='Search' placeholder='Search'>");
  return $query.on("change", () => {
    void call(host, one, "searchDataInCard", String($query.val()), ELEMENT_TYPES[entity.kind], entity.id).then((found) => draw(rowsIn(found) ?? []));
  });
}

type Linking = () => Promise<void> | null;

/** Returns what tells the widget which rows were linked since it was last told; null from it: none were. */
function linking(one: Running, entity: BootEntity, before: Map<string, number>, held: Map<string, number>): Linking {
  const row = (id: string, quantity: number) => ({
    from: entity.kind,
    from_id: entity.id,
    to: one.code,
    to_id: Number.isNaN(Number(id)) ? id : Number(id),
    quantity,
    to_widget_id: one.boot.id,
  });
  return () => {
    const changed = [...held].filter(([id, quantity]) => (before.get(id) ?? 0) !== quantity);
    if (changed.length === 0) return null;
    const link = changed.filter(([, quantity]) => quantity > 0).map(([id, quantity]) => row(id, quantity));
    const unlink = changed.filter(([, quantity]) => quantity <= 0).map(([id]) => row(id, 0));
    const linkCard = async (): Promise<void> => {
      await callback(one, "linkCard")?.({ link, unlink });
      for (const [id, quantity] of changed) before.set(id, quantity);
    };
    return linkCard();
  };
}

function saveButton(host: Host, one: Running, link: Linking): JQuery {
  const { $ } = host;
  const $outcome = $("<span role='status'>");
  const $button = $("<button type='button' class='button-input button-input_blue'><span class='button-input-inner__text'>Save</span></button>");
  $button.on("click", () => {
    Promise.resolve(link()).then(
      () => $outcome.text("Saved."),
      (error: unknown) => {
        host.report(one.code, "linkCard", error);
        $outcome.text("That was not saved.");
      },
    );
  });
  return $("<p class='grantway-form__actions'>").append($button, $outcome);
}

const LINKING = "grantway-linking";
// The card is not kept from being saved by a widget that hangs or fails.
const LINKING_WAIT_MS = 5000;

/** Has the rows of the tabs linked first when the card itself is saved. */
function linkWithCard({ $, page, report }: Host): void {
  const ready = new WeakSet<Element>();
  $(page).off("submit.grantway-tabs").on("submit.grantway-tabs", ".card-fields form", (event) => {
    const form = event.currentTarget as HTMLFormElement;
    if (ready.has(form)) return;
    const links = $(".card-entity-tab").toArray().flatMap((tab) => {
      const under_way = ($(tab).data(LINKING) as Linking | undefined)?.();
      return under_way ? [under_way.catch((error: unknown) => report(tab.id, "linkCard", error))] : [];
    });
    if (links.length === 0) return;
    event.preventDefault();
    const { submitter = null } = (event.originalEvent ?? {}) as SubmitEvent;
    const late = new Promise((resolve) => setTimeout(resolve, LINKING_WAIT_MS));
    void Promise.race([Promise.all(links), late]).then(() => {
      ready.add(form);
      // The page takes a second press for a slip of the hand.
      delete form.dataset["busy"];
      form.requestSubmit(submitter);
    });
  });
}

function rowsIn(answer: unknown): Product[] | null {
  return Array.isArray(answer) ? (answer as Product[]) : null;
}
