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
  test("constants are read, and cannot be changed", async () => {
    const { constant } = await app();
    const managers = constant("managers") as Record<string, { option: string }>;

    expect(constant("user")).toMatchObject({ id: 7, name: "Alice", api_key: "" });
    expect(managers["7"]?.option).toBe("Alice");
    expect([constant("card_id"), constant("card_element"), constant("is_kommo")]).toEqual([12, 2, true]);
    expect(() => ((constant("user") as { id: number }).id = 8)).toThrow();
  });

  test("a widget sets keys of its own, not those of the system", async () => {
    const { constant } = await app();
    vi.spyOn(console, "warn").mockImplementation(() => undefined);

    constant("own", 1);
    constant("user", { id: 1 });

    expect([constant("own"), (constant("user") as { id: number }).id]).toEqual([1, 7]);
  });

  test("tells what the page is", async () => {
    const made = (await app()) as unknown as Record<string, () => unknown>;

    expect([made["isCard"]?.(), made["getBaseEntity"]?.(), made["getWidgetsArea"]?.(), made["getV3WidgetsArea"]?.()]).toEqual([true, "leads", "leads_card", "leads_card"]);
    expect(made["element_types"]).toMatchObject({ contacts: 1, leads: 2, companies: 3, customers: 12 });
  });

  test("the card's model follows the form", async () => {
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

  test("lists the widgets that run", async () => {
    const { widgets } = await app();

    expect(Object.keys(widgets.list)).toEqual(["parcel"]);
    expect((widgets.list["parcel"] as { params: { widget_code: string } }).params.widget_code).toBe("parcel");
  });

  test.each([
    [undefined, { 7: { id: 7, online: true } }],
    ["online", [7]],
    [7, true],
    [9, false],
  ])("showUserStatus(%s)", async (asked, expected) => {
    const { showUserStatus } = (await app())["sdk"] as { showUserStatus: (asked: unknown) => unknown };

    expect(showUserStatus(asked)).toEqual(expected);
  });
});

describe("notifications", () => {
  test("are shown as text", async () => {
    const { notifications } = await app();

    notifications.show_message({ header: "Parcel", text: "<b>x</b><img src=x onerror=alert(1)>" });

    expect($(".grantway-toast__text").text()).toBe("x");
    expect($(".grantway-toast img")).toHaveLength(0);
  });

  test("calls are stored, and links lead only to pages", async () => {
    const at = world(boot([widget()]));
    const done = vi.fn();

    at.workplace.app.notifications.add_call({ text: "Call", from: "+351", click_link: "javascript:alert(1)" }, { done });
    await soon();

    expect([at.server.calls("notify").length, done.mock.calls.length]).toEqual([1, 1]);
    expect($(".grantway-toast a")).toHaveLength(0);
  });
});

describe("the router", () => {
  function router(answer: string, isFine = true) {
    const browser = {
      page: document,
      fetch: () => Promise.resolve({ ok: isFine, text: () => Promise.resolve(answer) } as Response),
      history: { pushState: vi.fn(), replaceState: vi.fn() },
      leaveFor: vi.fn(),
    };
    const turning = { leave: vi.fn(), enter: vi.fn() };
    return { browser, turning, router: makeRouter($, browser, turning) };
  }
  const next = `<title>Next</title><div class="side"><nav>new</nav></div><main id="main">Next page</main><script type="application/json" id="grantway-boot">${JSON.stringify(boot([]))}</script>`;

  test("turns the page without loading it", async () => {
    const at = router(next);

    at.router.navigate("/leads/");
    await soon();

    expect([document.querySelector("main")?.textContent, document.title]).toEqual(["Next page", "Next"]);
    expect([at.turning.leave.mock.calls.length, at.turning.enter.mock.calls.length, at.browser.history.pushState.mock.calls.length]).toEqual([1, 1, 1]);
  });

  test.each([
    ["a page without widgets", "<main id='main'>x</main>", true],
    ["a refusal", next, false],
  ])("leaves in the ordinary way for %s", async (_, answer, isFine) => {
    const at = router(answer, isFine);

    at.router.navigate("/x");
    await soon();

    expect([at.turning.leave.mock.calls.length, at.browser.leaveFor.mock.calls.length]).toEqual([0, 1]);
  });

  test("follows no script in an address", () => {
    const at = router(next);

    at.router.navigate("javascript:alert(1)");

    expect(at.browser.leaveFor).not.toHaveBeenCalled();
  });
});
