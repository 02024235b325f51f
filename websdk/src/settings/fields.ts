/** The form of a widget's settings: drawn from its manifest, and read (contract 2.4, 3.14). */

import type { BotField, Manager, SettingField } from "../boot";

export type Values = Record<string, unknown>;

interface Drawing {
  $: JQueryStatic;
  code: string;
  managers: Record<string, Manager>;
}

export function drawFields({ $, code, managers }: Drawing, fields: SettingField[], values: Values): JQuery {
  const $all = $();
  return fields.reduce(($drawn, field) => $drawn.add(drawField({ $, code, managers }, field, values[field.code])), $all);
}

function drawField(drawing: Drawing, field: SettingField, value: unknown): JQuery {
  const { $, code } = drawing;
  const $item = $("<div class='widget_settings_block__item_field'>").attr("data-field", field.code);
  const id = `${code}_${field.code}`;
  const $title = $("<label class='widget_settings_block__title_field'>").attr({ title: field.name, for: id }).text(field.name);
  if (field.is_required) $title.append(" <span class='grantway-needed' aria-hidden='true'>*</span>");
  const $input = $("<div class='widget_settings_block__input_field'>");
  $item.append($title, $input);
  switch (field.type) {
    case "users":
    case "users_lp":
      $item.addClass("widget_settings_block_users");
      $title.addClass("widget_settings_block_users__title_field").removeAttr("for");
      $input.append(usersTable(drawing, field, objectIn(value)));
      break;
    case "custom":
      // The widget draws into the empty element, and keeps its value in the hidden input.
      $input.append(
        $("<input type='hidden'>").attr({ name: field.code, id: `${code}_custom` }).addClass("widget_settings_block__controls__").val(textOf(value)),
        $("<div>").attr("id", `${code}_custom_content`),
      );
      break;
    default:
      $input.append(
        $("<input class='widget_settings_block__controls__ text-input' autocomplete='off'>")
          .attr({ name: field.code, id, ...(field.type === "pass" ? { type: "password", autocomplete: "new-password" } : { type: "text" }) })
          .val(textOf(value)),
      );
  }
  if (field.is_required) $input.find("input").attr("aria-required", "true");
  return $item;
}

function usersTable({ $, managers }: Drawing, field: SettingField, held: Values): JQuery {
  const $table = $("<div class='widget_settings_block__users'>");
  for (const manager of Object.values(managers).filter((one) => one.active)) {
    const $row = $("<div class='widget_settings_block__users__row'>").append($("<span class='widget_settings_block__users__name'>").text(manager.title));
    const base = `${field.code}[${manager.id}]`;
    const text = (name: string, type: string, value: unknown, words: string) =>
      $("<input class='widget_settings_block__controls__ text-input' autocomplete='off'>")
        .attr({ name, type, "aria-label": `${field.name}, ${manager.title}${words}`, placeholder: words.slice(2) })
        .val(textOf(value));
    if (field.type === "users") $row.append(text(base, "text", held[manager.id], ""));
    else {
      const pair = objectIn(held[manager.id]);
      $row.append(text(`${base}[login]`, "text", pair["login"], ", login"), text(`${base}[password]`, "password", pair["password"], ", password"));
    }
    $table.append($row);
  }
  return $table;
}

/** Reads the values by field code, as `onSave` gets them. */
export function readFields($form: JQuery, fields: SettingField[]): Values {
  return Object.fromEntries(fields.map((field) => [field.code, readField($form, field)]));
}

/** Reads the fields that are there: a widget may have drawn something else in place of its form. */
export function readForm($form: JQuery, fields: SettingField[]): Values {
  const names = $form.find(":input").toArray().map((one) => one.getAttribute("name") ?? "");
  return readFields($form, fields.filter(({ code }) => names.some((name) => name === code || name.startsWith(`${code}[`))));
}

function readField($form: JQuery, field: SettingField): unknown {
  if (field.type !== "users" && field.type !== "users_lp") {
    return textOf($form.find("input, textarea, select").filter((_, one) => one.getAttribute("name") === field.code).last().val());
  }
  const held: Record<string, unknown> = {};
  for (const input of $form.find("input").toArray() as HTMLInputElement[]) {
    const [, name, user, part] = /^(.+?)\[(\d+)\](?:\[(login|password)\])?$/.exec(input.name) ?? [];
    if (name !== field.code || user === undefined) continue;
    if (part === undefined) held[user] = input.value;
    else held[user] = { ...objectIn(held[user]), [part]: input.value };
  }
  return held;
}

/** Returns the required fields that are empty. */
export function missing(fields: SettingField[], values: Values): SettingField[] {
  return fields.filter((field) => field.is_required && isEmpty(values[field.code]));
}

function isEmpty(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).every(isEmpty);
  return textOf(value).trim() === "";
}

/** Leaves out what the dialect does not keep: a custom value that is neither JSON nor a number. */
export function storable(fields: SettingField[], values: Values): Values {
  const custom = new Set(fields.filter((field) => field.type === "custom").map((field) => field.code));
  return Object.fromEntries(Object.entries(values).filter(([code, value]) => !custom.has(code) || isJson(value)));
}

function isJson(value: unknown): boolean {
  if (typeof value !== "string") return true;
  if (value === "") return true;
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

/** Marks the fields of *codes* as wrong, and no others; the first one gets the focus. */
export function markWrong($form: JQuery, wrong: Record<string, string>): void {
  const $items = $form.find(".widget_settings_block__item_field");
  $items.removeClass("widget_settings_block__item_field_error").find(".widget_settings_block__error").remove();
  let isFirst = true;
  $items.each((_, item) => {
    const words = wrong[item.getAttribute("data-field") ?? ""];
    if (words === undefined) return;
    const error = item.ownerDocument.createElement("p");
    error.className = "widget_settings_block__error";
    error.textContent = words;
    item.classList.add("widget_settings_block__item_field_error");
    item.append(error);
    const input = item.querySelector<HTMLInputElement>("input:not([type=hidden])");
    input?.setAttribute("aria-invalid", "true");
    if (isFirst) input?.focus();
    isFirst = false;
  });
}

/** Draws the fields of a step of a Salesbot: typed by hand, or chosen among the CRM's fields. */
export function drawBotFields($: JQueryStatic, fields: BotField[], values: Values, crmFields: [string, string][]): JQuery {
  return fields.reduce(($drawn, field) => {
    const $item = $("<div class='widget_settings_block__item_field'>").attr("data-field", field.code);
    const label = $("<label class='widget_settings_block__title_field'>").text(field.name);
    const held = textOf(values[field.code] ?? field.default_value);
    const $value = field.manual === false ? $("<select class='text-input'>") : $("<input class='text-input' autocomplete='off'>");
    if (field.manual === false) {
      $("<option>").val("").text("–").appendTo($value);
      for (const [id, name] of crmFields) $("<option>").val(`{{lead.cf.${id}}}`).text(name).appendTo($value);
    } else $value.attr("type", field.type === "numeric" ? "number" : field.type === "url" ? "url" : "text");
    $value.attr({ name: field.code, "aria-label": field.name }).val(held);
    return $drawn.add($item.append(label, $("<div class='widget_settings_block__input_field'>").append($value)));
  }, $());
}

export function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function objectIn(value: unknown): Values {
  if (typeof value === "string") {
    try {
      return objectIn(JSON.parse(value));
    } catch {
      return {};
    }
  }
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Values) : {};
}
