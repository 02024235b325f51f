import { beforeEach, describe, expect, test, vi } from "vitest";

import type { BootWidget, SettingField } from "../src/boot";
import { Refused } from "../src/server";
import { confirmOnControlOrigin, type Opening } from "../src/settings/confirming";
import { SettingsDesk } from "../src/settings/desk";
import { drawFields, readFields, readForm, storable } from "../src/settings/fields";
import { PressGuard } from "../src/settings/pressing";
import { boot, RememberingServer, script, soon, widget, world, $, type World } from "./world";

const FIELDS: SettingField[] = [
  { code: "depot", name: "Depot", type: "text", is_required: true },
  { code: "drivers", name: "Drivers", type: "users", is_required: false },
  { code: "more", name: "More", type: "custom", is_required: false },
];

const opening: Opening = { open: () => ({}), leaveFor: vi.fn(), wait: () => Promise.resolve() };

interface Opened extends World {
  desk: SettingsDesk;
  press: (values: Record<string, unknown> | null) => void;
}

async function open(callbacks: Record<string, unknown> = {}, changes: Partial<BootWidget> = {}, by: Partial<Opening> = {}): Promise<Opened> {
  document.body.innerHTML = "<main id='main'></main>";
  const page = boot([widget({ status: "not_configured", active: "S", ...changes }, { settings: FIELDS })], {
    system: { area: "settings", page: "widgetsSettings", domain: "", server: "" },
    entity: null,
  });
  const at = world(page, { parcel: script(callbacks) });
  let typed: Record<string, unknown> | null = null;
  const desk: SettingsDesk = new SettingsDesk({
    workplace: at.workplace,
    runner: at.runner,
    guard: new PressGuard(window),
    opening: { ...opening, ...by },
    preview: { show: vi.fn(), press: () => Promise.resolve(typed) },
  });
  await at.workplace.begin(at.runner);
  await desk.open(at.one());
  return { ...at, desk, press: (values) => (typed = values) };
}

const $modal = () => $(".widget-settings__modal");
const $save = () => $modal().find(".js-widget-save");

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await soon();
}

beforeEach(() => {
  document.body.innerHTML = "";
});

