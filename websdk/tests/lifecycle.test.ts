import { beforeEach, describe, expect, test, vi } from "vitest";

import { belongsIn, call, isAt, start, stop } from "../src/widgets/lifecycle";
import { boot, made, script, soon, widget, world, $ } from "./world";

beforeEach(() => {
  document.body.innerHTML = "<main id='main'></main>";
});

describe("an area that is entered", () => {
  test("runs render, bind_actions and init in this order, with the callbacks as this", { tags: ["callback:render", "callback:bind_actions", "callback:init", "area:lcard"] }, async () => {
    const at = world(boot([widget()]));
    const ran: string[] = [];
    const note = (name: string) =>
      function (this: Record<string, unknown>) {
        ran.push(name);
        return "render" in this;
      };
    made(at, script({ render: note("render"), bind_actions: note("bind_actions"), init: note("init") }));

    expect(await start(at.workplace.host, at.one(), "lcard")).toBe(true);
    expect(ran).toEqual(["render", "bind_actions", "init"]);
  });

  test.each([[false], [undefined], [Promise.resolve(false)]])("stops after render gave %s", async (answer) => {
    const at = world(boot([widget()]));
    const init = vi.fn();
    made(at, script({ render: () => answer, init }));

    expect(await start(at.workplace.host, at.one(), "lcard")).toBe(false);
    expect(init).not.toHaveBeenCalled();
  });

  test("goes on after a render that promises true", async () => {
    const at = world(boot([widget()]));
    const init = vi.fn(() => true);
    made(at, script({ render: () => Promise.resolve(true), init }));

    await start(at.workplace.host, at.one(), "lcard");

    expect(init).toHaveBeenCalledOnce();
  });

  test("wants all three callbacks", async () => {
    const at = world(boot([widget()]));
    made(at, function (this: { callbacks: object }) {
      this.callbacks = { render: () => true, init: () => true };
    });

    expect(await start(at.workplace.host, at.one(), "lcard")).toBe(false);
  });
});

describe("a widget that fails leaves the others alive (S-146)", { tags: ["loading:failing"] }, () => {
  const bad: [string, unknown, string[]][] = [
    ["throws in its constructor", () => { throw new Error("no"); }, ["bad: script.js"]],
    ["gives no constructor", { nothing: true }, ["bad: script.js"]],
    ["throws in render", script({ render: () => { throw new Error("no"); } }), ["bad: render"]],
    ["rejects in render", script({ render: () => Promise.reject(new Error("no")) }), ["bad: render"]],
    ["never resolves in render", script({ render: () => new Promise(() => undefined) }), []],
    ["throws in init", script({ init: () => { throw new Error("no"); } }), ["bad: init"]],
    ["never loads", "never", []],
    ["lacks init", function (this: { callbacks: object }) { this.callbacks = { render: () => true, bind_actions: () => true }; }, ["bad: start"]],
  ];

  test.each(bad)("which %s", async (_, module, troubles) => {
    const page = boot([widget({ code: "bad" }), widget({ code: "good" })]);
    const init = vi.fn(() => true);
    const at = world(page, { bad: module, good: script({ init }) });

    void at.workplace.begin(at.runner);
    await soon();
    await soon();

    expect(init).toHaveBeenCalledOnce();
    expect(at.troubles).toEqual(troubles);
  });
});

describe("init_once", { tags: ["loading:init_once"] }, () => {
  test("starts on pages without its locations, and stays over them", async () => {
    const at = world(boot([widget({}, { init_once: true, locations: ["everywhere"] })]));
    const destroy = vi.fn();
    made(at, script({ destroy }));

    expect(belongsIn(at.one(), "stats")).toBe(true);
    await start(at.workplace.host, at.one(), "lcard");
    await stop(at.workplace.host, at.one());
    expect(destroy).not.toHaveBeenCalled();
    await stop(at.workplace.host, at.one(), true);
    expect(destroy).toHaveBeenCalledOnce();
  });

  test("others are destroyed when their area is left", { tags: ["callback:destroy"] }, async () => {
    const at = world(boot([widget()]));
    const destroy = vi.fn();
    made(at, script({ destroy }));

    await start(at.workplace.host, at.one(), "lcard");
    await stop(at.workplace.host, at.one());

    expect(destroy).toHaveBeenCalledOnce();
  });

  test("a destroy that takes its time does not take away what the next page shows", async () => {
    document.body.innerHTML = "<main id='main'><div id='card'></div></main>";
    const at = world(boot([widget()]), { parcel: script({ destroy: () => soon() }) });
    await at.runner.start(at.one(), "lcard");

    const stopping = at.runner.stop(at.one());
    (at.one().instance as { render_template: (block: object) => void }).render_template({ body: "next" });
    await stopping;

    expect($(".card-widgets__widget__body").text()).toBe("next");
  });

  test("page:changed is told once the page stands, before anything is drawn in it", async () => {
    const order: string[] = [];
    const note = (word: string) => () => (order.push(`${word} ${at.workplace.host.system.area}`), true);
    const at = world(boot([widget()]), { parcel: script({ render: note("render") }) });
    $(document).one("page:changed", note("changed"));

    await at.workplace.begin(at.runner);

    expect(order).toEqual(["changed lcard", "render lcard"]);
  });
});

test.each([
  [{ status: "installed" }, "lcard", true],
  [{ status: "installed" }, "clist", false],
  [{ status: "not_configured" }, "lcard", false],
  [{ status: "install" }, "lcard", false],
  [{ widget_active: "N" }, "lcard", false],
] as const)("%o belongs in %s: %s", (changes, area, expected) => {
  expect(belongsIn(world(boot([widget(changes)])).one(), area)).toBe(expected);
});

test("locations may lack their mark, and carry spaces", () => {
  const at = world(boot([widget({}, { locations: ["lcard", "culist-1 ", "advanced_settings"] })]));

  expect(["lcard", "culist", "advanced-settings", "ccard"].map((area) => isAt(at.one(), area))).toEqual([true, true, true, false]);
});

test("a missing callback is no trouble", async () => {
  const at = world(boot([widget()]));
  made(at, script());

  expect(await call(at.workplace.host, at.one(), "leads.selected")).toBeUndefined();
  expect(at.troubles).toEqual([]);
});
