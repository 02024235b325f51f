import { beforeEach, describe, expect, test } from "vitest";

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

  test("include_control works inside any Twig", () => {
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

  test("fires change on its hidden input", () => {
    draw();
    let changes = 0;
    $(".control--select--input").on("change", () => (changes += 1));

    $(".control--select--button").trigger("click");
    $(".control--select--list--item").last().trigger("click");

    expect([$(".control--select--input").val(), changes, $(".control--select--button-inner").text()]).toEqual(["2", 1, "Two"]);
  });

  test("shows what a widget wrote", () => {
    draw();

    $(".control--select--input").val("2").trigger("controls:change:visual");

    expect($(".control--select--button-inner").text()).toBe("Two");
  });
});

test("a list of ticks names what is chosen", () => {
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

  test("loading shows, and leaves presses by script", () => {
    let presses = 0;
    $(document.body).on("click", "button", () => (presses += 1));

    $("button").trigger("button:load:start").trigger("click");

    expect([$("button").attr("aria-busy"), presses]).toEqual(["true", 1]);
    $("button").trigger("button:load:stop");
    expect($("button").attr("aria-busy")).toBeUndefined();
  });

  test.each([
    ["button:save:enable", false, true],
    ["button:save:disable", true, false],
  ])("%s", (name, isDisabled, isBlue) => {
    $("button").trigger(name);

    expect([$("button").prop("disabled"), $("button").hasClass("button-input_blue")]).toEqual([isDisabled, isBlue]);
  });

  test("button:save:error marks it", () => {
    $("button").trigger("button:save:error");

    expect($("button").hasClass("button-input_failed")).toBe(true);
  });
});