describe("the settings modal", () => {
  test("has the class names and ids that widgets look for", { tags: ["dom:settings-modal", "area:settings"] }, async () => {
    await open();

    expect($("div.modal.widget-settings__modal.parcel > .modal-scroller > .modal-body > .widget-settings")).toHaveLength(1);
    for (const selector of [
      ".widget-settings__base-space .widget_main_info .widget_settings_block__title",
      ".widget_settings_block__head-desc",
      ".widget-settings__command-plate .widget-state.widget-state_status_install",
      ".js-widget-uninstall.button-cancel",
      ".widget-settings__wrap-desc-space .widget-settings__desc-space .widget_settings_block .widget_settings_block__descr",
      "#widget_settings__fields_wrapper.widget_settings_block__fields .widget_settings_block__item_field",
      ".widget_settings_block__title_field",
      ".widget_settings_block__input_field > input.widget_settings_block__controls__.text-input[name=depot]",
      "input[name='drivers[7]']",
      "input[type=hidden]#parcel_custom[name=more]",
      "div#parcel_custom_content",
      ".widget_settings_block__controls button.js-widget-save#save_parcel[data-onsave-destroy-modal=true]",
    ]) {
      expect($modal().find(selector).length, selector).toBeGreaterThan(0);
    }
  });

  test.each([
    ["hides its form", "none", 1],
    ["shows its form", "block", 0],
  ])("a widget that %s is saved when it is opened: %s, %i times", async (_, display, times) => {
    const manifest = { ...widget().manifest, settings: [{ code: "note", name: "Note", type: "text", is_required: false }] };
    const at = await open({ settings: ($body: JQuery) => void $body.find("#widget_settings__fields_wrapper").css({ display }) }, { manifest });
    await settle();

    expect(at.server.calls("save")).toHaveLength(times);
    expect($modal()).toHaveLength(1);
  });

  test("keeps the forms of other places when a widget hides its own", async () => {
    const manifest = { ...widget().manifest, locations: ["settings", "digital_pipeline"], settings: FIELDS, dp: { settings: [] } };
    await open({ settings: ($body: JQuery) => void $body.find(".widget_settings_block").hide() }, { status: "installed", manifest });

    expect([$modal().find(".grantway-form").length, $modal().find(".widget_settings_block .grantway-form").length]).toEqual([1, 0]);
  });

  test("gives its body to the settings callback, after render", { tags: ["callback:settings"] }, async () => {
    const ran: string[] = [];
    await open({ render: () => (ran.push("render"), true), settings: ($body: JQuery) => ran.push(`settings ${$body.find("[name=depot]").length}`) });

    expect(ran).toEqual(["render", "settings 1"]);
  });

  test("opens after a render that hangs, and after settings that throw", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const opened = open({ render: () => new Promise(() => undefined), settings: () => { throw new Error("no"); } });
    await vi.advanceTimersByTimeAsync(10_000);
    vi.useRealTimers();

    expect((await opened).troubles).toEqual(["parcel: settings"]);
    expect($save()).toHaveLength(1);
  });

  test("shows the status that the widget sets", { tags: ["widget:set_status"] }, async () => {
    const at = await open();

    (at.one().instance as { set_status: (status: string) => void }).set_status("error");

    expect($modal().find(".widget-state_status_error")).toHaveLength(1);
  });

  test("has the tabs of an own integration", { tags: ["dom:type_integration_modal"] }, async () => {
    await open({}, { category_code: "own_integrations" });
    const isHidden = (part: string) => $modal().find(part).hasClass("hidden");

    $("input[name=type_integration_modal]#keys").prop("checked", true).trigger("change");

    expect([".widget-settings__desc-space", ".view-integration-modal__keys", ".view-integration-modal__access"].map(isHidden)).toEqual([true, false, true]);
  });

  test("has no tabs for the integration of others", async () => {
    await open();

    expect($("input[name=type_integration_modal]")).toHaveLength(0);
  });

  test.each([
    [{ strict: false, preinstall_script: "off" }, 0],
    [{ strict: false, preinstall_script: "sandbox" }, 1],
    [{ strict: true, preinstall_script: "page" }, 1],
  ] as const)("before installing with %o the sandbox is shown %s times", async (rules, times) => {
    const at = await open({}, { status: "install" });
    at.workplace.host.boot.running = { ...rules };
    const { show } = at.desk.parts.preview as unknown as { show: ReturnType<typeof vi.fn> };
    show.mockClear();

    await at.desk.open(at.one());

    expect(show).toHaveBeenCalledTimes(times);
  });

  test("offers Install to administrators alone", async () => {
    const at = await open({}, { status: "install" });
    expect($modal().find("button.js-widget-install.install-widget__button#parcel[data-id=501]")).toHaveLength(1);
    at.workplace.host.boot.user.is_admin = false;
    await at.desk.open(at.one());

    expect($modal().find(".js-widget-install")).toHaveLength(0);
    expect($modal().text()).toContain("Only administrators");
  });
});

