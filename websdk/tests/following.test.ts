import { beforeEach, describe, expect, test, vi } from "vitest";

import type { Boot, BootEntity, ListRow } from "../src/boot";
import { changesBetween } from "../src/dialect/following";
import { boot, script, widget, world, $ } from "./world";

type Self = Record<string, (...given: unknown[]) => unknown>;

beforeEach(() => {
  document.body.innerHTML = "<main id='main'></main>";
});

/** Puts another document into the page and says so, as live.js does. */
function refresh(now: Boot): void {
  document.querySelector("#grantway-boot")?.remove();
  const told = document.createElement("script");
  told.type = "application/json";
  told.id = "grantway-boot";
  told.textContent = JSON.stringify(now);
  document.body.append(told);
  document.dispatchEvent(new CustomEvent("grantway:refreshed"));
}

const channel = (self: unknown, name: string) => {
  const told = vi.fn();
  const leave = (self as Self)["listenSocketChannel"]?.(name, [], told) as () => void;
  return { told, leave };
};

describe("a list that follows what others changed", () => {
  const lists = (rows: ListRow[]) => boot([widget({}, { locations: ["llist-1"] })], { entity: null, list: { kind: "leads", rows }, system: { area: "llist", page: "leads", domain: "", server: "" } });
  const rowsOf = (ids: number[]) => ids.map((id) => `<input type='checkbox' data-row-id='${id}'>`).join("");
  const row = (id: number, stage: number, name = "") => ({ id, name, values: { "lead[NAME]": name, "lead[STATUS]": String(stage), "lead[PIPELINE_ID]": "5" } });

  async function list() {
    $("#main").html(`<div id='list'><div id='rows'>${rowsOf([1, 2])}</div></div>`);
    const at = world(lists([row(1, 10), row(2, 10)]), { parcel: script({ leads: { selected: () => undefined } }) });
    await at.workplace.begin(at.runner);
    return at;
  }

  test("has its new rows in current_list, and in what is ticked", { tags: ["app:data.current_list", "widget:list_selected"] }, async () => {
    const at = await list();
    const { current_list } = at.workplace.app.data;
    if (!current_list) throw new Error("no list");
    const second = current_list.get(2);

    $("#rows").html(rowsOf([3, 2]));
    refresh(lists([row(3, 10, "New"), row(2, 10, "Named")]));
    $("[data-row-id=3]").prop("checked", true).trigger("change");

    expect(at.workplace.app.data.current_list).toBe(current_list);
    expect(current_list.models.map((one) => [one.get("id"), one.get("name"), one.get("checked")])).toEqual([
      [3, "New", true],
      [2, "Named", false],
    ]);
    expect(current_list.get(2)).toBe(second);
    expect((at.one().instance as Self)["list_selected"]?.()).toMatchObject({ count_selected: 1, selected: [{ id: 3 }] });
  });

  test("takes its bar away with the rows that were ticked", async () => {
    await list();
    $("[data-row-id=1]").prop("checked", true).trigger("change");
    expect($(".grantway-selection").prop("hidden")).toBe(false);

    $("#rows").html(rowsOf([2]));
    refresh(lists([row(2, 10)]));

    expect($(".grantway-selection").prop("hidden")).toBe(true);
  });

  test("tells which stage a lead had, and which rows came and went", { tags: ["widget:listenSocketChannel"] }, async () => {
    const at = await list();
    const self = at.one().instance;
    const [events, pipeline, other] = [channel(self, "leads:events"), channel(self, "leads:pipeline:5"), channel(self, "leads:pipeline:6")];

    refresh(lists([row(3, 10), row(2, 20)]));

    const params = { name: "lead[STATUS]", value: "20", old_value: "10" };
    const message = { event: "changed", data: { entity_type: "leads", entity_id: 2, params } };
    expect(events.told.mock.calls.map(([one]) => [(one as typeof message).event, (one as typeof message).data.entity_id])).toEqual([
      ["appeared", 3],
      ["changed", 2],
      ["left", 1],
    ]);
    expect(pipeline.told).toHaveBeenCalledWith(message);
    expect(other.told).not.toHaveBeenCalled();
  });

  test("says nothing when nothing changed", async () => {
    const at = await list();
    const { told } = channel(at.one().instance, "leads:events");

    refresh(lists([row(1, 10), row(2, 10)]));

    expect(told).not.toHaveBeenCalled();
  });
});

test("a lead that moves to another pipeline is told in both", () => {
  const at = (pipeline: number) => ({ list: null, entity: { kind: "leads", id: 1, values: { "lead[PIPELINE_ID]": String(pipeline) } } as BootEntity });

  expect(changesBetween(at(5), at(6)).map((one) => one.channel)).toEqual(["leads:card:1", "leads:events", "leads:pipeline:5", "leads:pipeline:6"]);
});

test("another card is no change of this one", () => {
  const at = (id: number) => ({ list: null, entity: { kind: "leads", id, name: String(id) } as BootEntity });

  expect(changesBetween(at(1), at(2))).toEqual([]);
});

