import { beforeEach, describe, expect, test, vi } from "vitest";

import { PressGuard } from "../src/settings/pressing";

const told = { pressed: vi.fn(), refused: vi.fn() };
const guard = new PressGuard(window);
guard.tell(told);
let button: HTMLButtonElement;

beforeEach(() => {
  vi.clearAllMocks();
  document.body.innerHTML = "<button id='b'><span>Install</span></button><label for='b'>own</label>";
  button = document.querySelector("button")!;
  guard.guard(button, { action: "install", code: "parcel" });
  document.elementFromPoint = () => button;
});

/** What a browser would say of a real press; only here can a test make one. */
function real(changes: object = {}): MouseEvent {
  const event = new MouseEvent("click", { bubbles: true, clientX: 5, clientY: 5, detail: 1 });
  return new Proxy(event, {
    get: (of, name) => (name in changes ? (changes as Record<PropertyKey, unknown>)[name] : name === "isTrusted" ? true : name === "target" ? button.firstChild : Reflect.get(of, name, of)),
  });
}

describe("a press by script", () => {
  test.each([
    ["click()", () => button.click()],
    ["a dispatched click", () => button.dispatchEvent(new MouseEvent("click", { bubbles: true, detail: 1 }))],
    ["a click on what is inside", () => button.querySelector("span")!.click()],
  ])("%s is refused as untrusted, and told once", (_, press) => {
    press();

    expect(told.pressed).not.toHaveBeenCalled();
    expect(told.refused.mock.calls).toEqual([[{ action: "install", code: "parcel" }, "untrusted"]]);
  });

  test("a click on its label is refused, and told once", () => {
    document.querySelector("label")!.click();

    expect([told.pressed.mock.calls.length, told.refused.mock.calls.length]).toEqual([0, 1]);
  });

  test("an object that claims to be an event is refused", () => {
    guard.judge({ isTrusted: true, target: button, clientX: 5, clientY: 5, detail: 1 } as never);

    expect(told.refused.mock.calls[0]?.[1]).toBe("not_an_event");
  });

  test("what a widget puts in the browser's place later is not believed", () => {
    vi.stubGlobal("Event", class { static [Symbol.hasInstance]() { return true; } });
    guard.judge({ isTrusted: true, target: button, detail: 1 } as never);
    vi.unstubAllGlobals();

    expect(told.refused.mock.calls[0]?.[1]).toBe("not_an_event");
  });

  test("a listener that stops the event comes too late", () => {
    window.addEventListener("click", (event) => event.stopImmediatePropagation(), { capture: true, once: true });

    button.click();

    expect(told.refused).toHaveBeenCalledOnce();
  });
});

describe("a real press", () => {
  // jsdom has no elementFromPoint of its own, so the guard is made where there is one.
  function withPoint(at: () => Element | null): PressGuard {
    Document.prototype.elementFromPoint = at as never;
    const own = new PressGuard(window);
    own.tell(told);
    own.guard(button, { action: "install", code: "parcel" });
    return own;
  }

  test("with the pointer on the button is heard", () => {
    withPoint(() => button.querySelector("span")).judge(real());

    expect(told.pressed).toHaveBeenCalledOnce();
  });

  test("on something that lies above the button is refused", () => {
    withPoint(() => document.querySelector("label")).judge(real());

    expect(told.refused.mock.calls[0]?.[1]).toBe("covered");
  });

  test("on a disabled button is refused", () => {
    button.classList.add("button-input-disabled");
    withPoint(() => button).judge(real());

    expect(told.refused.mock.calls[0]?.[1]).toBe("disabled");
  });

  test("without a key on the focused button is refused", () => {
    withPoint(() => button).judge(real({ detail: 0 }));

    expect(told.refused.mock.calls[0]?.[1]).toBe("not_focused");
  });
});

test("a button that is not guarded is nobody's business", () => {
  document.querySelector("label")!.removeAttribute("for");
  document.querySelector("label")!.click();

  expect([told.pressed.mock.calls.length, told.refused.mock.calls.length]).toEqual([0, 0]);
});
