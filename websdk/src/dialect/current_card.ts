/** `APP.data.current_card` and `APP.data.current_list`: what the page shows, live (contract 3.7). */

import type { BootEntity, BootList } from "../boot";
import { ELEMENT_TYPES } from "./tables";

export interface BackboneModel {
  attributes: Record<string, unknown>;
  set(values: Record<string, unknown>): unknown;
  get(name: string): unknown;
  toJSON(): Record<string, unknown>;
}

export interface Backbone {
  Model: new (values?: object) => BackboneModel;
  Collection: new (rows?: object[]) => BackboneCollection;
}

export interface BackboneCollection {
  models: BackboneModel[];
  where(values: object): BackboneModel[];
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

export function currentCard($: JQueryStatic, backbone: Backbone, entity: BootEntity, root: Element): CurrentCard {
  const model = new backbone.Model({ ID: entity.id, ...entity.values });
  const follow = (input: Element): void => {
    const names = namesOf(input, entity.kind);
    if (names.length === 0) return;
    const value = valueOf($, input);
    model.set(Object.fromEntries(names.map((name) => [name, value])));
  };
  for (const input of root.querySelectorAll("input[name], select[name], textarea[name]")) follow(input);
  $(root).on("input change", "input[name], select[name], textarea[name]", (event) => follow(event.currentTarget));
  return {
    id: entity.id,
    model,
    element_type: ELEMENT_TYPES[entity.kind],
    main_user: entity.main_user ?? 0,
    fields_hider: { model },
    $el: $(root),
  };
}

function namesOf(input: Element, kind: BootEntity["kind"]): string[] {
  const name = input.getAttribute("name") ?? "";
  if (["token", "form_token", "seen"].includes(name) || name.startsWith("_")) return [];
  const field = input.closest(".linked-form__field[data-id]")?.getAttribute("data-id");
  const known = NAMES[name];
  if (known) return [name, `${FORM_NAMES[kind]}${known}`];
  return field ? [name, `CFV[${field}]`] : [name];
}

function valueOf($: JQueryStatic, input: Element): unknown {
  if (input instanceof HTMLInputElement && input.type === "checkbox") return input.checked ? input.value : "";
  return $(input).val();
}

/** Makes the collection of a list's rows; `checked` follows the tick boxes, see places/list_menu.ts. */
export function currentList(backbone: Backbone, list: BootList): BackboneCollection {
  return new backbone.Collection(list.rows.map((row) => ({ id: row.id, name: row.name ?? "", checked: false })));
}
