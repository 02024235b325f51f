import { beforeEach, expect, test, vi } from "vitest";

import type { BootWidget } from "../src/boot";
import { drawOtherForms } from "../src/settings/other_forms";
import { boot, made, script, soon, widget, world, $ } from "./world";

beforeEach(() => {
  document.body.innerHTML = "<div id='place'></div>";
});

function draw(manifest: Partial<BootWidget["manifest"]>, callbacks: Record<string, unknown> = {}, changes: Partial<BootWidget> = {}) {
  const at = world(boot([widget(changes, manifest)]));
  made(at, script(callbacks));
  drawOtherForms(at.workplace.host, at.one(), $("#place"));
  return at;
}
const open = () => $("#place details").trigger("toggle");
const save = async () => {
  $("#place .grantway-form__actions button").trigger("click");
  for (let turn = 0; turn < 4; turn++) await soon();
};

test("a trigger of the digital pipeline has its form, and keeps its values", { tags: ["callback:dpSettings", "area:digital_pipeline", "dom:trigger"] }, async () => {
  const dpSettings = vi.fn();
  const at = draw({ locations: ["digital_pipeline"], dp: { settings: [{ code: "message", name: "Message", type: "textarea", is_required: false }] } }, { dpSettings });

  open();
  $(".digital-pipeline__short-task_widget-style_parcel [data-action=send_widget_hook] input[name=message]").val("Hello");
  await save();

  expect(dpSettings).toHaveBeenCalledOnce();
  expect(at.server.calls("saveForm")).toEqual([["parcel", "digital_pipeline", { message: "Hello" }]]);
});

test("a step of a Salesbot is drawn by handler, shows its exits, and stores what the widget makes of it", { tags: ["callback:salesbotDesignerSettings", "callback:onSalesbotDesignerSave", "area:salesbot_designer"] }, async () => {
  const settings = [
    { code: "text", name: "Text", type: "text", is_required: false, manual: true, default_value: "Hi" },
    { code: "field", name: "Field", type: "text", is_required: false, manual: false },
  ];
  const at = draw(
    { locations: ["salesbot_designer"], salesbot_designer: { greet: { name: "Greet", settings } } },
    {
      salesbotDesignerSettings: ($body: JQuery, renderRow: (caption: string) => JQuery) => {
        $body.append(renderRow("Own row"));
        return { exits: [{ code: "fine", title: "Went well" }] };
      },
      onSalesbotDesignerSave: (handler: string, params: object) => JSON.stringify({ handler, params }),
    },
  );

  open();
  await soon();
  expect([$("[data-exit=fine]").text(), $("#place").text().includes("Own row"), $("select[name=field]").length]).toEqual(["Went well", true, 1]);
  await save();

  const params = { text: "Hi", field: "" };
  expect(at.server.calls("saveForm")).toEqual([["parcel", "salesbot_designer.greet", { params, source: JSON.stringify({ handler: "greet", params }) }]]);
});

test("fields of the CRM are offered to a bot by their names", () => {
  const step = { name: "Greet", settings: [{ code: "field", name: "Field", type: "text", is_required: false, manual: false }] };
  const at = world(boot([widget({}, { locations: ["salesbot_designer"], salesbot_designer: { greet: step } })]));
  at.workplace.host.boot.account.cf = { 901: { ID: 901, NAME: "Colour" } };
  made(at, script());

  drawOtherForms(at.workplace.host, at.one(), $("#place"));

  expect($("select[name=field]").text()).toContain("Colour");
});

test("a source of leads tells the widget its pipeline", { tags: ["callback:onAddAsSource", "area:lead_sources"] }, async () => {
  const onAddAsSource = vi.fn();
  const at = draw({ locations: ["lead_sources"] }, { onAddAsSource });

  $("[name=pipeline_id]").val("7");
  await save();

  expect(onAddAsSource).toHaveBeenCalledExactlyOnceWith(7);
  expect(at.server.calls("saveForm")).toEqual([["parcel", "lead_sources", { pipeline_id: 7 }]]);
});

test("a pipeline without a number is not stored", async () => {
  const at = draw({ locations: ["lead_sources"] });

  await save();

  expect(at.server.calls("saveForm")).toEqual([]);
});

test("what was stored is shown again", () => {
  draw(
    { locations: ["digital_pipeline"], dp: { settings: [{ code: "message", name: "Message", type: "text", is_required: false }] } },
    {},
    { forms: { digital_pipeline: { message: "Kept" } } },
  );

  expect($("[name=message]").val()).toBe("Kept");
});

test("a widget without these places has no such forms", () => {
  draw({ locations: ["lcard-1"] });

  expect($("#place").children()).toHaveLength(0);
});
