import { beforeEach, describe, expect, test, vi } from "vitest";

import type { TwigTemplate } from "../src/controls/twig";
import { Refused } from "../src/server";
import { OneTimeTokens, Pace } from "../src/widgets/network";
import { boot, made, script, soon, widget, world, $ } from "./world";

type Self = Record<string, (...given: unknown[]) => unknown>;

beforeEach(() => {
  document.body.innerHTML = "<main id='main'><div id='card' class='card-columns'></div></main>";
});

function self(changes = {}, files: Record<string, string> = {}) {
  const at = world(boot([widget(changes)]), {}, files);
  return { at, self: made(at, script()) as Self };
}

describe("texts and settings", () => {
  test.each([
    ["settings", { depot: "Depot" }],
    ["settings.depot", "Depot"],
    ["settings.none", false],
    ["none.at.all", false],
  ])("i18n(%s)", { tags: ["widget:i18n"] }, (path, expected) => {
    expect(self().self["i18n"]?.(path)).toEqual(expected);
  });

  test("set_lang replaces the texts", { tags: ["widget:set_lang", "widget:langs"] }, () => {
    const { self: w } = self();

    w["set_lang"]?.({ a: "b" });

    expect([w["langs"], w["i18n"]?.("a")]).toEqual([{ a: "b" }, "b"]);
  });

  test("params are flat, live, and the same as get_settings", { tags: ["widget:params", "widget:get_settings", "widget:set_settings"] }, () => {
    const { self: w } = self({ params: { depot: "Lisbon" } });

    w["set_settings"]?.({ more: 1 });

    expect(w["get_settings"]?.()).toBe(w["params"]);
    expect(w["params"]).toMatchObject({ depot: "Lisbon", more: 1, widget_code: "parcel", path: "/upl/parcel/1/widget", active: "Y" });
  });

  test("methods work when they are detached", () => {
    const { i18n } = self().self;

    expect(i18n?.("settings.depot")).toBe("Depot");
  });

  test("system tells who and where", { tags: ["widget:system", "app:widgets.system"] }, async () => {
    const { at, self: w } = self();
    await at.workplace.begin({ ...at.runner, start: () => Promise.resolve(true) } as never);

    expect(w["system"]?.()).toMatchObject({ area: "lcard", amouser: "alice@acme.example", amouser_id: 7, amohash: "", subdomain: "acme" });
    expect(at.workplace.app.widgets.system).toBe(w["system"]?.());
  });
});

describe("Twig", () => {
  test("data and ref give text at once", { tags: ["widget:render.data", "widget:render.ref"] }, () => {
    const { self: w } = self();

    expect(w["render"]?.({ data: "{{ a }}" }, { a: 1 })).toBe("1");
    expect(w["render"]?.({ ref: "/tmpl/controls/button.twig" }, { text: "Go" })).toContain("Go");
    expect(w["render"]?.({ ref: "/tmpl/controls/none.twig" }, {})).toBe("");
  });

  test.each([["templates/a.twig"], ["/templates/a.twig"]])("href %s brings a template", { tags: ["widget:render.href"] }, async (href) => {
    const { self: w } = self({}, { "/upl/parcel/1/widget/templates/a.twig": "<b>{{ a }}</b>" });
    const load = vi.fn<(template: TwigTemplate) => void>();

    w["render"]?.({ href, base_path: "/upl/parcel/1/widget/", v: "1", load });
    await soon();

    expect(load.mock.calls[0]?.[0].render({ a: 1 })).toBe("<b>1</b>");
  });

  test("a file that is not there loads nothing, and is told", { tags: ["widget:render.href"] }, async () => {
    const { at, self: w } = self();
    const load = vi.fn();

    w["render"]?.({ href: "none.twig", load });
    await soon();

    expect(load).not.toHaveBeenCalled();
    expect(at.troubles).toHaveLength(1);
  });

  test("promised gives a promise", { tags: ["widget:render.promised"] }, async () => {
    const { self: w } = self({}, { "/upl/parcel/1/widget/b.twig": "{{ a }}" });

    const template = (await w["render"]?.({ href: "b.twig", promised: true })) as TwigTemplate;

    expect(template.render({ a: 2 })).toBe("2");
  });
});

