import { describe, expect, test } from "vitest";

import { construct } from "../src/loading/constructing";

const members = () => ({ params: { depot: "Lisbon" }, i18n: (path: string) => path.toUpperCase() });

describe("a widget's constructor", () => {
  test("has the whole Widget as `this` while it runs", { tags: ["loading:constructor-this"] }, () => {
    let seen: unknown;

    construct(function (this: ReturnType<typeof members>) {
      seen = [this.params.depot, this.i18n("a")];
    }, members());

    expect(seen).toEqual(["Lisbon", "A"]);
  });

  test("may be a default of a module", { tags: ["loading:typescript-output"] }, () => {
    const { callbacks } = construct({ default: function (this: { callbacks: object }) { this.callbacks = { render: 1 }; } }, members());

    expect(callbacks).toEqual({ render: 1 });
  });

  test("may be an ES class, which reads the Widget in its constructor", { tags: ["loading:es-class"] }, () => {
    class Own {
      declare params: { depot: string };
      depot: string;
      callbacks = { init: () => true };
      constructor() {
        this.depot = this.params.depot;
      }
      greet() {
        return "own";
      }
    }

    const { instance, callbacks } = construct(Own, members());

    expect(instance).toBeInstanceOf(Own);
    expect([(instance as Own).depot, (instance as Own).greet(), Object.keys(callbacks)]).toEqual(["Lisbon", "own", ["init"]]);
  });

  test("may be a compiled class that insists on its own kind", { tags: ["loading:es-class"] }, () => {
    const compiled = function Compiled(this: object) {
      if (!(this instanceof compiled)) throw new TypeError("Cannot call a class as a function");
    } as unknown as new () => object;

    expect(() => construct(compiled, members())).not.toThrow();
  });

  test("may return an object of its own", { tags: ["loading:own-object"] }, () => {
    const other = { callbacks: { render: () => true } };

    expect(construct(() => other, members()).instance).toBe(other);
  });

  test("keeps its own methods where ours have the same name", () => {
    const own = function () {} as unknown as { prototype: { i18n: () => string } };
    own.prototype.i18n = () => "own";

    expect((construct(own, members()).instance as { i18n: () => string }).i18n()).toBe("own");
  });

  test("lends functions among the callbacks to the widget", () => {
    const { instance } = construct(function (this: { callbacks: object; own: number }) {
      this.own = 1;
      this.callbacks = { sms: () => "sent", own: () => 2 };
    }, members());

    expect([(instance as { sms: () => string }).sms(), (instance as { own: number }).own]).toEqual(["sent", 1]);
  });

  test.each([[undefined], [null], [{}], ["text"]])("%s is none", (module) => {
    expect(() => construct(module, members())).toThrow("must give a constructor");
  });
});
