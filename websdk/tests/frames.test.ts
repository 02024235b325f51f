import { beforeEach, describe, expect, test, vi } from "vitest";

import { answering, ownFile } from "../src/frames/asks";
import { ASKS, bootFor, heard, Rate, type Ask } from "../src/frames/protocol";
import { WidgetFrame } from "../src/frames/widget_frame";
import { boot, soon, widget, world } from "./world";

const said = (name: string, given: object, more = {}) => ({ channel: "c", kind: "ask", id: 1, name, given, ...more });

describe("what a frame may say (S-143)", () => {
  const honest: Record<Ask, Record<string, unknown>> = {
    post: { url: "https://example.org/", data: { a: 1 }, type: "json" },
    token: {},
    read: { address: "/upl/parcel/1/widget/a.twig" },
    toast: { kind: "plain", header: "a", text: "b" },
    notify: { kind: "error", content: {} },
    status: { status: "error" },
    navigate: { address: "/leads/" },
    typed: { values: {} },
    save: { fields: {} },
    saveForm: { form: "digital_pipeline", values: {} },
    close: {},
  };

  test.each(Object.keys(ASKS) as Ask[])("%s is heard", (name) => {
    expect(heard(said(name, honest[name]), "c", "panel")).toMatchObject({ kind: "ask", name });
  });

  test.each([
    ["another channel", said("token", {}, { channel: "d" })],
    ["an unknown call", said("intend", {})],
    ["a call named like something else", said("toString", {})],
    ["an argument of another kind", said("navigate", { address: 7 })],
    ["a missing argument", said("post", { url: "https://example.org/" })],
    ["a status that there is none", said("status", { status: "owner" })],
    ["a text that is too long", said("toast", { kind: "plain", header: "", text: "x".repeat(3000) })],
    ["a number that is none", said("token", {}, { id: "1" })],
    ["text", "token"],
    ["nothing", null],
  ])("%s is not", (_, data) => {
    expect(heard(data, "c", "panel")).toBeNull();
  });

  test("arguments beside the known ones are left out", () => {
    expect(heard(said("navigate", { address: "/x", code: "other" }), "c", "panel")).toMatchObject({ given: { address: "/x" } });
  });

  test("a widget that is not installed may read its files, and no more", () => {
    const allowed = (Object.keys(honest) as Ask[]).filter((name) => heard(said(name, honest[name]), "c", "preview") !== null);

    expect(allowed).toEqual(["read", "typed"]);
  });
});

test("a flood passes only as fast as it may", () => {
  let now = 0;
  const rate = new Rate(10, 20, () => now);
  const take = () => Array.from({ length: 100 }, () => rate.take()).filter(Boolean).length;

  expect(take()).toBe(20);
  now = 1000;
  expect(take()).toBe(10);
});

test("a widget that is not installed is told nothing of the account's data", () => {
  const page = boot([widget({ params: { secret: "s" } }), widget({ code: "other" })]);
  const told = JSON.stringify(bootFor(page, "parcel", "preview"));

  expect(["alice@acme.example", "A lead", "Alice", "other", '"s"'].filter((word) => told.includes(word))).toEqual([]);
});

