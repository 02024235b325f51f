/** `/api/v4` for a widget in a frame: the frame has no session, so the page calls, and says what was answered. */

import type { ApiAnswer } from "../server";
import type { AskPage } from "./bridge_server";

type Call = (method: string, address: string, body: string) => Promise<ApiAnswer>;

/** Puts itself in place of `fetch` and `XMLHttpRequest` of the frame, for addresses of the API alone. */
export function bringApi(window: Window & typeof globalThis, ask: AskPage): void {
  const call: Call = async (method, address, body) => (await ask("api", { method, address, body })) as ApiAnswer;
  const fetchThere = window.fetch.bind(window);
  window.fetch = async (asked, settings) => {
    const address = apiPath(window, asked instanceof window.Request ? asked.url : String(asked));
    if (address === null) return await fetchThere(asked, settings);
    const request = new window.Request(asked instanceof window.Request ? asked : new URL(address, window.document.baseURI), settings);
    const { status, type, body } = await call(request.method, address, await request.text());
    return new window.Response(body === "" ? null : body, { status, headers: { "content-type": type } });
  };
  window.XMLHttpRequest = requestClass(window, call);
}

/** Returns the path of an address of the workspace's own API; null for any other. */
function apiPath(window: Window, address: string): string | null {
  const base = window.document.baseURI;
  const to = new URL(address, base);
  return to.origin === new URL(base).origin && to.pathname.startsWith("/api/v4/") ? to.pathname + to.search : null;
}

function requestClass(window: Window & typeof globalThis, call: Call): typeof XMLHttpRequest {
  return class PageRequest extends window.XMLHttpRequest {
    #asked: { method: string; address: string } | null = null;
    #state = 0;
    #answer: ApiAnswer | null = null;

    override open(method: string, address: string | URL, isAsync = true, user?: string | null, password?: string | null): void {
      const path = apiPath(window, String(address));
      this.#asked = path === null ? null : { method: method.toUpperCase(), address: path };
      this.#answer = null;
      if (path === null) return super.open(method, address, isAsync, user, password);
      if (!isAsync) throw new window.DOMException("A widget in a frame cannot wait for an answer", "InvalidAccessError");
      this.#go(1);
    }

    override setRequestHeader(name: string, value: string): void {
      // The page says who asks and what is sent: the session, and JSON.
      if (this.#asked === null) super.setRequestHeader(name, value);
    }

    override send(body?: Document | XMLHttpRequestBodyInit | null): void {
      const asked = this.#asked;
      if (asked === null) return super.send(body);
      const text = typeof body === "string" && asked.method !== "GET" ? body : "";
      call(asked.method, asked.address, text).then(
        (answer) => this.#asked === asked && this.#end("load", answer),
        () => this.#asked === asked && this.#end("error", null),
      );
    }

    override abort(): void {
      if (this.#asked === null) return super.abort();
      this.#asked = { ...this.#asked };
      if (this.#state === 1) this.#end("abort", null);
    }

    #go(state: number): void {
      this.#state = state;
      this.dispatchEvent(new window.Event("readystatechange"));
    }

    #end(how: "load" | "error" | "abort", answer: ApiAnswer | null): void {
      this.#answer = answer;
      this.#go(4);
      for (const name of [how, "loadend"]) this.dispatchEvent(new window.ProgressEvent(name));
    }

    override get readyState(): number {
      return this.#asked ? this.#state : super.readyState;
    }

    override get status(): number {
      return this.#asked ? (this.#answer?.status ?? 0) : super.status;
    }

    override get statusText(): string {
      return this.#asked ? "" : super.statusText;
    }

    override get responseText(): string {
      return this.#asked ? (this.#answer?.body ?? "") : super.responseText;
    }

    override get response(): unknown {
      if (this.#asked === null) return super.response as unknown;
      const text = this.responseText;
      return this.responseType === "json" ? (text === "" ? null : (JSON.parse(text) as unknown)) : text;
    }

    override getResponseHeader(name: string): string | null {
      if (this.#asked === null) return super.getResponseHeader(name);
      return name.toLowerCase() === "content-type" ? (this.#answer?.type ?? null) : null;
    }

    override getAllResponseHeaders(): string {
      return this.#asked ? (this.#answer ? `content-type: ${this.#answer.type}\r\n` : "") : super.getAllResponseHeaders();
    }
  };
}
