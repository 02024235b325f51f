import { beforeEach, describe, expect, test, vi } from "vitest";

import { noticesByPage } from "../src/frames/framed";
import { FrameRunner, openFrame } from "../src/frames/frame_runner";
import type { Purpose, ToFrame } from "../src/frames/protocol";
import { WidgetFrame } from "../src/frames/widget_frame";
import { SettingsDesk } from "../src/settings/desk";
import { PressGuard } from "../src/settings/pressing";
import { boot, soon, widget, world } from "./world";

interface Wired {
  posted: (ToFrame & { id?: number; name?: string; given?: unknown; error?: string; about?: { purpose: Purpose; boot: { widgets: { params: object; status: string }[] } } })[];
  say(data: object): void;
  told(name: string): unknown[];
  done(name: string, value: unknown): void;
}

/** Stands for the script inside *element*. */
function wire(element: HTMLIFrameElement): Wired {
  const channel = /data-channel="([^"]+)"/.exec(element.srcdoc)![1]!;
  const inside = element.contentWindow!;
  const posted: Wired["posted"] = [];
  vi.spyOn(inside, "postMessage").mockImplementation((message: unknown) => void posted.push(message as Wired["posted"][number]));
  const say = (data: object) => void window.dispatchEvent(new MessageEvent("message", { data: { channel, ...data }, source: inside }));
  const orders = (name: string) => posted.filter((one) => one.name === name);
  return { posted, say, told: (name) => orders(name).map((one) => one.given), done: (name, value) => say({ kind: "done", id: orders(name).at(-1)!.id, value }) };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await soon();
}

beforeEach(() => {
  document.body.innerHTML = "";
});

describe("what a frame asks is always answered", () => {
  function make() {
    const told = { ask: vi.fn(() => Promise.resolve(1)), sized: vi.fn(), report: vi.fn() };
    const frame = new WidgetFrame(window, { purpose: "panel", base: "/assets/websdk", code: "parcel", boot: boot([widget()]) }, told);
    document.body.append(frame.element);
    return { frame, heard: told.ask, ...wire(frame.element) };
  }

  test.each([
    ["a body that is too long", { name: "api", given: { method: "POST", address: "/api/v4/leads", body: "x".repeat(300_001) } }],
    ["a method that there is none", { name: "api", given: { method: "HEAD", address: "/api/v4/leads", body: "" } }],
    ["a call that there is none", { name: "intend", given: {} }],
    ["no arguments", { name: "token" }],
  ])("also with %s", async (_, asked) => {
    const { say, posted, heard } = make();

    say({ kind: "ask", id: 7, ...asked });
    say({ kind: "ask", id: 8, name: "token", given: {} });
    await soon();

    expect(posted).toMatchObject([{ kind: "answer", id: 7, error: "refused" }, { kind: "answer", id: 8, value: 1 }]);
    expect(heard).toHaveBeenCalledExactlyOnceWith("token", {});
  });

  test("also when there are too many at once", async () => {
    const { say, posted } = make();

    for (let id = 1; id <= 250; id++) say({ kind: "ask", id, name: "token", given: {} });
    await soon();

    expect(new Set(posted.map(({ id }) => id)).size).toBe(250);
    expect(posted.filter(({ error }) => error === "too many").length).toBeGreaterThan(0);
  });

  test("but never what came over another channel", async () => {
    const { say, posted } = make();

    say({ kind: "ask", id: 7, name: "intend", given: {}, channel: "guessed" });
    for (let id = 1; id <= 250; id++) say({ kind: "ask", id, name: "token", given: {}, channel: "guessed" });
    await soon();

    expect(posted).toEqual([]);
  });

  test("and what a frame shall do ends when the frame goes, before it began and after", async () => {
    const { frame, say } = make();
    const early = frame.do("start");
    frame.remove();

    await expect(early).rejects.toThrow("gone");
    say({ kind: "ready" });
    await expect(frame.do("start")).rejects.toThrow("gone");
  });
});

test("messages of a widget in a frame are the page's, with what the widget gives as text", () => {
  const ask = vi.fn(() => Promise.resolve(null));
  const done = vi.fn();
  const notes = noticesByPage(ask);

  notes.show_message({ header: 7 as unknown as string, text: "a" });
  notes.show_notification({ text: { header: "b", text: "c" }, type: "call" });
  notes.add_call({ from: "+351", text: "d" }, { done });
  notes.add_error({ text: "e" });

  expect(ask.mock.calls).toEqual([
    ["toast", { kind: "plain", header: "7", text: "a" }],
    ["toast", { kind: "call", header: "b", text: "c" }],
    ["toast", { kind: "call", header: "+351", text: "d" }],
    ["notify", { kind: "call", content: { from: "+351", text: "d" } }],
    ["toast", { kind: "error", header: "", text: "e" }],
    ["notify", { kind: "error", content: { text: "e" } }],
  ]);
});