describe("what the page does for a frame", () => {
  const at = () => world(boot([widget(), widget({ code: "other" })]));

  test("what it asks for is done", { tags: ["frame:crm_post", "frame:notifications", "frame:set_status", "frame:saving", "frame:router.navigate"] }, async () => {
    const { workplace, one, server } = at();
    const saved = vi.fn(() => Promise.resolve());
    const answer = answering(workplace, one(), { saved, opened: null });
    const navigate = vi.spyOn(workplace.app.router, "navigate").mockReturnValue();

    const posted = await answer("post", { url: "https://example.org/", data: {}, type: "json" });
    await answer("toast", { kind: "plain", header: "Parcel", text: "Words" });
    await answer("notify", { kind: "error", content: { text: "lost" } });
    await answer("status", { status: "error" });
    expect(one().status).toBe("error");
    await answer("navigate", { address: "/leads/?page=2" });
    await answer("save", { fields: { depot: "Lisbon" } });

    expect([posted, server.calls("post")]).toEqual([{ status: 200, body: '{"ok":true}' }, [[{ widget: "parcel", url: "https://example.org/", data: {}, type: "json" }]]]);
    expect(document.querySelector(".grantway-toast__text")?.textContent).toBe("Words");
    expect(server.calls("notify")).toEqual([[{ kind: "error", widget: "parcel", content: { text: "lost" } }]]);
    expect(navigate).toHaveBeenCalledExactlyOnceWith(new URL("/leads/?page=2", document.baseURI).href);
    expect([server.calls("save"), saved.mock.calls.length, one().params["depot"]]).toEqual([[["parcel", { depot: "Lisbon" }]], 1, "Lisbon"]);
  });

  test("a token is only ever the widget's own (S-144)", { tags: ["frame:$authorizedAjax"] }, async () => {
    const { workplace, one, server } = at();

    await answering(workplace, one(), { saved: () => Promise.resolve(), opened: null })("token", { uuid: "another" });

    expect(server.calls("token")).toEqual([[one().boot.oauth_client_uuid]]);
  });

  test.each([
    ["/upl/parcel/1/widget/a.twig?v=1", true],
    ["/upl/other/1/widget/a.twig", false],
    ["/upl/parcel/1/widget/../../../other/1/widget/a.twig", false],
    ["/upl/parcel/1/widget/%2e%2e/a.twig", false],
    ["/api/v4/account", false],
    ["https://example.org/upl/parcel/1/widget/a.twig", false],
  ])("reads %s: %s", { tags: ["frame:own-files"] }, (address, isRead) => {
    const read = () => ownFile(document, at().one(), address);

    if (isRead) expect(read()).toBe(address);
    else expect(read).toThrow();
  });

  test("it leads to pages of this workspace alone", async () => {
    const { workplace, one } = at();
    const answer = answering(workplace, one(), { saved: () => Promise.resolve(), opened: null });
    const navigate = vi.spyOn(workplace.app.router, "navigate").mockReturnValue();

    for (const address of ["https://example.org/", "//example.org/", "javascript:alert(1)"]) {
      await expect(answer("navigate", { address })).rejects.toThrow("this workspace");
    }
    // A path of this host that by itself would be another one.
    await answer("navigate", { address: "/.//example.org/" });

    expect(navigate.mock.calls.map(([to]) => new URL(to, document.baseURI).host)).toEqual([location.host]);
  });

  test("it saves nothing for a widget that is not installed", async () => {
    const { workplace, server } = world(boot([widget({ status: "install" })]));
    const one = workplace.host.widgets.get("parcel")!;

    await expect(answering(workplace, one, { saved: () => Promise.resolve(), opened: null })("save", { fields: {} })).rejects.toThrow("not installed");
    expect(server.calls("save")).toEqual([]);
  });
});

describe("the frame", () => {
  const told = { ask: vi.fn(() => Promise.resolve(1)), sized: vi.fn(), report: vi.fn() };
  const make = () => {
    const frame = new WidgetFrame(window, { purpose: "panel", base: "/assets/websdk", code: "parcel", boot: boot([widget()]) }, told);
    document.body.append(frame.element);
    return frame;
  };
  const channelOf = (frame: WidgetFrame) => /data-channel="([^"]+)"/.exec(frame.element.srcdoc)![1]!;
  const say = (source: unknown, data: object) => window.dispatchEvent(new MessageEvent("message", { data, source: source as Window }));

  beforeEach(() => {
    vi.clearAllMocks();
    document.body.innerHTML = "";
  });

  test("is sandboxed without an origin of its own, and starts no workers", () => {
    const { element } = make();

    expect(element.getAttribute("sandbox")).toBe("allow-scripts");
    expect(element.srcdoc).toContain("worker-src 'none'");
  });

  test("is heard from its own window and channel alone", async () => {
    const frame = make();
    const ask = { kind: "ask", id: 1, name: "token", given: {} };

    say(window, { ...ask, channel: channelOf(frame) });
    say(frame.element.contentWindow, { ...ask, channel: "guessed" });
    await soon();
    expect(told.ask).not.toHaveBeenCalled();
    say(frame.element.contentWindow, { ...ask, channel: channelOf(frame) });
    await soon();
    expect(told.ask).toHaveBeenCalledExactlyOnceWith("token", {});
  });

  test("that floods is taken away", () => {
    const frame = make();

    for (let count = 0; count < 2500; count++) say(frame.element.contentWindow, { channel: channelOf(frame), kind: "size", height: 1 });

    expect(frame.element.isConnected).toBe(false);
    expect(told.report).toHaveBeenCalledOnce();
  });

  test("that hangs is taken away, one that answers stays", async () => {
    vi.useFakeTimers();
    const [dead, alive] = [make(), make()];
    for (const frame of [dead, alive]) say(frame.element.contentWindow, { channel: channelOf(frame), kind: "ready" });
    for (let beat = 1; beat < 8; beat++) {
      await vi.advanceTimersByTimeAsync(5000);
      say(alive.element.contentWindow, { channel: channelOf(alive), kind: "done", id: beat });
      await vi.advanceTimersByTimeAsync(0);
    }
    vi.useRealTimers();

    expect([dead.element.isConnected, alive.element.isConnected]).toEqual([false, true]);
  });
});
