import { beforeEach, describe, expect, test, vi } from "vitest";

import type { EntityKind } from "../src/boot";
import { modalClass } from "../src/places/modal";
import { boot, script, soon, widget, world, $ } from "./world";

beforeEach(() => {
  document.body.innerHTML = "<main id='main'></main>";
});

describe("a modal", () => {
  const Modal = modalClass($, document);

  test("has the dialect's parts, and init gets its body with the modal as this", { tags: ["module:lib/components/base/modal", "modal:class_name", "modal:init", "modal:events", "modal:dom", "modal:destroy"] }, () => {
    let self: unknown;
    const modal = new Modal({
      class_name: "own",
      init($body) {
        self = this;
        $body.html("<p>Words</p>").trigger("modal:loaded").trigger("modal:centrify");
      },
    });

    expect(self).toBe(modal);
    expect($("div.modal.own > .modal-scroller > .modal-body p").text()).toBe("Words");
    expect($(".modal > .modal-overlay")).toHaveLength(1);
    modal.destroy();
    expect($(".modal")).toHaveLength(0);
  });

  const closing: [string, () => unknown][] = [
    [".modal-body__close", () => $(".modal-body__close").trigger("click")],
    [".button-cancel", () => $(".button-cancel").trigger("click")],
    ["the overlay", () => $(".modal-overlay").trigger("click")],
    ["Escape", () => document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }))],
  ];
  const open = (options = {}) =>
    new Modal({ ...options, init: ($body) => void $body.html("<span class='modal-body__close'></span><button class='button-cancel'></button>").trigger("modal:loaded") });

  test.each(closing)("is closed by %s", { tags: ["modal:dom"] }, (_, close) => {
    open();

    close();

    expect($(".modal")).toHaveLength(0);
  });

  for (const [option, [, close]] of [
    ["disable_cancel_click", closing[1]!],
    ["disable_overlay_click", closing[2]!],
    ["disable_escape_keydown", closing[3]!],
  ] as const) {
    test(`${option} keeps it open`, { tags: [`modal:${option}`] }, () => {
      open({ [option]: true });

      close();

      expect($(".modal")).toHaveLength(1);
    });
  }

  test.each([
    [{}, 1],
    [{ disable_enter_keydown: true }, 0],
  ])("Enter in an input accepts, with %o %i times", { tags: ["modal:disable_enter_keydown"] }, (options, times) => {
    const accepted = vi.fn();
    new Modal({ ...options, init: ($body) => void $body.html("<input><button class='js-modal-accept'></button>").trigger("modal:loaded") });
    $(".js-modal-accept").on("click", accepted);

    $(".modal input").get(0)?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));

    expect(accepted).toHaveBeenCalledTimes(times);
  });

  test.each([
    [{}, 0],
    [{ can_centrify: false }, 9],
  ])("is put in its place again unless it may not: %o", { tags: ["modal:can_centrify"] }, (options, top) => {
    const modal = open(options);
    const $scroller = modal.$modal.find(".modal-scroller").prop("scrollTop", 9);

    modal.$modal_body.trigger("modal:centrify");

    expect($scroller.prop("scrollTop")).toBe(top);
  });

  test("stands in its container, with the focus where it is wanted", { tags: ["modal:container", "modal:focus_element"] }, () => {
    new Modal({ container: "#main", focus_element: ".own", init: ($body) => void $body.html("<input><input class='own'>").trigger("modal:loaded") });

    expect([$("#main > .modal").length, $(document.activeElement as Element).hasClass("own")]).toEqual([1, true]);
  });

  test("destroy may keep it open, and is called once", { tags: ["modal:destroy-option", "modal:destroy"] }, () => {
    const destroy = vi.fn(() => false);
    const modal = open({ destroy });

    modal.destroy();
    expect($(".modal")).toHaveLength(1);
    destroy.mockReturnValue(true);
    modal.destroy();
    modal.destroy();
    expect([$(".modal").length, destroy.mock.calls.length]).toEqual([0, 2]);
  });

  test.each(["showSuccess", "_showSuccess"] as const)("%s says so and goes", { tags: ["modal:showSuccess", "modal:_showSuccess"] }, (name) => {
    vi.useFakeTimers();
    const done = vi.fn();

    new Modal()[name]("Saved", done, 3000);
    expect($(".modal-body__message").text()).toBe("Saved");
    vi.advanceTimersByTime(3000);
    vi.useRealTimers();

    expect([$(".modal").length, done.mock.calls.length]).toEqual([0, 1]);
  });

  test.each(["showError", "_showError"] as const)("%s stays, and offers another try where there is one", { tags: ["modal:showError", "modal:_showError"] }, (name) => {
    const retry = vi.fn();

    new Modal()[name]("No", retry);
    $(".js-modal-accept").trigger("click");
    new Modal()[name]("No", false);

    expect([retry.mock.calls.length, $(".js-modal-accept").length, $(".modal").length]).toEqual([1, 0, 1]);
  });
});

