/**
 * The guard of Install and Uninstall (contract 5.3, 5.4 row 2).
 *
 * It listens before any widget's code runs, and keeps the browser's own functions that it asks, so
 * that what a widget puts in their place later is not believed. It is no barrier: a press only
 * opens a question on the control origin, where no widget runs.
 */

import type { PressAction } from "../server";

export interface Guarded {
  action: PressAction;
  code: string;
}

export interface PressTold {
  pressed(button: Element, about: Guarded): void;
  refused(about: Guarded, reason: Reason): void;
}

export type Reason = "not_an_event" | "untrusted" | "page_hidden" | "covered" | "not_focused" | "disabled";

export class PressGuard {
  readonly #buttons = new WeakMap<Element, Guarded>();
  readonly #isEvent: (value: unknown) => boolean;
  readonly #isVisible: () => boolean;
  readonly #at: (x: number, y: number) => Element | null;
  #told: PressTold | null = null;
  /** The button on which a key was really pressed last, with no pointer in between. */
  #keyOn: EventTarget | null = null;

  constructor(window: Window & typeof globalThis) {
    const { document, Event } = window;
    const visibility = Object.getOwnPropertyDescriptor(window.Document.prototype, "visibilityState")?.get;
    const elementFromPoint = window.Document.prototype.elementFromPoint as ((x: number, y: number) => Element | null) | undefined;
    this.#isEvent = (value) => value instanceof Event;
    this.#isVisible = () => (visibility ? visibility.call(document) === "visible" : document.visibilityState === "visible");
    this.#at = (x, y) => elementFromPoint?.call(document, x, y) ?? null;
    window.addEventListener("click", (event) => this.judge(event), true);
    window.addEventListener("keydown", (event) => this.#noteKey(event), true);
    window.addEventListener("pointerdown", (event) => event.isTrusted && (this.#keyOn = null), true);
  }

  tell(told: PressTold): void {
    this.#told = told;
  }

  guard(button: Element, about: Guarded): void {
    this.#buttons.set(button, about);
  }

  #noteKey(event: KeyboardEvent): void {
    if (event.isTrusted) this.#keyOn = event.key === "Enter" || event.key === " " ? event.target : null;
  }

  /** Public for tests alone: a forged call ends here as any other. */
  judge(event: MouseEvent): void {
    const [button, about] = this.#guardedAt(event?.target);
    if (button === null || about === null) return;
    const reason = this.#reasonAgainst(event, button);
    if (reason === null) this.#told?.pressed(button, about);
    else this.#told?.refused(about, reason);
  }

  #guardedAt(target: unknown): [Element, Guarded] | [null, null] {
    for (let at = target instanceof Element ? target : null; at !== null; at = at.parentElement) {
      const about = this.#buttons.get(at);
      if (about) return [at, about];
    }
    return [null, null];
  }

  #reasonAgainst(event: MouseEvent, button: Element): Reason | null {
    if (!this.#isEvent(event)) return "not_an_event";
    if (event.isTrusted !== true) return "untrusted";
    if (!this.#isVisible()) return "page_hidden";
    if (button.matches(":disabled, .button-input-disabled")) return "disabled";
    // A key presses what has the focus, so there is no point on the screen to ask about.
    if (event.detail === 0) return this.#keyOn === button && button.ownerDocument.activeElement === button ? null : "not_focused";
    const seen = this.#at(event.clientX, event.clientY);
    return seen !== null && button.contains(seen) ? null : "covered";
  }
}
