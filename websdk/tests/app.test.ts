import { beforeEach, describe, expect, test, vi } from "vitest";

import { makeRouter } from "../src/dialect/router";
import { boot, script, soon, widget, world, $ } from "./world";

beforeEach(() => {
  document.body.innerHTML = "<div class='side'><nav>old</nav></div><main id='main' tabindex='-1'><div id='card'><input name='name' value='A lead'><div class='linked-form__field' data-id='901'><input name='cf-901' value='x'></div></div></main>";
});

async function app(changes = {}) {
  const at = world(boot([widget()], changes), { parcel: script() });
  await at.workplace.begin(at.runner);
  return at.workplace.app;
}

describe("APP", () => {
  test("constants are read, and cannot be changed", { tags: ["user", "managers", "card_id", "card_element", "is_kommo"].map((key) => `app:constant.${key}`) }, async () => {
    const { constant } = await app();
    const managers = constant("managers") as Record<string, { option: string }>;

    expect(constant("user")).toMatchObject({ id: 7, name: "Alice", api_key: "" });
    expect(managers["7"]?.option).toBe("Alice");
    expect([constant("card_id"), constant("card_element"), constant("is_kommo")]).toEqual([12, 2, true]);
    expect(() => ((constant("user") as { id: number }).id = 8)).toThrow();
  });

  test.each([
    ["user_rights", { is_admin: true }],
    ["account", { id: 31, subdomain: "acme", currency: "EUR", cf: {}, paid_till: null }],
    ["groups", { group_0: "Sales" }],
    ["task_types", { 1: { id: 1, option: "Call" } }],
  ])("constant('%s')", { tags: ["user_rights", "account", "groups", "task_types"].map((key) => `app:constant.${key}`) }, async (key, expected) => {
    expect((await app({ task_types: { 1: { id: 1, option: "Call" } } })).constant(key)).toMatchObject(expected);
  });

  test("tells the language, the page's root and the tables of the dialect", { tags: ["lang_id", "data.current_entity", "data.current_view.$el", "cf_types", "note_types", "element_types", "system.format.date"].map((key) => `app:${key}`) }, async () => {
    const made = (await app()) as unknown as Record<string, Record<string, unknown>>;

    expect([made["lang_id"], made["data"]?.["current_entity"], (made["data"]?.["current_view"] as { $el: JQuery }).$el.is("#card")]).toEqual(["en", "leads", true]);
    expect(made["cf_types"]).toMatchObject({ text: 1, select: 4 });
    expect(made["note_types"]).toMatchObject({ common: 4, call_in: 10 });
    expect((made["system"]?.["format"] as { date: object }).date).toMatchObject({ date: "DD.MM.YYYY", date_short: "DD.MM", full: "DD.MM.YYYY HH:mm", time: "HH:mm" });
  });

  test("remembers whether somebody is calling", { tags: ["app:sdk.setCallingStatus", "app:sdk.getCallingStatus"] }, async () => {
    const sdk = (await app())["sdk"] as { setCallingStatus(is: boolean): void; getCallingStatus(): boolean };
    const before = sdk.getCallingStatus();

    sdk.setCallingStatus(true);

    expect([before, sdk.getCallingStatus()]).toEqual([false, true]);
  });

  test("keeps nothing that would have to be cleared, and names the handlers of bots", { tags: ["app:widgets.clear_cache", "app:widgets.legal_handlers"] }, async () => {
    const { widgets } = await app();

    expect([widgets.clear_cache(), widgets.legal_handlers]).toEqual([undefined, ["show", "goto"]]);
  });

  test.each([
    [1, "light"],
    [2, "dark"],
  ] as const)("theme %i is %s", { tags: ["dom:theme"] }, async (theme, scheme) => {
    const { user } = boot([]);
    await app({ user: { ...user, theme } });

    expect(document.documentElement.dataset["colorScheme"]).toBe(scheme);
  });

  test("the theme is the one that the browser prefers, also when it comes to prefer another", { tags: ["dom:theme", "app:constant.user"] }, async () => {
    let changed: () => void = () => undefined;
    const prefers = { matches: true, addEventListener: (_: string, told: () => void) => (changed = told) };
    vi.stubGlobal("matchMedia", () => prefers);
    const { constant } = await app();
    const now = () => [(constant("user") as { theme: number }).theme, document.documentElement.dataset["colorScheme"]];

    expect(now()).toEqual([2, "dark"]);
    prefers.matches = false;
    changed();
    expect(now()).toEqual([1, "light"]);
    vi.unstubAllGlobals();
  });

  test("a widget sets keys of its own, not those of the system", { tags: ["app:constant.set"] }, async () => {
    const { constant } = await app();
    vi.spyOn(console, "warn").mockImplementation(() => undefined);

    constant("own", 1);
    constant("user", { id: 1 });

    expect([constant("own"), (constant("user") as { id: number }).id]).toEqual([1, 7]);
  });

  test("tells what the page is", { tags: ["app:isCard", "app:getBaseEntity", "app:getWidgetsArea", "app:getV3WidgetsArea", "app:element_types"] }, async () => {
    const made = (await app()) as unknown as Record<string, () => unknown>;

    expect([made["isCard"]?.(), made["getBaseEntity"]?.(), made["getWidgetsArea"]?.(), made["getV3WidgetsArea"]?.()]).toEqual([true, "leads", "leads_card", "leads_card"]);
    expect(made["element_types"]).toMatchObject({ contacts: 1, leads: 2, companies: 3, customers: 12 });
  });

  test("the card's model follows the form", { tags: ["app:data.current_card.id", "app:data.current_card.model", "app:data.current_card.element_type", "app:data.current_card.main_user", "app:data.current_card.fields_hider.model"] }, async () => {
    const card = (await app()).data.current_card;
    if (!card) throw new Error("no card");

    $("[name='cf-901']").val("y").trigger("input");

    expect([card.id, card.element_type, card.main_user]).toEqual([12, 2, 7]);
    expect(card.model.attributes).toMatchObject({ "CFV[901]": "y", "lead[NAME]": "A lead" });
    expect(card.fields_hider.model.attributes["CFV[901]"]).toBe("y");
  });

  test("there is no card elsewhere", async () => {
    expect((await app({ entity: null })).data.current_card).toBe(false);
  });

  test("lists the widgets that run", { tags: ["app:widgets.list"] }, async () => {
    const { widgets } = await app();

    expect(Object.keys(widgets.list)).toEqual(["parcel"]);
    expect((widgets.list["parcel"] as { params: { widget_code: string } }).params.widget_code).toBe("parcel");
  });

  test.each([
    [undefined, { 7: { id: 7, online: true } }],
    ["online", [7]],
    [7, true],
    [9, false],
  ])("showUserStatus(%s)", { tags: ["app:sdk.showUserStatus"] }, async (asked, expected) => {
    const { showUserStatus } = (await app())["sdk"] as { showUserStatus: (asked: unknown) => unknown };

    expect(showUserStatus(asked)).toEqual(expected);
  });
});

