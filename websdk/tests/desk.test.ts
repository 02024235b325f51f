import { beforeEach, describe, expect, test, vi } from "vitest";

import type { Boot, BootWidget } from "../src/boot";
import { SettingsDesk } from "../src/settings/desk";
import { PressGuard } from "../src/settings/pressing";
import { boot, script, soon, widget, world, $ } from "./world";

async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await soon();
}

async function open(callbacks: Record<string, unknown>, changes: Partial<BootWidget>, page: Partial<Boot> = {}) {
  document.body.innerHTML = "<main id='main'></main>";
  const at = world(boot([widget(changes)], { system: { area: "settings", page: "widgetsSettings", domain: "", server: "" }, entity: null, ...page }), { parcel: script(callbacks) });
  const opened = vi.fn(() => ({}));
  let answer = (): void => undefined;
  const wait = () => new Promise<void>((resolve) => (answer = resolve));
  const desk = new SettingsDesk({
    workplace: at.workplace,
    runner: at.runner,
    guard: new PressGuard(window),
    opening: { open: opened, leaveFor: vi.fn(), wait },
    preview: { show: vi.fn(), press: () => Promise.resolve(null) },
  });
  await at.workplace.begin(at.runner);
  await desk.open(at.one());
  const press = async (action: "install" | "uninstall") => {
    desk.pressed(document.querySelector(`.js-widget-${action}`)!, { action, code: "parcel" });
    await settle();
  };
  return { ...at, desk, opened, press, answer: () => (answer(), settle()) };
}

beforeEach(() => {
  document.body.innerHTML = "";
});

describe("a question that was closed", () => {
  test("is opened again by the next press, and is still the same one", async () => {
    const at = await open({}, { status: "install" });

    await at.press("install");
    await at.press("install");

    expect(at.server.calls("intend")).toHaveLength(1);
    expect(at.opened.mock.calls).toEqual([["https://accounts.example/install/i1"], ["https://accounts.example/install/i1"]]);
    // Browsers press nothing that shows that it is busy.
    expect($(".js-widget-install").hasClass("button-input-loading")).toBe(false);
  });

  test("that was answered is a new one at the next press", async () => {
    const at = await open({}, { status: "install" });
    at.server.state = "cancelled";
    await at.press("install");
    await at.answer();

    await at.press("install");

    expect(at.server.calls("intend")).toHaveLength(2);
  });
});

describe("disabling", () => {
  test("ends the widget when its onSave is through", async () => {
    const ran: string[] = [];
    let through = (): void => undefined;
    const onSave = async ({ active }: { active: string }) => {
      ran.push(active);
      await new Promise<void>((resolve) => (through = resolve));
      ran.push("through");
    };
    const at = await open({ onSave, destroy: () => ran.push("destroy") }, { status: "installed" });
    at.server.now = [];
    await at.press("uninstall");

    await at.answer();
    expect(ran).toEqual(["N"]);
    through();
    await settle();

    expect(ran).toEqual(["N", "through", "destroy"]);
    expect(at.one().boot.status).toBe("install");
  });

  test("does not wait long for an onSave that hangs", async () => {
    const destroy = vi.fn();
    const at = await open({ onSave: () => new Promise(() => undefined), destroy }, { status: "installed" });
    at.server.now = [];
    await at.press("uninstall");
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const ended = at.answer();
    await vi.advanceTimersByTimeAsync(10_000);
    vi.useRealTimers();
    await ended;
    await settle();

    expect(destroy).toHaveBeenCalledOnce();
    expect(at.one().boot.status).toBe("install");
  });
});

describe("a widget that was installed elsewhere", () => {
  const arrive = async (changes: Partial<BootWidget>, lost = false) => {
    const onInstall = vi.fn();
    const told = vi.fn();
    $(document).off("widget:parcel:installed").on("widget:parcel:installed", told);
    const at = await open({ onInstall }, { status: "not_configured", ...changes });
    if (lost) at.server.claimOnInstall = () => Promise.resolve(false);
    await at.desk.catchUp();
    await at.desk.catchUp();
    await settle();
    return [onInstall.mock.calls.length, told.mock.calls.length];
  };

  test("hears of it once, as the page does", { tags: ["callback:onInstall", "dom:installed-event"] }, async () => {
    expect(await arrive({ on_install_due: true })).toEqual([1, 1]);
  });

  test("hears nothing where another page was first, or nothing is due", async () => {
    expect(await arrive({ on_install_due: true }, true)).toEqual([0, 0]);
    expect(await arrive({})).toEqual([0, 0]);
  });
});

test("what fails after an installation is not told as a question that could not be asked", async () => {
  const at = await open({}, { status: "install" });
  at.server.widgets = () => Promise.reject(new Error("lost"));
  await at.press("install");

  await at.answer();

  expect(at.troubles).toEqual(["parcel: install"]);
  expect($(".modal").text()).toContain("It is done. Reload this page");
  expect($(".modal").text()).not.toContain("could not be asked");
});

test.each([
  [true, 1],
  [false, 0],
])("Save is offered to an administrator alone: %s", async (is_admin, buttons) => {
  await open({}, { status: "installed" }, { user: { ...boot([]).user, is_admin } });

  expect($(".js-widget-save")).toHaveLength(buttons);
  expect($(".widget_settings_block__controls").text().includes("Only administrators")).toBe(!is_admin);
});