describe("the right-hand panel", () => {
  test("has the dialect's parts, body before what Twig makes", { tags: ["widget:render_template", "dom:right-panel"] }, () => {
    self().self["render_template"]?.({ caption: { class_name: "own", html: "<i>Title</i>" }, body: "<p>one</p>", render: "<p>{{ two }}</p>" }, { two: "two" });
    const $block = $(".card-widgets__widget-parcel");

    expect($block.attr("data-widget-code")).toBe("parcel");
    expect($block.children(".js-widget-caption-block.card-widgets__widget__caption.own").find("i").text()).toBe("Title");
    expect($block.children(".js-widget-caption-block").next().is(".card-widgets__widget__body")).toBe(true);
    expect($block.children(".card-widgets__widget__body").html()).toBe("<p>one</p><p>two</p>");
    expect($("#nano-card-widgets, .card-widgets > .card-widgets__top, #card_widgets_overlay, .js-card-widgets-on-off")).toHaveLength(4);
  });

  test.each([[{ render: "a" }], [{ body: "a" }], [{ body: "a", render: "" }], [{ caption: {}, render: "a" }]])("%o may lack parts", { tags: ["widget:render_template"] }, (block) => {
    self().self["render_template"]?.(block);

    expect($(".card-widgets__widget__body").text()).toBe("a");
  });

  test("a second drawing takes the place of the first", () => {
    const { self: w } = self();

    w["render_template"]?.({ body: "a" });
    w["render_template"]?.({ body: "b" });

    expect($(".card-widgets__widget__body").text()).toBe("b");
  });

  test.each([
    ["lcard", false],
    ["settings", true],
    ["advanced-settings", true],
    ["", true],
  ])("in %j it is hidden: %j", (area, isHidden) => {
    const page = boot([widget()], { entity: null });
    const at = world({ ...page, system: { ...page.system, area } });

    (made(at, script()) as Self)["render_template"]?.({ body: "a" });

    expect($(".card-widgets").prop("hidden")).toBe(isHidden);
    expect($(".card-widgets__widget__body").text()).toBe("a");
  });

  test("the overlay is the widget's to turn", { tags: ["widget:widgetsOverlay", "dom:card_widgets_overlay"] }, () => {
    const { self: w } = self();
    w["render_template"]?.({ body: "a" });

    w["widgetsOverlay"]?.(true);
    expect($("#card_widgets_overlay").prop("hidden")).toBe(false);
    w["widgetsOverlay"]?.(false);
    expect($("#card_widgets_overlay").prop("hidden")).toBe(true);
  });
});