test.each([
  ["preview", true],
  ["panel", false],
] as const)("a frame for %s connects to its own folder alone: %s", (purpose, isAlone) => {
  const { workplace, one } = world(boot([widget({ status: purpose === "preview" ? "install" : "installed" })]));
  const { element } = openFrame({ window, base: "/assets/websdk", workplace }, one(), purpose, { saved: () => Promise.resolve() }, null, () => undefined);

  expect(/connect-src [^;"]*/.exec(element.srcdoc)?.[0] ?? "").toBe(isAlone ? `connect-src ${location.origin}/upl/parcel/1/widget/` : "");
});

describe("a strict account", () => {
  async function strict(changes: Parameters<typeof widget>[0] = {}) {
    document.body.innerHTML = "<main id='main'><div id='card'><div class='card-columns'></div></div></main>";
    const at = world(boot([widget(changes)], { running: { strict: true, preinstall_script: "off" } }));
    const told = { saved: (...given: Parameters<SettingsDesk["saved"]>) => desk.saved(...given) };
    const runner = new FrameRunner({ window, base: "/assets/websdk", workplace: at.workplace }, told);
    const desk: SettingsDesk = new SettingsDesk({
      workplace: at.workplace,
      runner,
      guard: new PressGuard(window),
      opening: { open: () => ({}), leaveFor: vi.fn(), wait: () => Promise.resolve() },
      preview: { show: vi.fn(), press: () => Promise.resolve(null) },
    });
    const begun = at.workplace.begin(runner);
    await soon();
    const panel = document.querySelector("iframe");
    const inPanel = panel && wire(panel);
    inPanel?.say({ kind: "ready" });
    await soon();
    inPanel?.done("start", []);
    await begun;
    return { at, desk, runner, inPanel };
  }

  const inSettings = () => {
    const wired = wire(document.querySelector<HTMLIFrameElement>(".widget-settings__modal iframe")!);
    wired.say({ kind: "ready" });
    return wired;
  };
  const toldFirst = ({ posted }: Wired) => posted[0]!.about!.boot.widgets[0]!;

  test("tells frames the settings as they are by now, and those that run of new ones", async () => {
    const { at, desk, inPanel } = await strict({ params: { depot: "OLD" } });
    await desk.open(at.one());
    const first = inSettings();

    first.say({ kind: "ask", id: 1, name: "save", given: { fields: { depot: "NEW" } } });
    await settle();
    await desk.open(at.one());

    expect(toldFirst(inSettings()).params).toEqual({ depot: "NEW" });
    expect(inPanel!.told("widget")).toMatchObject([{ params: { depot: "NEW" } }]);
  });

  test("calls onInstall once, out of sight, and opens the settings of an installed widget", async () => {
    const { at, desk } = await strict({ status: "install" });
    await desk.open(at.one());
    at.server.now = [widget({ status: "not_configured", on_install_due: true })];

    desk.pressed(document.querySelector(".js-widget-install")!, { action: "install", code: "parcel" });
    await settle();
    const unseen = document.querySelector<HTMLIFrameElement>("body > .grantway-frame-unseen")!;
    const inUnseen = wire(unseen);
    inUnseen.say({ kind: "ready" });
    await soon();

    expect(inUnseen.told("call")).toEqual([{ path: "onInstall", given: [], ticked: [] }]);
    inUnseen.done("call", null);
    await settle();
    expect(unseen.isConnected).toBe(false);
    expect(toldFirst(inSettings()).status).toBe("not_configured");
  });

  test("a widget that only shows its settings hears that it is disabled, then ends", async () => {
    const { at, desk } = await strict({ status: "not_configured" });
    await desk.open(at.one());
    const inside = inSettings();
    at.server.now = [];

    desk.pressed(document.querySelector(".js-widget-uninstall")!, { action: "uninstall", code: "parcel" });
    await settle();
    expect([inside.told("onSave").length, inside.told("stop").length]).toEqual([1, 0]);
    expect(inside.told("onSave")).toMatchObject([{ active: "N" }]);
    inside.done("onSave", true);
    await settle();
    expect(inside.told("stop")).toHaveLength(1);
    inside.done("stop", null);
    await settle();

    expect(document.querySelector(".js-widget-install")).not.toBeNull();
  });
});
