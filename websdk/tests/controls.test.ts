import { readFileSync } from "node:fs";
import { join } from "node:path";

import { beforeEach, describe, expect, test, vi } from "vitest";

import { enliven } from "../src/controls/behaviour";
import { CONTROLS } from "../src/controls/templates";
import { prepareTwig, renderControl, renderSource } from "../src/controls/twig";
import { $, libraries } from "./world";

const twig = prepareTwig(libraries().twig);
enliven($, document);

beforeEach(() => {
  document.body.innerHTML = "";
});

const items = [
  { id: 1, option: "One" },
  { id: 2, option: "Two" },
];

describe("the native controls", () => {
  test.each(Object.keys(CONTROLS))("%s is drawn with and without parameters", (name) => {
    const values = { name: "n", id: "i", text: "Words", value: "v", items, values: [{ id: 1, value: "One" }], selected: 2, style: { width: "9px" }, title_empty: "None" };

    expect(renderControl(twig, name)).toContain("<");
    expect($(renderControl(twig, name, values)).length).toBeGreaterThan(0);
  });

  test.each(["/tmpl/controls/button.twig", "tmpl/controls/button", "/tmpl/controls/button/index.twig"])("is found as %s", (ref) => {
    expect(twig({ ref })?.render({ text: "Go" })).toContain("Go");
  });

  test("include_control works inside any Twig", { tags: ["control:include_control"] }, () => {
    expect(renderSource(twig, "<b>{{ include_control('button', {'text': word}) }}</b>", { word: "Go" })).toContain("button-input-inner__text");
  });

  test("words are escaped", () => {
    expect(renderControl(twig, "button", { text: "<img src=x>" })).toContain("&lt;img");
    expect(renderControl(twig, "select", { items: [{ id: 1, option: '"><script>' }] })).not.toContain("<script>");
  });

  test("the registry is open, as widgets expect", () => {
    twig({ id: "own", data: "{{ a }}!" });

    expect(twig.Templates.registry["own"]?.render({ a: 1 })).toBe("1!");
  });
});

describe("what a control is made of", () => {
  const made: [string, object, string][] = [
    ["button", { text: "Go", class_name: "own", id: "i", blue: true, title: "t" }, "button#i.own.button-input.button-input_blue[title=t] > .button-input-inner > .button-input-inner__text"],
    ["button", { text: "Go", context_menu: [{ text: "More", id: "m" }] }, ".button-input__context-menu #m"],
    ["cancel_button", { text: "No", class_name: "own" }, ".button-cancel.own"],
    ["delete_button", { text: "Away", id: "i" }, ".button-delete#i"],
    ["input", { name: "n", type: "tel", value: "v", placeholder: "p", max_length: 9, additional_data: "data-a=1" }, "input.text-input[name=n][type=tel][value=v][placeholder=p][maxlength=9][data-a=1]"],
    ["textarea", { name: "n", placeholder: "p", style: { width: "9px" } }, "textarea.text-input[name=n][placeholder=p][style*=width]"],
    ["checkbox", { name: "n", name_is_array: true, checked: true, value: "v", input_class_name: "own" }, ".control-checkbox.is-checked input.own[name='n[]'][value=v]:checked"],
    ["checkboxes_dropdown", { name: "n", items: [{ id: 1, option: "One", is_checked: true }] }, ".checkboxes_dropdown input[name=n][value='1']:checked"],
    ["checkboxes_dropdown/values_title", { name: "n", items: [{ id: 1, option: "One" }] }, ".checkboxes_dropdown input[name=n][value='1']"],
    ["radio", { name: "n", id: 1, prefix: "p", label: "One", value: "v", selected: true }, ".control-radio.icon-radio-checked input#p1[name=n][value=v]:checked"],
    ["multiselect", { name: "n", values: [{ id: 1, value: "One" }, { id: 2, value: "Two" }], selected: [2] }, "input[name='n[]'][value='2']:checked"],
    ["suggest", { name: "n", items: [{ id: 1, value: "One" }], selected: 1 }, ".control--suggest input[name=n][value='1']"],
    ["date_field", { name: "n", value: "01.02.2026" }, "input.date_field[name=n][value='01.02.2026']"],
    ["file", { name: "n", id: "i" }, "input#i[type=file][name=n]"],
    ["switcher", { name: "n", id: "i", checked: true, custom_class_name: "own" }, ".own input#i[name=n]:checked"],
  ];

  for (const [name, values, selector] of made) {
    test(`${name}: ${selector}`, { tags: [`control:${name}`] }, () => {
      $(document.body).html(renderControl(twig, name, values));

      expect($(selector)).toHaveLength(1);
    });
  }

  describe("a date", () => {
    const draw = (values: object) => $(document.body).html(renderControl(twig, "date_field", { name: "n", ...values }));
    const pick = (at: number, day: string) => $(".date_field_picker").eq(at).trigger("mousedown").val(day).trigger("change");

    test("is chosen from a calendar, and written as the dialect does", { tags: ["control:date_field"] }, () => {
      draw({ value: "01.02.2026" });
      const told = vi.fn();
      $(".date_field").on("change", told);
      $(".date_field_picker").trigger("mousedown");
      expect($(".date_field_picker").val()).toBe("2026-02-01");

      pick(0, "2026-03-24");

      expect([$("[name=n]").val(), told.mock.calls.length]).toEqual(["24.03.2026", 1]);
    });

    test("of a range has two days", { tags: ["control:date_field"] }, () => {
      draw({ type: "range", value: "01.02.2026 - 03.02.2026" });

      pick(1, "2026-03-24");

      expect($("[name=n]").val()).toBe("01.02.2026 - 24.03.2026");
    });

    test("that may not be changed has no calendar to choose from", () => {
      draw({ disabled: true });

      expect($(".date_field_picker:disabled")).toHaveLength(1);
    });
  });

  test("a long list of choices is searched", { tags: ["control:multiselect"] }, () => {
    const values = (count: number) => Array.from({ length: count }, (_, id) => ({ id, value: `Number ${id}` }));
    $(document.body).html(renderControl(twig, "multiselect", { name: "n", values: values(7) }));
    expect($(".multiselect__search")).toHaveLength(0);
    $(document.body).html(renderControl(twig, "multiselect", { name: "n", values: values(12) }));

    $(".multiselect__search").val("11").trigger("input");

    const shown = $(".multiselect__item").toArray().filter((item) => (item as HTMLElement).style.display !== "none");
    expect(shown.map((item) => item.textContent?.trim())).toEqual(["Number 11"]);
  });

  test("a radio and a switcher follow what is chosen", { tags: ["control:radio", "control:switcher"] }, () => {
    const radio = (value: number) => renderControl(twig, "radio", { name: "n", label: "One", value });
    $(document.body).html(radio(1) + radio(2) + renderControl(twig, "switcher", { name: "s" }));

    $("[value=2]").prop("checked", true).trigger("change");
    $("[name=s]").prop("checked", true).trigger("change");

    expect([$(".icon-radio-checked input").val(), $(".switcher__on").length]).toEqual(["2", 1]);
  });

  test("a suggest takes what is picked", { tags: ["control:suggest"] }, () => {
    $(document.body).html(renderControl(twig, "suggest", { name: "n", items: [{ id: 1, value: "One" }, { id: 2, value: "Two" }] }));

    $(".control--suggest--input").val("tw").trigger("input");
    $(".control--suggest--list--item").last().trigger("mousedown");

    expect([$("[name=n]").val(), $(".control--suggest--input").val()]).toEqual(["2", "Two"]);
  });
});

