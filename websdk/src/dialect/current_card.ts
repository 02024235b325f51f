/** `APP.data.current_card` and `APP.data.current_list`: what the page shows, live (contract 3.7). */

import type { BootEntity, BootList } from "../boot";
import { ELEMENT_TYPES } from "./tables";

export interface BackboneModel {
  attributes: Record<string, unknown>;
  set(values: Record<string, unknown>, options?: { unset?: boolean }): unknown;
  get(name: string): unknown;
  toJSON(): Record<string, unknown>;
  changedAttributes(): Record<string, unknown> | false;
}

export interface Backbone {
  Model: new (values?: object) => BackboneModel;
  Collection: new (rows?: object[]) => BackboneCollection;
}

export interface BackboneCollection {
  models: BackboneModel[];
  where(values: object): BackboneModel[];
  /** Adds, changes and removes, so that it holds these; the models stay that stay. */
  set(rows: object[]): unknown;
  get(id: number): BackboneModel | undefined;
}

export interface CurrentCard {
  id: number;
  model: BackboneModel;
  element_type: number;
  main_user: number;
  fields_hider: { model: BackboneModel };
  $el: JQuery;
}

/** Where the page's inputs carry another name than the dialect's form has. */
const NAMES: Record<string, string> = {
  name: "[NAME]",
  price: "[PRICE]",
  pipeline_id: "[PIPELINE_ID]",
  responsible_user_id: "[MAIN_USER]",
};

const FORM_NAMES: Record<BootEntity["kind"], string> = {
  leads: "lead",
  contacts: "contact",
  companies: "company",
  customers: "customer",
};

const INPUTS = "input[name], select[name], textarea[name]";

export function currentCard($: JQueryStatic, backbone: Backbone, entity: BootEntity, root: Element): CurrentCard {
  const model = new backbone.Model({ ID: entity.id, ...entity.values });
  model.set(inputValues($, root.querySelectorAll(INPUTS), entity.kind));
  $(root).on("input change", INPUTS, (event) => model.set(inputValues($, [event.currentTarget], entity.kind)));
  return {
    id: entity.id,
    model,
    element_type: ELEMENT_TYPES[entity.kind],
    main_user: entity.main_user ?? 0,
    fields_hider: { model },
    $el: $(root),
  };
}

/** Takes over what others changed, in the model that widgets hold. */
export function refreshCard($: JQueryStatic, card: CurrentCard, before: BootEntity, now: BootEntity): void {
  const gone = Object.keys(before.values ?? {}).filter((name) => !(name in (now.values ?? {})));
  card.model.set(Object.fromEntries(gone.map((name) => [name, undefined])), { unset: true });
  card.model.set({ ...now.values, ...inputValues($, card.$el.find(INPUTS).toArray(), now.kind) });
  card.main_user = now.main_user ?? 0;
}

function inputValues($: JQueryStatic, inputs: Iterable<Element>, kind: BootEntity["kind"]): Record<string, unknown> {
  return Object.assign({}, ...[...inputs].map((input) => valuesAt($, input, kind))) as Record<string, unknown>;
}

/** Returns the value of an input by its own name, and by the name that the dialect's form has for it. */
function valuesAt($: JQueryStatic, input: Element, kind: BootEntity["kind"]): Record<string, unknown> {
  const name = input.getAttribute("name") ?? "";
  if (["token", "form_token", "seen"].includes(name) || name.startsWith("_")) return {};
  const value = valueOf($, input);
  const known = NAMES[name];
  if (known) return { [name]: value, [`${FORM_NAMES[kind]}${known}`]: value };
  const field = input.closest(".linked-form__field[data-id]");
  return { [name]: value, ...(field && { [`CFV[${field.getAttribute("data-id") ?? ""}]`]: fieldValue($, field) }) };
}

function valueOf($: JQueryStatic, input: Element): unknown {
  if (input instanceof HTMLInputElement && input.type === "checkbox") return input.checked ? input.value : "";
  return $(input).val();
}

/** Fields of several inputs have one value: that of texts without their kinds, of a choice the ids that are ticked. */
function fieldValue($: JQueryStatic, field: Element): unknown {
  const inputs = [...field.querySelectorAll<HTMLInputElement>("input[name]:not([type=hidden]), select[name], textarea[name]")];
  const texts = inputs.filter((input) => /-text-\d+$/.test(input.name));
  if (texts.length > 0) {
    const held = texts.map((input) => input.value).filter((text) => text !== "");
    return held.length > 1 ? held : (held[0] ?? "");
  }
  const [first] = inputs;
  if (first?.type !== "checkbox") return first ? $(first).val() : "";
  if (first.name.endsWith("-on")) return first.checked ? "Y" : "";
  return inputs.filter((input) => input.checked).map((input) => input.name.slice(input.name.lastIndexOf("-") + 1));
}

/** Makes the collection of a list's rows; `checked` follows the tick boxes, see places/list_menu.ts. */
export function currentList(backbone: Backbone, list: BootList): BackboneCollection {
  return new backbone.Collection(rowsOf(list));
}

/** Takes over the rows that the list shows now; what was ticked is no more. */
export function refreshList(collection: BackboneCollection, list: BootList): void {
  collection.set(rowsOf(list));
}

function rowsOf(list: BootList): object[] {
  return list.rows.map((row) => ({ id: row.id, name: row.name ?? "", checked: false }));
}