describe("a card that follows what others changed", () => {
  const card = (values: Record<string, unknown>, contacts: BootEntity["contacts"] = []) =>
    boot([widget()], { entity: { kind: "leads", id: 12, main_user: Number(values["lead[MAIN_USER]"] ?? 7), values, contacts } });
  const fields = (value: string) => `<div id='card'><div id='details'><div class='linked-form__field' data-id='901'><input name='cf-901' value='${value}'></div></div></div>`;

  async function shown(values: Record<string, unknown>, callbacks = {}) {
    $("#main").html(fields("x"));
    const at = world(card(values), { parcel: script(callbacks) });
    await at.workplace.begin(at.runner);
    return at;
  }

  test("has the new values in the model that widgets hold", { tags: ["app:data.current_card.model", "app:data.current_card.main_user"] }, async () => {
    const at = await shown({ "lead[STATUS]": "10", "CFV[5]": "gone" });
    const { current_card } = at.workplace.app.data;
    if (!current_card) throw new Error("no card");
    const { model } = current_card;

    $("#details").html($(fields("y")).find("#details").html());
    refresh(card({ "lead[STATUS]": "20", "lead[MAIN_USER]": "8", "CFV[901]": "y" }));

    expect(current_card.model).toBe(model);
    expect(model.attributes).toMatchObject({ "lead[STATUS]": "20", "CFV[901]": "y" });
    expect([model.attributes["CFV[5]"], current_card.main_user]).toEqual([undefined, 8]);
  });

  test("tells its widgets what changed, with the value before", { tags: ["widget:listenSocketChannel"] }, async () => {
    const at = await shown({ "lead[STATUS]": "10" });
    const { told, leave } = channel(at.one().instance, "leads:card:12");

    refresh(card({ "lead[STATUS]": "20" }));
    leave();
    refresh(card({ "lead[STATUS]": "30" }));

    expect(told).toHaveBeenCalledExactlyOnceWith({ event: "changed", data: { entity_type: "leads", entity_id: 12, params: { name: "lead[STATUS]", value: "20", old_value: "10" } } });
  });

  test("one that listens and fails leaves the others alone", async () => {
    const at = await shown({ "lead[STATUS]": "10" });
    (at.one().instance as Self)["listenSocketChannel"]?.("leads:card:12", [], () => {
      throw new Error("no");
    });
    const { told } = channel(at.one().instance, "leads:card:12");

    refresh(card({ "lead[STATUS]": "20" }));

    expect([told.mock.calls.length, at.troubles]).toEqual([1, [": leads:card:12"]]);
  });

  test("offers actions at the numbers that are there now", { tags: ["widget:add_action"] }, async () => {
    const at = await shown({});
    (at.one().instance as Self)["add_action"]?.("phone", () => undefined);

    $("#details").html("<a href='tel:+1'>+1</a>");
    refresh(card({}));

    expect($("#details .grantway-action")).toHaveLength(1);
  });
});

describe("the model of a card", () => {
  const of = async (inputs: string) => {
    $("#main").html(`<div id='card'><div class='linked-form__field' data-id='5'>${inputs}</div></div>`);
    const at = world(boot([widget()]), { parcel: script() });
    await at.workplace.begin(at.runner);
    const { current_card } = at.workplace.app.data;
    return current_card && current_card.model.attributes["CFV[5]"];
  };
  const text = (at: number, value: string) => `<input name='cf-5-text-${at}' value='${value}'><select name='cf-5-kind-${at}'><option value='77' selected></option></select>`;
  const marker = "<input type='hidden' name='cf-5' value='1'>";

  test.each([
    ["a text", "<input name='cf-5' value='a'>", "a"],
    ["one number with an empty line below", marker + text(0, "+1") + text(1, ""), "+1"],
    ["two numbers", marker + text(0, "+1") + text(1, "+2") + text(2, ""), ["+1", "+2"]],
    ["no number", marker + text(0, ""), ""],
    ["a tick", `${marker}<input type='checkbox' name='cf-5-on' value='1' checked>`, "Y"],
    ["no tick", `${marker}<input type='checkbox' name='cf-5-on' value='1'>`, ""],
    ["choices", `${marker}<input type='checkbox' name='cf-5-31' value='1' checked><input type='checkbox' name='cf-5-32' value='1'>`, ["31"]],
  ])("has the value of %s", { tags: ["app:data.current_card.model"] }, async (_, inputs, value) => {
    expect(await of(inputs)).toEqual(value);
  });
});

describe("what waited for this person", () => {
  const notice = (widget: string) => ({ kind: "call" as const, widget, content: { text: "Ann calls" } });

  test("is told to who listens, and to the widget that it is of", { tags: ["app:addNotificationCallback", "widget:listenSocketChannel"] }, async () => {
    const at = world(boot([widget()]), { parcel: script() });
    await at.workplace.begin(at.runner);
    const [own, other] = [vi.fn(), vi.fn()];
    at.workplace.app.addNotificationCallback("parcel", own);
    at.workplace.app.addNotificationCallback("other", other);
    const { told } = channel(at.one().instance, "notifications:31:7");

    at.workplace.deliver([notice("parcel")]);

    const message = { event: "call", data: { widget: "parcel", params: { text: "Ann calls" } } };
    expect(own).toHaveBeenCalledExactlyOnceWith(message);
    expect(told).toHaveBeenCalledExactlyOnceWith(message);
    expect(other).not.toHaveBeenCalled();
    expect($(".grantway-toast")).toHaveLength(1);
  });

  test("one that was left by no widget is told to all", async () => {
    const at = world(boot([widget()]), { parcel: script() });
    await at.workplace.begin(at.runner);
    const told = vi.fn();
    at.workplace.app.addNotificationCallback("parcel", told);

    at.workplace.deliver([notice("")]);

    expect(told).toHaveBeenCalledOnce();
  });
});
