/** The right-hand panel with one block per widget (contract 3.14). */

import { renderSource, type TwigLibrary } from "../controls/twig";
import type { Running } from "../hosting";

export interface Block {
  caption?: { class_name?: string; html?: string };
  body?: string;
  render?: string;
}

export interface RightPanel {
  /** Draws the widget's block, in place of what it had there. */
  draw(one: Running, block: Block, params: object): void;
  /** Returns the body of the widget's block, made empty if there is none. */
  body(one: Running): HTMLElement;
  remove(one: Running): void;
  /** In lists: shows the panel with this widget alone. */
  openFor(one: Running): void;
  close(): void;
  overlay(isOn: boolean): void;
}

const KEY = "grantway-panel-folded";

/** Where the page has the panel: beside a card, or over a list for ticked rows; no other page shows one. */
export type PanelPlace = "card" | "list" | null;

export function rightPanel($: JQueryStatic, page: Document, twig: TwigLibrary, where: () => PanelPlace, codes: () => string[]): RightPanel {
  const isInList = (): boolean => where() === "list";
  const panel = (): JQuery => {
    const $found = $(".card-widgets");
    if ($found.length) return $found;
    const $panel = $("<aside class='card-widgets js-card-widgets' id='card_widgets' aria-label='Widgets'>").append(
      `<div class="card-widgets__top"><h2 class="card-widgets__title">Widgets</h2><button type="button" class="js-card-widgets-on-off card-widgets__on-off" aria-expanded="true" aria-controls="nano-card-widgets"><span class="card-widgets__on-off-words">Hide</span></button></div>
<div id="nano-card-widgets" class="card-widgets__elements nano"><div class="nano-content" id="widgets_block"></div></div>
<div id="card_widgets_overlay" class="card-widgets__overlay" hidden><span class="grantway-spinner" role="status" aria-label="One moment"></span></div>`,
    );
    const place = page.querySelector("[data-widgets-panel]") ?? page.querySelector(".card-columns") ?? page.querySelector("#main") ?? page.body;
    // In a list nothing shows before a widget is chosen for the ticked rows.
    $panel.toggleClass("card-widgets_list", isInList()).prop("hidden", where() !== "card").appendTo(place);
    $(place).addClass("grantway-has-widgets");
    fold($panel, !isInList() && isFolded(page));
    return $panel;
  };

  const fold = ($panel: JQuery, isFoldedNow: boolean): void => {
    $panel.toggleClass("card-widgets_folded", isFoldedNow);
    $panel.find(".js-card-widgets-on-off").attr("aria-expanded", String(!isFoldedNow));
    $panel.find(".card-widgets__on-off-words").text(isInList() ? "Close" : isFoldedNow ? "Show" : "Hide");
  };

  $(page).on("click", ".js-card-widgets-on-off", () => {
    const $panel = panel();
    if (isInList()) return void $panel.prop("hidden", true);
    const isNow = !$panel.hasClass("card-widgets_folded");
    fold($panel, isNow);
    keepFolded(page, isNow);
  });
  $(page).on("click keydown", ".js-widget-caption-block", (event) => {
    const key = (event.originalEvent as KeyboardEvent | undefined)?.key;
    if (event.type === "keydown" && key !== "Enter" && key !== " ") return;
    if (event.type === "keydown") event.preventDefault();
    const $caption = $(event.currentTarget);
    const $body = $caption.next(".card-widgets__widget__body");
    const isShut = !$body.prop("hidden");
    $body.prop("hidden", isShut);
    $caption.attr("aria-expanded", String(!isShut));
  });

  const find = (one: Running): JQuery =>
    $(".card-widgets__widget").filter((_, block) => block.getAttribute("data-widget-code") === one.code);

  const add = (one: Running): JQuery => {
    const $block = $("<div class='card-widgets__widget'>").addClass(`card-widgets__widget-${one.code}`).attr("data-widget-code", one.code);
    const $caption = $("<div class='js-widget-caption-block card-widgets__widget__caption' role='button' tabindex='0' aria-expanded='true'>");
    $block.append($caption, "<div class='card-widgets__widget__body js-widget-body'></div>");
    // In the widgets' own order, whichever is ready first.
    const order = codes();
    const $later = panel()
      .find(".card-widgets__widget")
      .filter((_, block) => order.indexOf(block.getAttribute("data-widget-code") ?? "") > order.indexOf(one.code))
      .first();
    return $later.length ? $block.insertBefore($later) : $block.appendTo(panel().find(".nano-content"));
  };

  return {
    draw(one, { caption = {}, body = "", render = "" }, params) {
      const $found = find(one);
      const $block = $found.length ? $found : add(one);
      const $caption = $block.children(".js-widget-caption-block");
      $caption.attr("class", "js-widget-caption-block card-widgets__widget__caption").addClass(caption.class_name ?? "");
      $caption.empty();
      if (caption.html) $caption.append("<span class='card-widgets__widget__caption__words'></span>").children().html(caption.html);
      else $caption.append(logo($, one));
      $caption.append("<span class='card-widgets__widget__caption__arrow' aria-hidden='true'></span>");
      // As the dialect has it: markup first, then what Twig makes.
      $block.children(".card-widgets__widget__body").html(body + (render ? renderSource(twig, render, params) : ""));
    },
    body(one) {
      const $found = find(one);
      if ($found.length === 0) {
        const $block = add(one);
        $block.children(".js-widget-caption-block").append(logo($, one), "<span class='card-widgets__widget__caption__arrow' aria-hidden='true'></span>");
      }
      const body = find(one).children(".card-widgets__widget__body").get(0) as HTMLElement | undefined;
      if (body === undefined) throw new Error(`the block of ${one.code} lost its body`);
      return body;
    },
    remove(one) {
      find(one).remove();
      if ($(".card-widgets__widget").length === 0) {
        $(".grantway-has-widgets").removeClass("grantway-has-widgets");
        $(".card-widgets").remove();
      }
    },
    openFor(one) {
      const $panel = panel().prop("hidden", false);
      fold($panel, false);
      $panel.find(".card-widgets__widget").each((_, block) => {
        $(block).toggle(block.getAttribute("data-widget-code") === one.code);
      });
      $panel.find(".js-card-widgets-on-off").trigger("focus");
    },
    close: () => void $(".card-widgets").remove(),
    overlay: (isOn) => void $("#card_widgets_overlay").prop("hidden", !isOn),
  };
}

/** The widget's name beside its smallest logo; a logo that does not load leaves the name. */
function logo($: JQueryStatic, one: Running): JQuery {
  const name = nameOf(one);
  const $logo = $("<span class='card-widgets__widget__caption__logo'>").text(name);
  const $picture = $("<img class='card-widgets__widget__caption__logo_min' alt='' width='28' height='28' loading='lazy'>");
  $picture.on("error", () => $picture.remove()).attr("src", `${one.boot.path}/images/logo_min.png?version=${encodeURIComponent(one.boot.version)}`);
  return $picture.add($logo);
}

export function nameOf(one: Running): string {
  const widget = one.langs["widget"] as { name?: unknown } | undefined;
  return one.boot.listing?.name || (typeof widget?.name === "string" ? widget.name : one.code);
}

function isFolded(page: Document): boolean {
  try {
    return page.defaultView?.localStorage.getItem(KEY) === "1";
  } catch {
    return false; // a frame has no storage
  }
}

function keepFolded(page: Document, isFoldedNow: boolean): void {
  try {
    page.defaultView?.localStorage.setItem(KEY, isFoldedNow ? "1" : "0");
  } catch {
    // A frame has no storage, and nothing depends on it.
  }
}