describe("notifications", () => {
  test("are shown as text", { tags: ["notification:show_message"] }, async () => {
    const { notifications } = await app();

    notifications.show_message({ header: "Parcel", text: "<b>x</b><img src=x onerror=alert(1)>" });

    expect($(".grantway-toast__text").text()).toBe("x");
    expect($(".grantway-toast img")).toHaveLength(0);
  });

  test("of every kind are shown", { tags: ["notification:show_message_error", "notification:show_notification"] }, async () => {
    const { notifications } = await app();

    notifications.show_message_error({ header: "Parcel", text: "lost" });
    notifications.show_notification({ text: { header: "Ann", text: "calls" }, type: "call" });

    expect([$(".grantway-toast-error[role=alert]").text(), $(".grantway-toast-call .grantway-toast__text").text()]).toEqual(["Parcellost×", "calls"]);
  });

  test.each([
    [1_780_000_000, 1],
    ["soon", 0],
    [undefined, 0],
  ])("with the date %s have %i times", { tags: ["notification:show_message_error", "notification:show_notification"] }, async (date, times) => {
    document.querySelector(".grantway-toasts")?.remove();
    const { notifications } = await app();

    notifications.show_message_error({ text: "lost", date: date as number });
    notifications.show_notification({ text: { text: "calls" }, date: date as number });

    expect($(".grantway-toast time")).toHaveLength(2 * times);
    if (times) expect($("time").attr("datetime")).toBe("2026-05-28T20:26:40.000Z");
  });

  test("errors are shown and stored, and tell when storing fails", { tags: ["notification:add_error"] }, async () => {
    const at = world(boot([widget()]));
    const [done, fail, always] = [vi.fn(), vi.fn(), vi.fn()];

    at.workplace.app.notifications.add_error({ text: "lost" }, { done, fail, always });
    await soon();
    at.server.notify = () => Promise.reject(new Error("no"));
    at.workplace.app.notifications.add_error({ text: "lost" }, { done, fail, always });
    await soon();

    expect(at.server.calls("notify")).toEqual([[{ kind: "error", widget: "", content: { text: "lost" } }]]);
    expect([done, fail, always].map((told) => told.mock.calls.length)).toEqual([1, 1, 2]);
  });

  test("calls are stored, and links lead only to pages", { tags: ["notification:add_call"] }, async () => {
    const at = world(boot([widget()]));
    const done = vi.fn();

    at.workplace.app.notifications.add_call({ text: "Call", from: "+351", click_link: "javascript:alert(1)" }, { done });
    await soon();

    expect([at.server.calls("notify").length, done.mock.calls.length]).toEqual([1, 1]);
    expect($(".grantway-toast a")).toHaveLength(0);
  });
});

