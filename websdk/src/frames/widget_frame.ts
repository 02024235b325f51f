/** The page's side of a widget's frame: an opaque origin, and one channel with known calls (S-142, S-143). */

import { assetAddress } from "../libraries";
import { askId, heard, Rate, type Ask, type FrameBoot, type FromFrame, type Order, type ToFrame } from "./protocol";

export interface FrameTold {
  ask(name: Ask, given: Record<string, unknown>): Promise<unknown>;
  sized(height: number): void;
  report(stage: string, error: unknown): void;
  /** Called when the frame has not answered for long; without it the frame is taken away. */
  hangs?(): void;
}

// A frame that has not answered for so long hangs.
const PING_EVERY_MS = 2500;
const MOST_MISSED = 3;
const MOST_DROPPED = 2000;

export class WidgetFrame {
  readonly element: HTMLIFrameElement;
  readonly #channel = crypto.randomUUID();
  readonly #rate = new Rate();
  readonly #open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  /** Once the frame's own script runs, and before any code of the widget does. */
  readonly ready: Promise<void>;
  #isReady: () => void = () => undefined;
  #isNever: (gone: Error) => void = () => undefined;
  #isGone = false;
  #dropped = 0;
  #missed = 0;
  #last = 0;
  #pinging: ReturnType<typeof setInterval> | undefined;

  constructor(
    readonly window: Window,
    readonly about: FrameBoot,
    readonly told: FrameTold,
  ) {
    this.ready = new Promise((resolve, reject) => [this.#isReady, this.#isNever] = [resolve, reject]);
    this.ready.catch(() => undefined);
    this.element = window.document.createElement("iframe");
    this.element.className = `grantway-frame grantway-frame-${about.purpose}`;
    this.element.title = about.boot.widgets[0]?.listing?.name ?? about.code;
    this.element.setAttribute("sandbox", "allow-scripts");
    this.element.setAttribute("referrerpolicy", "no-referrer");
    this.element.setAttribute("allow", "");
    this.element.srcdoc = this.#document();
    window.addEventListener("message", this.#hear);
  }

  /** Has the frame do something; rejects when it is taken away before. */
  async do(name: Order, given: unknown = null): Promise<unknown> {
    await this.ready;
    if (this.#isGone) throw gone();
    const id = ++this.#last;
    const answer = new Promise<unknown>((resolve, reject) => this.#open.set(id, { resolve, reject }));
    this.#say({ channel: this.#channel, kind: "do", id, name, given });
    return await answer;
  }

  /** Tells whether the frame answers within *ms*. */
  async answers(ms: number): Promise<boolean> {
    const late = new Promise<boolean>((resolve) => setTimeout(resolve, ms, false));
    const ping = this.do("ping").then(
      () => true,
      () => false,
    );
    return await Promise.race([ping, late]);
  }

  remove(): void {
    clearInterval(this.#pinging);
    this.window.removeEventListener("message", this.#hear);
    this.element.remove();
    this.#isGone = true;
    this.#isNever(gone());
    for (const { reject } of this.#open.values()) reject(gone());
    this.#open.clear();
  }

  #say(message: ToFrame): void {
    // An opaque origin has no name, so the message is for the window, whatever it shows; it holds no secret of others.
    this.element.contentWindow?.postMessage(message, "*");
  }

  readonly #hear = (event: MessageEvent): void => {
    if (event.source === null || event.source !== this.element.contentWindow) return;
    if (!this.#rate.take()) return this.#drop(askId(event.data, this.#channel));
    const said = heard(event.data, this.#channel, this.about.purpose);
    if (said !== null) this.#follow(said);
  };

  #drop(asked: number | null): void {
    if (asked !== null) this.#refuse(asked, "too many");
    this.#dropped += 1;
    if (this.#dropped !== MOST_DROPPED) return;
    this.told.report("frame", new Error("too many messages"));
    this.remove();
  }

  #refuse(id: number, error: string): void {
    this.#say({ channel: this.#channel, kind: "answer", id, error });
  }

  #follow(said: FromFrame): void {
    switch (said.kind) {
      case "ready":
        this.#say({ channel: this.#channel, kind: "begin", about: this.about });
        this.#isReady();
        this.#pinging ??= setInterval(() => this.#ping(), PING_EVERY_MS);
        return;
      case "size":
        return this.told.sized(said.height);
      case "done": {
        const waiting = this.#open.get(said.id);
        this.#open.delete(said.id);
        if (said.error === undefined) waiting?.resolve(said.value);
        else waiting?.reject(new Error(said.error));
        return;
      }
      case "refused":
        return this.#refuse(said.id, "refused");
      case "ask":
        this.told.ask(said.name, said.given).then(
          (value) => this.#say({ channel: this.#channel, kind: "answer", id: said.id, value: value ?? null }),
          (error: unknown) => this.#refuse(said.id, String(error)),
        );
    }
  }

  #ping(): void {
    this.#missed += 1;
    if (this.#missed > MOST_MISSED) {
      clearInterval(this.#pinging);
      if (this.told.hangs) return this.told.hangs();
      this.told.report("frame", new Error("the widget hangs, its frame was taken away"));
      return this.remove();
    }
    this.do("ping").then(
      () => (this.#missed = 0),
      () => undefined,
    );
  }

  #document(): string {
    const { document } = this.window;
    const links = [...document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]")]
      .map((link) => new URL(link.href, document.baseURI))
      .filter((address) => address.origin === new URL(document.baseURI).origin && address.pathname.startsWith("/assets/"))
      .map((address) => `<link rel="stylesheet" href="${attribute(address.href)}">`);
    const { base, purpose, boot } = this.about;
    const own = purpose === "preview" ? `; connect-src ${new URL(`${boot.widgets[0]?.path ?? ""}/`, document.baseURI).href}` : "";
    const policy = `worker-src 'none'; object-src 'none'; form-action 'none'; base-uri 'none'${own}`;
    const scheme = document.documentElement.dataset["colorScheme"] ?? "light";
    return `<!doctype html><html lang="${attribute(document.documentElement.lang || "en")}" class="grantway-framed grantway-framed-${purpose}" data-color-scheme="${attribute(scheme)}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${attribute(policy)}"><title>Widget</title>${links.join("")}<script src="${attribute(assetAddress(base, "frame.js"))}" data-channel="${this.#channel}"></script></head><body><main id="main"><div data-widgets-panel></div></main></body></html>`;
  }
}

function gone(): Error {
  return new Error("the frame is gone");
}

function attribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