describe("Save", () => {
  const fill = () => $modal().find("[name=depot]").val("Lisbon");

  test("asks onSave, stores what it left in the fields, and closes", { tags: ["callback:onSave"] }, async () => {
    const onSave = vi.fn((form: { fields: Record<string, unknown> }) => {
      form.fields["more"] = '{"a":1}';
      return true;
    });
    const at = await open({ onSave });
    fill();
    $modal().find("[name='drivers[7]']").val("101");

    $save().trigger("click");
    await settle();

    expect(onSave.mock.calls[0]?.[0]).toMatchObject({ active: "Y", fields: { depot: "Lisbon", drivers: { 7: "101" } } });
    expect(at.server.calls("save")).toEqual([["parcel", { depot: "Lisbon", drivers: { 7: "101" }, more: '{"a":1}' }]]);
    expect([at.one().boot.status, $modal().length]).toEqual(["installed", 0]);
  });

  test("stays bound after off, and a handler's return false holds it back", { tags: ["dom:save-delegated"] }, async () => {
    const at = await open();
    fill();
    let holds = true;
    $save().off("click").on("click", () => !holds);

    $save().trigger("click");
    await settle();
    expect(at.server.calls("save")).toEqual([]);
    holds = false;
    $save().trigger("click");
    await settle();
    expect(at.server.calls("save")).toHaveLength(1);
  });

  test("works when a script presses it while it shows that it is busy", { tags: ["dom:save-delegated"] }, async () => {
    const at = await open();
    fill();

    $save().trigger("button:load:start").trigger("click");
    await settle();

    expect(at.server.calls("save")).toHaveLength(1);
  });

  test("leaves the modal open without data-onsave-destroy-modal", { tags: ["dom:data-onsave-destroy-modal"] }, async () => {
    await open();
    fill();
    $save().removeAttr("data-onsave-destroy-modal");

    $save().trigger("click");
    await settle();

    expect($modal().find(".widget_settings_block__outcome").text()).toBe("Saved.");
  });

  test.each([
    ["false", () => false],
    ["a promise of false", () => Promise.resolve(false)],
    ["a rejection", () => Promise.reject(new Error("no"))],
    ["an exception", () => { throw new Error("no"); }],
  ])("is held back by %s of onSave", { tags: ["callback:onSave"] }, async (_, onSave) => {
    const at = await open({ onSave });
    fill();

    $save().trigger("click");
    await settle();

    expect([at.server.calls("save").length, $save().hasClass("button-input_failed")]).toEqual([0, true]);
  });

  test.each([[true], [undefined], [Promise.resolve(true)]])("goes on after %s of onSave", { tags: ["callback:onSave"] }, async (answer) => {
    const at = await open({ onSave: () => answer });
    fill();

    $save().trigger("click");
    await settle();

    expect(at.server.calls("save")).toHaveLength(1);
  });

  test("asks for a required field first, and does not ask the widget", async () => {
    const onSave = vi.fn(() => true);
    const at = await open({ onSave });

    $save().trigger("click");
    await settle();

    expect([onSave.mock.calls.length, at.server.calls("save").length]).toEqual([0, 0]);
    expect($modal().find(".widget_settings_block__error").text()).toBe("Depot is needed.");
  });

  test("shows the server's words at the field they are about", async () => {
    const at = await open();
    at.server.save = () => Promise.reject(new Refused(400, [{ code: "TOO_LONG", path: "depot", detail: "At most 10 characters." }], "no"));
    fill();

    $save().trigger("click");
    await settle();

    expect($modal().find(".widget_settings_block__error").text()).toBe("At most 10 characters.");
  });

  test("pressed twice at once stores once", async () => {
    const at = await open();
    fill();

    $save().trigger("click").trigger("click");
    await settle();

    expect(at.server.calls("save")).toHaveLength(1);
  });
});