describe("the router", () => {
  function router(answer: string, isFine = true, type = "text/html; charset=utf-8") {
    const browser = {
      page: document,
      fetch: () => Promise.resolve(new Response(answer, { status: isFine ? 200 : 404, headers: { "content-type": type } })),
      history: { pushState: vi.fn(), replaceState: vi.fn() },
      leaveFor: vi.fn(),
    };
    const turning = { leave: vi.fn(), enter: vi.fn() };
    return { browser, turning, router: makeRouter($, browser, turning) };
  }
  const next = `<title>Next</title><div class="side"><nav>new</nav></div><main id="main">Next page</main><script type="application/json" id="grantway-boot">${JSON.stringify(boot([]))}</script>`;

  test("turns the page without loading it", { tags: ["app:router.navigate"] }, async () => {
    const at = router(next);

    at.router.navigate("/leads/");
    await soon();

    expect([document.querySelector("main")?.textContent, document.title]).toEqual(["Next page", "Next"]);
    expect([at.turning.leave.mock.calls.length, at.turning.enter.mock.calls.length, at.browser.history.pushState.mock.calls.length]).toEqual([1, 1, 1]);
  });

  test.each([
    ["a page without widgets", "<main id='main'>x</main>", true, "text/html; charset=utf-8"],
    ["a refusal", next, false, "text/html; charset=utf-8"],
    ["a file of a widget that looks like a page (S-142)", next, true, "text/plain; charset=utf-8"],
  ])("leaves in the ordinary way for %s", async (_, answer, isFine, type) => {
    const at = router(answer, isFine, type);

    at.router.navigate("/x");
    await soon();

    expect([at.turning.leave.mock.calls.length, at.browser.leaveFor.mock.calls.length]).toEqual([0, 1]);
  });

  test("follows links that say so, also when a script presses them", { tags: ["app:js-navigate-link"] }, async () => {
    // Those of the pages before listen on the same document.
    $(document).off("click", "a.js-navigate-link");
    const at = router(next);

    $("<a class='js-navigate-link' href='/leads/'>").appendTo(document.body).trigger("click");
    await soon();

    expect(at.turning.enter).toHaveBeenCalledOnce();
  });

  test("follows no script in an address", () => {
    const at = router(next);

    at.router.navigate("javascript:alert(1)");

    expect(at.browser.leaveFor).not.toHaveBeenCalled();
  });
});