describe("calls to the outside", () => {
  test("crm_post goes through the proxy and gives what was asked for", { tags: ["widget:crm_post", "network:crm_post"] }, async () => {
    const { at, self: w } = self();
    const [done, text] = [vi.fn(), vi.fn()];

    w["crm_post"]?.("https://example.org/", { a: 1 }, done, "json");
    await soon();
    expect(at.server.calls("post")).toEqual([[{ widget: "parcel", url: "https://example.org/", data: { a: 1 }, type: "json" }]]);
    expect(done).toHaveBeenCalledWith({ ok: true });
    const other = self();
    other.self["crm_post"]?.("https://example.org/", {}, text);
    await soon();
    expect(text).toHaveBeenCalledWith('{"ok":true}');
  });

  test("crm_post tells a failure", { tags: ["widget:crm_post"] }, async () => {
    const { at, self: w } = self();
    at.server.proxy = () => Promise.resolve({ status: 502, body: "" });
    const [done, failed] = [vi.fn(), vi.fn()];

    w["crm_post"]?.("https://example.org/", {}, done, "json", failed);
    await soon();

    expect([done.mock.calls.length, failed.mock.calls.length]).toEqual([0, 1]);
  });

  test("more than one call a second waits", async () => {
    vi.useFakeTimers();
    const passed: number[] = [];
    const pace = new Pace();
    for (const number of [1, 2, 3]) void pace.next().then(() => passed.push(number));

    await vi.advanceTimersByTimeAsync(10);
    expect(passed).toEqual([1]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(passed).toEqual([1, 2]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(passed).toEqual([1, 2, 3]);
    vi.useRealTimers();
  });

  test("$authorizedAjax adds the token, and keeps it for 25 minutes", { tags: ["widget:$authorizedAjax", "network:one-time-token"] }, async () => {
    const { at, self: w } = self();
    const sent: unknown[] = [];
    const real = $.ajax;
    $.ajax = ((settings: object) => (sent.push(settings), $.Deferred().resolve({ fine: 1 }).promise())) as never;

    const answer = w["$authorizedAjax"]?.({ url: "https://example.org/", headers: { A: "b" } }) as JQueryPromise<unknown>;
    expect(typeof answer.done).toBe("function");
    expect(await new Promise((resolve) => answer.done(resolve))).toEqual({ fine: 1 });
    await new Promise((resolve) => (w["$authorizedAjax"]?.({ url: "https://example.org/" }) as JQueryPromise<unknown>).always(resolve));
    $.ajax = real;

    expect(sent).toMatchObject([{ headers: { A: "b", "X-Auth-Token": "one.time.token" } }, { headers: { "X-Auth-Token": "one.time.token" } }]);
    expect(at.server.calls("token")).toHaveLength(1);
  });

  test.each([
    [new Refused(403, [], "not installed"), 403],
    [new Error("no network"), 0],
  ])("a call whose token is not to be had fails as those of jQuery do: %s", async (reason, status) => {
    const { at, self: w } = self();
    at.server.oneTimeToken = () => Promise.reject(reason);
    const [error, complete, failed] = [vi.fn(), vi.fn(), vi.fn()];

    (w["$authorizedAjax"]?.({ url: "https://example.org/", error, complete }) as JQueryPromise<unknown>).fail(failed);
    await soon();

    const failure = { status, responseText: "" };
    expect([error, complete, failed].map((told) => told.mock.calls)).toEqual([
      [[expect.objectContaining(failure), "error", String(reason)]],
      [[expect.objectContaining(failure), "error"]],
      [[expect.objectContaining(failure), "error", String(reason)]],
    ]);
  });

  test("a token is asked for again after 25 minutes, and after a failure", async () => {
    let now = 0;
    const ask = vi.fn(() => Promise.resolve("t"));
    const tokens = new OneTimeTokens(ask, () => now);

    await tokens.get("a");
    now = 24 * 60_000;
    await tokens.get("a");
    expect(ask).toHaveBeenCalledTimes(1);
    now = 26 * 60_000;
    await tokens.get("a");
    expect(ask).toHaveBeenCalledTimes(2);
    now = 60 * 60_000;
    ask.mockRejectedValueOnce(new Error("no"));
    await expect(tokens.get("a")).rejects.toThrow("no");
    await soon();
    await expect(tokens.get("a")).resolves.toBe("t");
  });
});

test("actions stand at numbers, and are called with the value", { tags: ["widget:add_action"] }, () => {
  document.body.innerHTML = "<main id='main'><div id='card'><a href='tel:+351'>+351</a></div></main>";
  const { self: w } = self();
  const called = vi.fn();

  w["add_action"]?.("phone", called);
  $(".grantway-action button").first().trigger("click");
  $(".grantway-menu__entry").trigger("click");

  expect(called.mock.calls[0]?.[0]).toMatchObject({ value: "+351" });
});

test("actions stand at every address, also beside one that is no encoded text", () => {
  document.body.innerHTML = "<main id='main'><div id='card'><a href='mailto:100%@x.example'>a</a><a href='mailto:b%2Bc@x.example'>b</a></div></main>";
  const { self: w } = self();

  w["add_action"]?.("email", vi.fn());

  expect($(".grantway-action button").toArray().map((button) => button.getAttribute("aria-label"))).toEqual(["With 100%@x.example", "With b+c@x.example"]);
});

test("get_pipeline_id rejects for a widget that is no source", { tags: ["widget:get_pipeline_id"] }, async () => {
  await expect(self().self["get_pipeline_id"]?.()).rejects.toThrow("no source");
  await expect(self({ pipeline_id: 3 }).self["get_pipeline_id"]?.()).resolves.toBe(3);
  await expect(self({ forms: { lead_sources: { pipeline_id: 4 } } }).self["get_pipeline_id"]?.()).resolves.toBe(4);
});

describe("what a widget is told of itself", () => {
  const PARAMS = {
    id: 501,
    widget_code: "parcel",
    version: "0.3.0",
    path: "/upl/parcel/1/widget",
    images_path: "/upl/parcel/1/widget/images",
    cdn_path: "/upl/parcel/1/widget",
    status: "installed",
    active: "Y",
    widget_active: "Y",
    oauth_client_uuid: "0f3c9a52-6d1e-4c0b-9b7e-2a51c7d4e810",
    category_code: "own_integrations",
    support: { link: "https://help.parcel.example" },
  };

  test.each(Object.entries(PARAMS))("params.%s", { tags: Object.keys(PARAMS).map((key) => `params:${key}`) }, (key, value) => {
    const { self: w } = self({ category_code: "own_integrations", support: { link: "https://help.parcel.example" } });

    expect((w["params"] as unknown as Record<string, unknown>)[key]).toEqual(value);
  });

  const SYSTEM = {
    area: "lcard",
    amouser_id: 7,
    amouser: "alice@acme.example",
    amohash: "",
    domain: "grantway.example",
    server: "acme.grantway.example",
    subdomain: "acme",
    displayed_count: 1,
    displayed_count_by_area: { lcard: 1, settings: 1 },
  };

  test.each(Object.entries(SYSTEM))("system().%s", { tags: Object.keys(SYSTEM).map((key) => `system:${key}`) }, async (key, value) => {
    const { at, self: w } = self();
    await at.workplace.begin({ ...at.runner, start: () => Promise.resolve(true) } as never);

    expect((w["system"]?.() as Record<string, unknown>)[key]).toEqual(value);
  });

  test("version, status and a namespace for its events", { tags: ["widget:get_version", "widget:get_install_status", "widget:ns"] }, () => {
    const { self: w } = self({ status: "not_configured" });
    const told = vi.fn();
    $(document).on(`click${String(w["ns"])}`, told).trigger("click").off(String(w["ns"])).trigger("click");

    expect([w["get_version"]?.(), w["get_install_status"]?.(), told.mock.calls.length]).toEqual(["0.3.0", "not_configured", 1]);
  });

  test("the account, with its users", { tags: ["widget:get_accounts_current"] }, () => {
    expect(self().self["get_accounts_current"]?.()).toMatchObject({ id: 31, subdomain: "acme", users: [{ id: 7, name: "Alice", is_admin: "Y" }] });
  });

  test("contacts of the card", { tags: ["widget:get_current_card_contacts_data"] }, async () => {
    const { at, self: w } = self();
    at.workplace.host.boot.entity = { kind: "leads", id: 12, contacts: [{ id: 3, name: "Ann", phones: ["+1"], emails: [] }] };

    expect(await w["get_current_card_contacts_data"]?.()).toEqual([{ id: 3, name: "Ann", first_name: "Ann", last_name: "", phones: ["+1"], emails: [] }]);
  });

  test("the Modal among its helpers", { tags: ["widget:helpers.Modal"] }, () => {
    const { at, self: w } = self();

    expect((w["helpers"] as unknown as { Modal: unknown }).Modal).toBe(at.workplace.Modal);
  });
});

describe("ways to write from a card", () => {
  const withContact = () => {
    document.body.innerHTML = "<main id='main'><div id='card'><div class='feed-compose__quick-actions-wrapper'></div></div></main>";
    const made = self();
    made.at.workplace.host.boot.entity = { kind: "leads", id: 12, contacts: [{ id: 3, name: "Ann", phones: ["+1"], emails: [] }] };
    return made;
  };

  test("sms has a form of the host, and is kept as a note", { tags: ["widget:add_source.sms"] }, async () => {
    const { at, self: w } = withContact();
    const use = vi.fn(() => Promise.resolve());

    w["add_source"]?.("sms", use);
    $(".grantway-source").trigger("click");
    $("[name=message]").val("Hello");
    $(".grantway-message__form").trigger("submit");
    await soon();

    expect(use).toHaveBeenCalledExactlyOnceWith({ phone: "+1", message: "Hello", contact_id: 3 });
    expect(at.server.calls("note")).toEqual([[{ type: "leads", id: 12 }, { note_type: "sms_out", params: { text: "Hello", phone: "+1" } }]]);
  });

  test("an sms that is not sent leaves no note", async () => {
    const { at, self: w } = withContact();

    w["add_source"]?.("sms", () => Promise.reject(new Error("no")));
    $(".grantway-source").trigger("click");
    $("[name=message]").val("Hello");
    $(".grantway-message__form").trigger("submit");
    await soon();

    expect([at.server.calls("note"), at.troubles]).toEqual([[], ["parcel: add_source sms"]]);
  });

  test("an sms that was sent counts as sent, though its note was not written", async () => {
    const { at, self: w } = withContact();
    vi.spyOn(at.server, "addNote").mockRejectedValue(new Error("no"));

    w["add_source"]?.("sms", () => Promise.resolve());
    $(".grantway-source").trigger("click");
    $("[name=message]").val("Hello");
    $(".grantway-message__form").trigger("submit");
    await soon();
    await soon();

    expect([$(".modal-body__message").text(), at.troubles]).toEqual(["Sent.", ["parcel: note of an sms"]]);
  });

  test("each use of a source is told to the widget", { tags: ["callback:onSource"] }, async () => {
    const { at, self: w } = withContact();
    const onSource = vi.fn();
    at.one().callbacks["onSource"] = onSource;

    w["add_source"]?.("sms", () => Promise.resolve());
    $(".grantway-source").trigger("click");
    expect(onSource).not.toHaveBeenCalled();
    $("[name=message]").val("Hello");
    $(".grantway-message__form").trigger("submit");
    await soon();
    expect(onSource).toHaveBeenCalledOnce();

    w["add_source"]?.("chat", () => undefined);
    $(".grantway-source[data-source=chat]").trigger("click");
    await soon();
    expect(onSource).toHaveBeenCalledTimes(2);
  });

  test.each(["chat", "email"])("%s calls the widget", { tags: ["widget:add_source.chat", "widget:add_source.email"] }, async (type) => {
    const use = vi.fn();

    withContact().self["add_source"]?.(type, use);
    $(".grantway-source").trigger("click");
    await soon();

    expect(use).toHaveBeenCalledOnce();
  });

  test("custom calls the widget with its control", { tags: ["widget:add_source.custom"] }, async () => {
    const use = vi.fn<(control: JQuery) => void>();

    withContact().self["add_source"]?.("custom", use, "Write");
    $(".grantway-source").trigger("click");
    await soon();

    expect(use.mock.calls[0]?.[0].text()).toBe("Write");
  });
});