describe("a list", () => {
  const rows = [
    { id: 1, name: "One", emails: ["a@example.com"], phones: [] },
    { id: 2, name: "Two", emails: [], phones: ["+351"] },
  ];

  async function list(callbacks: Record<string, unknown>, kind: EntityKind = "leads", area = "llist", location = `${area}-1`) {
    document.body.innerHTML = `<main id='main'><div id='list'>${rows.map((row) => `<input type='checkbox' data-row-id='${row.id}'>`).join("")}</div></main>`;
    const page = boot([widget({}, { locations: [location] })], {
      entity: null,
      list: { kind, rows },
      system: { area, page: kind, domain: "", server: "" },
    });
    const at = world(page, { parcel: script(callbacks) });
    await at.workplace.begin(at.runner);
    return at;
  }
  const tick = (id: number) => $(`[data-row-id=${id}]`).prop("checked", true).trigger("change");
  const choose = () => {
    $(".grantway-menu__button").trigger("click");
    $(".grantway-menu__entry").trigger("click");
  };

  test("draws nothing before rows are ticked and the widget is chosen", { tags: ["callback:leads.selected", "area:llist"] }, async () => {
    const selected = vi.fn();
    await list({ leads: { selected } });
    expect($(".grantway-selection").prop("hidden")).toBe(true);

    tick(1);
    expect([$(".grantway-selection").prop("hidden"), selected.mock.calls.length]).toEqual([false, 0]);
    choose();
    await soon();

    expect([$(".card-widgets").prop("hidden"), selected.mock.calls.length]).toEqual([false, 1]);
  });

  test("list_selected tells the ticked rows, and current_list knows them", { tags: ["widget:list_selected", "app:data.current_list"] }, async () => {
    const at = await list({ leads: { selected: () => undefined } });

    tick(1);
    tick(2);

    expect((at.one().instance as { list_selected: () => unknown }).list_selected()).toEqual({
      selected: [
        { id: 1, type: "lead", emails: ["a@example.com"], phones: [] },
        { id: 2, type: "lead", emails: [], phones: ["+351"] },
      ],
      count_selected: 2,
      summary: { items: 2, emails: 1, phones: 1 },
    });
    const { current_list } = at.workplace.app.data;
    expect(current_list && current_list.where({ checked: true })).toHaveLength(2);
  });

  for (const [kind, area, name] of [
    ["contacts", "clist", "contacts"],
    ["customers", "culist", "customers"],
    ["tasks", "tlist", "todo"],
    ["tasks", "tlist", "tasks"],
    ["companies", "clist", "companies"],
    ["companies", "clist", "contacts"],
  ] as const) {
    test(`of ${kind} calls ${name}.selected`, { tags: [`callback:${name}.selected`] }, async () => {
      const selected = vi.fn();
      await list({ [name]: { selected } }, kind, area);

      tick(1);
      choose();

      expect(selected).toHaveBeenCalledOnce();
    });
  }

  test("a widget that has no place in the panel opens none", { tags: ["callback:leads.selected"] }, async () => {
    const selected = vi.fn();
    await list({ leads: { selected } }, "leads", "llist", "llist-0");

    tick(1);
    choose();

    expect([selected.mock.calls.length, $(".card-widgets:visible").length, $(".card-widgets").length]).toEqual([1, 0, 0]);
  });

  test("a widget without the callback is not offered", async () => {
    await list({});

    tick(1);

    expect($(".grantway-selection").prop("hidden")).toBe(true);
  });
});

test("list_selected is false outside lists", async () => {
  const at = world(boot([widget()]), { parcel: script() });
  await at.workplace.begin(at.runner);

  expect((at.one().instance as { list_selected: () => unknown }).list_selected()).toBe(false);
});

describe("a page of its own", () => {
  const page = (area: string, location?: "stats") =>
    boot([widget({}, { locations: ["advanced_settings", "widget_page"], advanced_title: "Depots" })], {
      entity: null,
      system: { area, page: "", domain: "", server: "", work_area: { code: "parcel", ...(location && { location, item_code: "a" }) } },
    });

  test("in Settings has its work area before advancedSettings runs", { tags: ["callback:advancedSettings", "area:advanced_settings", "dom:work-area"] }, async () => {
    const found = vi.fn();
    const at = world(page("advanced-settings"), { parcel: script({ advancedSettings: () => found($("#work-area-parcel, #list_page_holder, .content__top__preset, .list__body-right__top").length) }) });

    await at.workplace.begin(at.runner);
    await soon();

    expect([found.mock.calls, $(".content__top__preset").text()]).toEqual([[[4]], "Depots"]);
  });

  test("may be taken over as a whole, heading and all", { tags: ["dom:work-area"] }, async () => {
    const at = world(page("advanced-settings"), { parcel: script({ advancedSettings: () => void $("#page_holder").html("<p>All mine</p>") }) });

    await at.workplace.begin(at.runner);
    await soon();

    expect($("#main").text()).toBe("All mine");
  });

  test("in the menu tells which item was opened", { tags: ["callback:initMenuPage", "area:widget_page"] }, async () => {
    const initMenuPage = vi.fn();
    const at = world(page("widget_page", "stats"), { parcel: script({ initMenuPage }) });

    await at.workplace.begin(at.runner);
    await soon();

    expect(initMenuPage).toHaveBeenCalledExactlyOnceWith({ location: "stats", item_code: "a" });
  });
});

