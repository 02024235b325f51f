/** From what a widget's script gives to the widget itself (contract 3.1). */

export interface Made {
  /** What the widget's own code calls `self`. */
  instance: object;
  callbacks: Record<string, unknown>;
}

/** Returns the constructor in a module: the module itself, or its `default`. */
export function constructorOf(module: unknown): (...args: never[]) => unknown {
  const value =
    typeof module === "object" && module !== null && "default" in module ? module.default : module;
  if (typeof value !== "function") {
    throw new TypeError(`script.js must give a constructor, it gave ${value === null ? "null" : typeof value}`);
  }
  return value as (...args: never[]) => unknown;
}

/**
 * Runs the constructor with a `this` that already is the whole Widget.
 *
 * The object stands on the constructor's own prototype too, so that classes, written or compiled,
 * accept it; the widget's methods win over ours of the same name.
 */
export function construct(module: unknown, members: object): Made {
  const constructor = constructorOf(module);
  const own = constructor.prototype as object | undefined;
  const base = Object.create(own ?? Object.prototype) as object;
  for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(members))) {
    if (own === undefined || !(name in own) || name in Object.prototype) Object.defineProperty(base, name, member);
  }
  const instance = isClass(constructor) ? constructAs(constructor, base) : callWith(constructor, base);
  const callbacks = callbacksOf(instance) ?? {};
  lend(instance, callbacks);
  return { instance, callbacks };
}

/** Some widgets keep functions among their callbacks and look for them on themselves; what they have themselves stays. */
function lend(instance: object, callbacks: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(callbacks)) {
    if (typeof value !== "function" || name in instance || !Object.isExtensible(instance)) continue;
    Object.defineProperty(instance, name, { value, writable: true, configurable: true });
  }
}

function isClass(constructor: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(constructor));
}

function constructAs(constructor: (...args: never[]) => unknown, base: object): object {
  function NewTarget(): void {
    // Only its prototype is used.
  }
  NewTarget.prototype = base;
  return Reflect.construct(constructor, [], NewTarget) as object;
}

function callWith(constructor: (...args: never[]) => unknown, base: object): object {
  const widget = Object.create(base) as object;
  const given: unknown = Reflect.apply(constructor, widget, []);
  return typeof given === "object" && given !== null ? given : widget;
}

function callbacksOf(instance: object): Record<string, unknown> | undefined {
  const callbacks = (instance as { callbacks?: unknown }).callbacks;
  return typeof callbacks === "object" && callbacks !== null ? (callbacks as Record<string, unknown>) : undefined;
}
