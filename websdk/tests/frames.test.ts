import { beforeEach, describe, expect, test, vi } from "vitest";

import { answering, ownFile } from "../src/frames/asks";
import { FrameRunner } from "../src/frames/frame_runner";
import { ASKS, bootFor, heard, Rate, type Ask } from "../src/frames/protocol";
import { WidgetFrame } from "../src/frames/widget_frame";
import { boot, soon, widget, world, $ } from "./world";

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
    action: { type: "phone" },
    source: { type: "sms", text: "Write" },
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
    ["a call of the API", said("api", { method: "GET", address: "/api/v4/leads", body: "" })],
    ["an action at something else", said("action", { type: "password" })],
    ["text", "token"],
    ["nothing", null],
  ])("%s is not", (_, data) => {
    expect(heard(data, "c", "panel")?.kind).not.toBe("ask");
  });

  test("arguments beside the known ones are left out", () => {
    expect(heard(said("navigate", { address: "/x", code: "other" }), "c", "panel")).toMatchObject({ given: { address: "/x" } });
  });

  test("a widget that is not installed may read its files, and no more", () => {
    const allowed = (Object.keys(honest) as Ask[]).filter((name) => heard(said(name, honest[name]), "c", "preview")?.kind === "ask");

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
    const answer = answering(workplace, one(), { saved, opened: null, use: null });
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

    await answering(workplace, one(), { saved: () => Promise.resolve(), opened: null, use: null })("token", { uuid: "another" });

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

  test("a widget that is not installed offers nothing", async () => {
    const { workplace } = world(boot([widget({ status: "install" })]));
    const one = workplace.host.widgets.get("parcel")!;
    const answer = answering(workplace, one, { saved: () => Promise.resolve(), opened: null, use: vi.fn() });

    await expect(answer("action", { type: "phone" })).rejects.toThrow("not at work");
    await expect(answer("source", { type: "sms", text: "" })).rejects.toThrow("not at work");
    expect([one.actions.size, one.sources.size]).toEqual([0, 0]);
  });

  describe("with what the widget offers", () => {
    const offered = async (kind: "action" | "source", given: Record<string, unknown>) => {
      document.body.innerHTML = "<main id='main'><div id='card'><a href='tel:+351'>+351</a><div class='feed-compose__quick-actions-wrapper'></div></div></main>";
      const { workplace, one } = at();
      const use = vi.fn(() => Promise.resolve());
      await answering(workplace, one(), { saved: () => Promise.resolve(), opened: null, use })(kind, given);
      return use;
    };

    test("at numbers of the page has the frame act", { tags: ["frame:add_action"] }, async () => {
      const use = await offered("action", { type: "phone" });

      $(".grantway-action__button").trigger("click");
      $(".grantway-menu__entry").trigger("click");

      expect(use).toHaveBeenCalledExactlyOnceWith("action", "phone", { value: "+351", type: "phone", id: 12, element: { id: 12, type: "leads" } });
    });

    test.each(["chat", "email", "custom"])("in the card has the frame write: %s", { tags: ["frame:add_source"] }, async (type) => {
      const use = await offered("source", { type, text: "<b>Write</b>" });
      expect($(".grantway-source").text()).toBe("<b>Write</b>");

      $(".grantway-source").trigger("click");
      await soon();

      // Elements of the page do not leave it.
      expect(use).toHaveBeenCalledExactlyOnceWith("source", type, {});
    });

    test("is refused to a frame that only shows its settings", async () => {
      const { workplace, one } = at();

      await expect(answering(workplace, one(), { saved: () => Promise.resolve(), opened: null, use: null })("action", { type: "phone" })).rejects.toThrow("not at work");
      expect(one().actions.size).toBe(0);
    });
  });

  test("it leads to pages of this workspace alone", async () => {
    const { workplace, one } = at();
    const answer = answering(workplace, one(), { saved: () => Promise.resolve(), opened: null, use: null });
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

    await expect(answering(workplace, one, { saved: () => Promise.resolve(), opened: null, use: null })("save", { fields: {} })).rejects.toThrow("not installed");
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

describe("a page with widgets in frames", () => {
  async function framed(locations = ["lcard-1", "settings-1"], paths = ["render"]) {
    document.body.innerHTML = "<main id='main'><div id='card'><input name='name' value='A lead'><input name='note'><div class='card-columns'></div></div></main>";
    const at = world(boot([widget({}, { locations })], { running: { strict: true, preinstall_script: "sandbox" } }));
    const runner = new FrameRunner({ window, base: "/assets/websdk", workplace: at.workplace }, { saved: () => Promise.resolve() });
    const started = at.workplace.begin(runner);
    await soon();
    const frame = document.querySelector("iframe")!;
    const channel = /data-channel="([^"]+)"/.exec(frame.srcdoc)![1]!;
    const posted: { name?: string; id?: number; given?: unknown }[] = [];
    vi.spyOn(frame.contentWindow!, "postMessage").mockImplementation((message: unknown) => void posted.push(message as (typeof posted)[number]));
    const say = (data: object) => window.dispatchEvent(new MessageEvent("message", { data: { channel, ...data }, source: frame.contentWindow }));
    say({ kind: "ready" });
    await soon();
    say({ kind: "done", id: posted.find((one) => one.name === "start")!.id, value: paths });
    await started;
    const answer = (path: string, value: unknown) => {
      const order = posted.find(({ name, given }) => name === "call" && (given as { path: string }).path === path);
      say({ kind: "done", id: order!.id, value });
      return soon();
    };
    return { at, runner, say, answer, told: (name: string) => posted.filter((one) => one.name === name).map((one) => one.given) };
  }

  test("tells them what is typed into the card's own fields, and nothing of other inputs", { tags: ["frame:current_card"] }, async () => {
    const { told } = await framed();

    $("[name=name]").val("Chairs").trigger("input");
    $("[name=note]").val("for Bob alone").trigger("input");
    await soon();

    expect(told("input")).toEqual([{ "lead[NAME]": "Chairs" }]);
  });

  test("tells them what others changed", { tags: ["frame:current_card"] }, async () => {
    const { at, runner, told } = await framed();

    at.workplace.follow({ list: null, entity: { kind: "leads", id: 12, name: "A lead", values: { "lead[STATUS]": "20" } } });
    runner.followed();
    await soon();

    expect(told("follow")).toMatchObject([{ entity: { id: 12, values: { "lead[STATUS]": "20" } }, list: null }]);
  });

  test("tells each of its own notices alone", async () => {
    const { at, told } = await framed();
    const [own, other] = ["parcel", "other"].map((code) => ({ kind: "call" as const, widget: code, content: { text: code } }));

    at.workplace.deliver([own!, other!]);
    await soon();

    expect(told("notices")).toEqual([[own]]);
  });

  describe("in a tab of the card", () => {
    const tab = async (offered: unknown) => {
      const made = await framed(["lcard-1", "card_sdk"], ["render", "loadPreloadedData", "loadElements", "linkCard"]);
      $(".card-entity-section").trigger("toggle");
      await soon();
      await made.answer("loadPreloadedData", offered);
      await made.answer("loadElements", []);
      return made;
    };

    test("shows their products, and tells them what is chosen", { tags: ["frame:card_sdk"] }, async () => {
      const { told } = await tab([{ id: 1, name: "<b>Box</b>" }]);
      expect($("#parcel td").first().text()).toBe("<b>Box</b>");

      $("#parcel input[type=number]").val("3").trigger("change");
      $("#parcel button").trigger("click");
      await soon();

      expect(told("call").at(-1)).toMatchObject({ path: "linkCard", given: [{ link: [{ to_id: 1, quantity: 3 }] }] });
    });

    test("says where the rest stands", { tags: ["frame:card_sdk"] }, async () => {
      await tab({});

      expect($("#parcel").text()).toContain("in its own block");
    });
  });

  test("takes away what one offered that is stopped", { tags: ["frame:add_action"] }, async () => {
    const { at, runner, say } = await framed();
    $("#card").append("<a href='tel:+1'>+1</a>");
    say({ kind: "ask", id: 1, name: "action", given: { type: "phone" } });
    await soon();
    const before = $(".grantway-action").length;

    void runner.stop(at.one(), true);

    expect([before, $(".grantway-action").length]).toEqual([1, 0]);
  });
});