describe("a tab of the card", () => {
  const open = async (callbacks: Record<string, unknown>) => {
    const at = world(boot([widget({}, { locations: ["lcard-1", "card_sdk"] })]), { parcel: script(callbacks) });
    await at.workplace.begin(at.runner);
    $(".card-entity-section").get(0)?.dispatchEvent(new Event("toggle"));
    $(".card-entity-section").trigger("toggle");
    await soon();
    await soon();
  };

  test("shows products, and links what is chosen", { tags: ["callback:loadPreloadedData", "callback:loadElements", "callback:linkCard", "area:card_sdk", "dom:card-tab"] }, async () => {
    const linkCard = vi.fn();
    await open({ loadPreloadedData: () => Promise.resolve([{ id: 1, name: "Box", price: 2 }]), loadElements: () => Promise.resolve([]), linkCard });

    expect($("#parcel td").first().text()).toBe("Box");
    $("#parcel input[type=number]").val("3").trigger("change");
    $("#parcel button").trigger("click");
    await soon();

    expect(linkCard.mock.calls[0]?.[0]).toMatchObject({ link: [{ from: "leads", from_id: 12, to_id: 1, quantity: 3 }], unlink: [] });
  });

  describe("when the card itself is saved", () => {
    const save = async (linkCard: () => unknown, quantity = "3") => {
      document.body.innerHTML = "<main id='main'><div class='card-fields'><form><button>Save</button></form></div></main>";
      const form = document.querySelector("form")!;
      const sent = vi.fn((event: SubmitEvent) => event.preventDefault());
      const over = new AbortController();
      window.addEventListener("submit", (event) => void (event.defaultPrevented || sent(event)), { signal: over.signal });
      await open({ loadPreloadedData: () => Promise.resolve([{ id: 1, name: "Box" }]), loadElements: () => Promise.resolve([]), linkCard });
      $("#parcel input[type=number]").val(quantity).trigger("change");
      form.dataset["busy"] = "";
      form.requestSubmit(document.querySelector<HTMLElement>("form button"));
      const atOnce = sent.mock.calls.length;
      await soon();
      await soon();
      over.abort();
      return [atOnce, sent.mock.calls.length, form.dataset["busy"]];
    };

    test("links first what was chosen", { tags: ["callback:linkCard"] }, async () => {
      const linkCard = vi.fn(() => Promise.resolve());

      expect(await save(linkCard)).toEqual([0, 1, undefined]);
      expect(linkCard.mock.calls).toMatchObject([[{ link: [{ to_id: 1, quantity: 3 }], unlink: [] }]]);
    });

    test("saves also when the widget fails", async () => {
      expect(await save(() => Promise.reject(new Error("no")))).toEqual([0, 1, undefined]);
    });

    test("asks nobody when nothing was chosen", async () => {
      const linkCard = vi.fn();

      expect(await save(linkCard, "0")).toEqual([1, 1, ""]);
      expect(linkCard).not.toHaveBeenCalled();
    });
  });

  test("says that rows were not linked", async () => {
    await open({ loadPreloadedData: () => Promise.resolve([{ id: 1, name: "Box" }]), loadElements: () => Promise.resolve([]), linkCard: () => Promise.reject(new Error("no")) });

    $("#parcel input[type=number]").val("3").trigger("change");
    $("#parcel button").trigger("click");
    await soon();

    expect($("#parcel [role=status]").text()).toBe("That was not saved.");
  });

  test("is the widget's own to fill when there are no products", { tags: ["callback:loadPreloadedData", "area:card_sdk"] }, async () => {
    await open({ loadPreloadedData: () => Promise.resolve({}), loadElements: () => void $("#parcel").append("<p>own</p>") });

    expect($("#parcel").text()).toContain("own");
    expect($("#parcel table")).toHaveLength(0);
  });

  test("searches by what the widget finds", { tags: ["callback:searchDataInCard"] }, async () => {
    const searchDataInCard = vi.fn(() => Promise.resolve([{ id: 2, name: "Bag" }]));
    await open({ loadPreloadedData: () => Promise.resolve([{ id: 1, name: "Box" }]), loadElements: () => Promise.resolve([]), searchDataInCard });

    $("#parcel [type=search]").val("ba").trigger("change");
    await soon();

    expect(searchDataInCard).toHaveBeenCalledExactlyOnceWith("ba", 2, 12);
    expect($("#parcel tbody td").first().text()).toBe("Bag");
  });
});
