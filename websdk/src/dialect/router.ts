/** `APP.router` and `a.js-navigate-link`: from page to page without ending what widgets hold open. */

import { readBoot, type Boot } from "../boot";

export interface Router {
  navigate(address: string, options?: { trigger?: boolean; replace?: boolean }): void;
}

export interface Turning {
  /** Called before the old page goes. */
  leave(): void;
  /** Called with what the new page says, once it stands. */
  enter(boot: Boot): void;
}

interface Browser {
  page: Document;
  fetch: (address: string) => Promise<Response>;
  history: Pick<History, "pushState" | "replaceState">;
  leaveFor(address: string): void;
}

/** What of a page changes with its content; a page without these is loaded in the ordinary way. */
const CHANGING = ["#main", ".side nav"];

export function makeRouter($: JQueryStatic, browser: Browser, turning: Turning): Router {
  const { page } = browser;
  let last = 0;

  const turnTo = async (address: URL, isReplacing: boolean, isBack: boolean): Promise<void> => {
    const mine = ++last;
    const answer = await browser.fetch(address.href);
    // Files of widgets stand on this origin too, and none of them is a page, whatever is written in it.
    const isPage = answer.ok && (answer.headers.get("content-type") ?? "").startsWith("text/html");
    const next = new DOMParser().parseFromString(isPage ? await answer.text() : "", "text/html");
    const boot = readBoot(next);
    if (mine !== last) return;
    if (boot === null || !CHANGING.every((part) => next.querySelector(part) && page.querySelector(part))) {
      return browser.leaveFor(address.href);
    }
    turning.leave();
    bringStyles(page, next);
    for (const part of CHANGING) {
      const [old, fresh] = [page.querySelector(part), next.querySelector(part)];
      if (old && fresh) old.replaceWith(page.adoptNode(fresh));
    }
    page.title = next.title;
    const document = page.getElementById("grantway-boot");
    if (document) document.textContent = JSON.stringify(boot);
    if (!isBack) browser.history[isReplacing ? "replaceState" : "pushState"](null, "", address.href);
    page.querySelector<HTMLElement>("#main")?.focus({ preventScroll: true });
    page.dispatchEvent(new CustomEvent("grantway:page"));
    turning.enter(boot);
  };

  const go = (raw: string, isReplacing = false, isBack = false): void => {
    const address = new URL(raw, page.baseURI);
    if (address.protocol !== "http:" && address.protocol !== "https:") return;
    if (address.origin !== new URL(page.baseURI).origin) return browser.leaveFor(address.href);
    turnTo(address, isReplacing, isBack).catch(() => browser.leaveFor(address.href));
  };

  // jQuery's `trigger` does not follow links by itself, and telephony widgets use it.
  $(page).on("click", "a.js-navigate-link", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go((event.currentTarget as HTMLAnchorElement).href);
  });
  page.defaultView?.addEventListener("popstate", () => {
    if (last > 0) go(page.defaultView?.location.href ?? "/", false, true);
  });

  return { navigate: (address, options = {}) => go(address, options.replace ?? false) };
}

function bringStyles(page: Document, next: Document): void {
  const had = new Set([...page.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]")].map((link) => link.getAttribute("href")));
  for (const link of next.querySelectorAll("link[rel=stylesheet]")) {
    if (!had.has(link.getAttribute("href"))) page.head.append(page.importNode(link));
  }
}