describe("installing", () => {
  test("is asked on the control origin, then starts the widget and tells the page", { tags: ["callback:onInstall", "dom:installed-event"] }, async () => {
    const onInstall = vi.fn();
    const at = await open({ onInstall }, { status: "install" });
    at.server.now = [widget({ status: "not_configured", on_install_due: true }, { settings: FIELDS })];
    at.press({ depot: "Lisbon" });
    const told = vi.fn();
    $(document).one("widget:parcel:installed", told);

    at.desk.pressed($(".js-widget-install").get(0)!, { action: "install", code: "parcel" });
    await settle();

    expect(at.server.calls("intend")).toEqual([[at.one().boot.oauth_client_uuid, "install", []]]);
    expect([onInstall.mock.calls.length, told.mock.calls.length]).toEqual([1, 1]);
    expect($modal().find("[name=depot]").val()).toBe("Lisbon");
    expect($save()).toHaveLength(1);
  });

  test("no code of a widget that is not installed runs in the page (S-141)", async () => {
    const ran = vi.fn(() => true);
    await open({ render: ran, settings: ran }, { status: "install" });

    expect(ran).not.toHaveBeenCalled();
  });

  test("is held back by a required setting that is shown and empty", async () => {
    const at = await open({}, { status: "install" });
    at.press({ depot: "" });

    at.desk.pressed($(".js-widget-install").get(0)!, { action: "install", code: "parcel" });
    await settle();

    expect(at.server.calls("intend")).toEqual([]);
    expect($modal().find(".widget-settings__held-back").text()).toContain("Depot");
  });

  test("is not held back by a setting that its form lacks, because the widget drew something else", async () => {
    const at = await open({}, { status: "install" });
    at.press({});

    at.desk.pressed($(".js-widget-install").get(0)!, { action: "install", code: "parcel" });
    await settle();

    expect(at.server.calls("intend")).toHaveLength(1);
  });

  test("a form tells of the fields that it has", () => {
    document.body.innerHTML = "<div id='f'><input name='depot' value='North'><input name='drivers[7]' value='4'></div>";

    expect(readForm($("#f"), FIELDS)).toEqual({ depot: "North", drivers: { 7: "4" } });
  });

  test("a question that is cancelled changes nothing", async () => {
    const at = await open({}, { status: "install" });
    at.server.state = "cancelled";

    at.desk.pressed($(".js-widget-install").get(0)!, { action: "install", code: "parcel" });
    await settle();

    expect(at.one().boot.status).toBe("install");
  });

  test("disabling asks onSave with N, then destroys", { tags: ["callback:onSave", "callback:destroy"] }, async () => {
    const ran: unknown[] = [];
    const at = await open({ onSave: (form: { active: string }) => void ran.push(form.active), destroy: () => ran.push("destroy") }, { status: "installed", active: "Y" });
    // What is not installed is not listed.
    at.server.now = [];

    at.desk.pressed($(".js-widget-uninstall").get(0)!, { action: "uninstall", code: "parcel" });
    await settle();

    expect(ran).toEqual(["N", "destroy"]);
    expect([at.one().instance, at.one().boot.status, at.one().boot.params]).toEqual([null, "install", {}]);
    expect($modal().find(".js-widget-install, .js-widget-uninstall").attr("class")).toContain("js-widget-install");
  });

  test("without a window of its own the page leaves for the question", async () => {
    const leaveFor = vi.fn();

    const outcome = await confirmOnControlOrigin(new RememberingServer(), { ...opening, open: () => null, leaveFor }, "u", "install", []);

    expect([outcome, leaveFor.mock.calls]).toEqual(["left", [["https://accounts.example/install/i1"]]]);
  });
});

describe("fields", () => {
  const draw = (fields: SettingField[], values = {}) => {
    document.body.innerHTML = "<div id='f'></div>";
    const managers = boot([]).managers;
    return $("#f").append(drawFields({ $, code: "parcel", managers }, fields, values));
  };

  test("users are held as JSON text or an object", () => {
    const field = FIELDS.filter((one) => one.type === "users");

    expect(readFields(draw(field, { drivers: '{"7":"101"}' }), field)).toEqual({ drivers: { 7: "101" } });
    expect(readFields(draw(field, { drivers: { 7: "102" } }), field)).toEqual({ drivers: { 7: "102" } });
  });

  test("users with logins are pairs", () => {
    const field = [{ code: "pbx", name: "PBX", type: "users_lp", is_required: false }];

    expect(readFields(draw(field, { pbx: { 7: { login: "a", password: "b" } } }), field)).toEqual({ pbx: { 7: { login: "a", password: "b" } } });
  });

  test.each([
    ['{"a":1}', true],
    ["12", true],
    ["plain words", false],
  ])("a custom value %s is kept: %s", (value, isKept) => {
    expect("more" in storable(FIELDS, { more: value, depot: "plain words" })).toBe(isKept);
  });
});