describe("a select", () => {
  const draw = (selected?: number) => $(document.body).html(renderControl(twig, "select", { items, selected, name: "n" }));

  test.each([
    [2, "2", "Two"],
    [undefined, "1", "One"],
    [9, "1", "One"],
  ])("with %s chosen shows %s", (selected, value, shown) => {
    draw(selected);

    expect($(".control--select--input").val()).toBe(value);
    expect($(".control--select--button-inner").text()).toBe(shown);
  });

  test("fires change on its hidden input", { tags: ["control:select", "control:controls:change"] }, () => {
    draw();
    let changes = 0;
    $(".control--select--input").on("change", () => (changes += 1));

    $(".control--select--button").trigger("click");
    $(".control--select--list--item").last().trigger("click");

    expect([$(".control--select--input").val(), changes, $(".control--select--button-inner").text()]).toEqual(["2", 1, "Two"]);
  });

  test("shows what a widget wrote", { tags: ["control:select", "control:controls:change:visual"] }, () => {
    draw();

    $(".control--select--input").val("2").trigger("controls:change:visual");

    expect($(".control--select--button-inner").text()).toBe("Two");
  });
});

test("a list of ticks names what is chosen", { tags: ["control:checkboxes_dropdown"] }, () => {
  $(document.body).html(renderControl(twig, "checkboxes_dropdown", { items, title_empty: "Nobody", title_numeral: "person,people,people" }));

  $("input").first().prop("checked", true).trigger("change");
  expect($(".checkboxes_dropdown__title").text()).toBe("One");
  $("input").first().prop("checked", false).trigger("change");
  expect($(".checkboxes_dropdown__title").text()).toBe("Nobody");
});

describe("a button's events", () => {
  beforeEach(() => {
    $(document.body).html(renderControl(twig, "button", { text: "Go" }));
  });

  test("loading shows, and leaves presses by script", { tags: ["control:button", "control:button:load:start", "control:button:load:stop"] }, () => {
    let presses = 0;
    $(document.body).on("click", "button", () => (presses += 1));

    $("button").trigger("button:load:start").trigger("click");

    expect([$("button").attr("aria-busy"), presses]).toEqual(["true", 1]);
    $("button").trigger("button:load:stop");
    expect($("button").attr("aria-busy")).toBeUndefined();
  });

  test("button:enable gives it back, without its colour", { tags: ["control:button:enable"] }, () => {
    $("button").trigger("button:save:disable").trigger("button:enable");

    expect([$("button").prop("disabled"), $("button").hasClass("button-input_blue")]).toEqual([false, false]);
  });

  test.each([
    ["button:save:enable", false, true],
    ["button:save:disable", true, false],
  ])("%s", { tags: ["control:button:save:enable", "control:button:save:disable"] }, (name, isDisabled, isBlue) => {
    $("button").trigger(name);

    expect([$("button").prop("disabled"), $("button").hasClass("button-input_blue")]).toEqual([isDisabled, isBlue]);
  });

  test("button:save:error marks it", { tags: ["control:button:save:error"] }, () => {
    $("button").trigger("button:save:error");

    expect($("button").hasClass("button-input_failed")).toBe(true);
  });
});

test("the colours of the page stand under the dialect's names", { tags: ["dom:palette"] }, () => {
  const style = readFileSync(join(import.meta.dirname, "../src/styles/theme.css"), "utf8");

  for (const name of ["background-primary", "text-primary", "border-default", "links-primary"]) expect(style).toContain(`--palette-${name}: var(--`);
});
