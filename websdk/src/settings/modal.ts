/** The settings modal: what people see of a widget, and the form that its code may change (contract 3.14). */

import type { Host, Running } from "../hosting";
import { nameOf } from "../places/right_panel";
import type { Modal, ModalClass } from "../places/modal";
import { drawFields, textOf } from "./fields";
import type { PressGuard } from "./pressing";
import { drawOwnTabs } from "./own_tabs";
import { drawTour } from "./tour";

export interface SettingsParts {
  Modal: ModalClass;
  guard: PressGuard;
  closed(one: Running): void;
}

export interface SettingsModal {
  one: Running;
  modal: Modal;
  $modal: JQuery;
  $body: JQuery;
  /** Where the form stands; the sandbox of a widget that is not installed takes its place. */
  $form: JQuery;
}

const STATES: Record<Running["status"], string> = {
  install: "Not installed",
  not_configured: "Not set up yet",
  installed: "Installed",
  error: "Needs attention",
};

export function openSettings(host: Host, one: Running, parts: SettingsParts): SettingsModal {
  const { $ } = host;
  let made: Modal | undefined;
  const modal = new parts.Modal({
    class_name: `widget-settings__modal ${one.code}`,
    disable_cancel_click: true,
    disable_enter_keydown: true,
    init($body) {
      made = this;
      draw(host, one, parts, $body);
      this.$modal.attr("aria-label", nameOf(one)).attr("data-widget-code", one.code);
    },
    destroy: () => parts.closed(one),
  });
  const { $modal, $modal_body } = made ?? modal;
  return { one, modal, $modal, $body: $modal_body, $form: $modal_body.find(".widget_settings_block") };

  function draw(of: Host, widget: Running, { guard }: SettingsParts, $body: JQuery): void {
    const $settings = $("<div class='widget-settings'>").append(base(of, widget, guard), right(of, widget));
    $body.empty().append(
      $settings,
      "<button type='button' class='modal-body__close' aria-label='Close'><span class='icon icon-modal-close'></span></button>",
    );
    $body.trigger("modal:loaded");
  }

  function base(of: Host, widget: Running, guard: PressGuard): JQuery {
    const { listing = null, support, manifest, status } = widget.boot;
    const $info = $("<div class='widget_main_info'>");
    const $logo = $("<img class='widget_main_info__logo' alt=''>").on("error", () => $logo.remove());
    $info.append($logo.attr("src", listing?.logo ?? `${widget.boot.path}/images/logo_main.png?version=${encodeURIComponent(widget.boot.version)}`));
    $info.append($("<h2 class='widget_settings_block__title'>").text(nameOf(widget)));
    if (listing?.owner) $info.append($("<p class='widget_settings_block__owner'>").text(`By ${listing.owner}`));
    $info.append($("<p class='widget_settings_block__head-desc'>").text(shortText(widget)));
    const $plate = $("<div class='widget-settings__command-plate'>").appendTo($info);
    drawState(of, widget, $plate);
    if (!manifest.installation) drawShowcase(widget, $plate);
    else if (!of.boot.user.is_admin) $plate.append("<p class='widget-settings__note'>Only administrators install and disable integrations.</p>");
    else if (status === "install") $plate.append(installButton(widget, guard), "<p class='widget-settings__held-back' role='alert'></p>");
    else $plate.append(uninstallButton(widget, guard));

    const $more = $("<div class='widget-settings__additional-block'>");
    const { link, email } = Array.isArray(support) ? { link: undefined, email: undefined } : support;
    const help = link && /^https?:\/\//i.test(link) ? link : email ? `mailto:${email}` : "";
    if (help) $more.append($("<a class='widget-settings__support' rel='noopener noreferrer' target='_blank'>").attr("href", help).text("Support"));
    if (listing?.rating) $more.append($("<p class='widget-rating-box'>").text(`${listing.rating.toFixed(1)} of 5`));
    if (listing?.reviews_href) $more.append($("<a>").attr("href", listing.reviews_href).text("Reviews"));
    return $("<div class='widget-settings__base-space'>").append($info, $more);
  }

  function installButton(widget: Running, guard: PressGuard): JQuery {
    const $button = $("<button type='button' class='button-input button-input_blue js-widget-install install-widget__button'>");
    $button.attr({ id: widget.code, "data-id": widget.boot.id }).append(words("Install"));
    guard.guard($button.get(0) as HTMLElement, { action: "install", code: widget.code });
    return $button;
  }

  function uninstallButton(widget: Running, guard: PressGuard): JQuery {
    const $button = $("<button type='button' class='button-input button-cancel js-widget-uninstall'>");
    $button.attr({ id: widget.code, "data-id": widget.boot.id }).append(words("Disable"));
    guard.guard($button.get(0) as HTMLElement, { action: "uninstall", code: widget.code });
    return $button;
  }

  function drawShowcase(widget: Running, $plate: JQuery): void {
    const address = widget.boot.listing?.showcase_href;
    if (widget.boot.manifest.is_showcase && address) {
      $plate.append($("<a class='button-input button-input_blue' target='_blank' rel='noopener noreferrer'>").attr("href", address).append(words("View")));
    } else $plate.append("<p class='widget-settings__note'>Set up outside of this workspace.</p>");
  }

  function right(of: Host, widget: Running): JQuery {
    const { listing, manifest, status } = widget.boot;
    const $space = $("<div class='widget-settings__desc-space'>");
    if (status === "install") drawTour($, manifest.tour_images ?? []).appendTo($space);
    const $block = $("<div class='widget_settings_block'>").attr("id", `widget_settings_block_${widget.code}`).appendTo($space);
    const $words = $("<div class='widget_settings_block__descr'>").appendTo($block);
    if (listing?.description_html) $words.html(listing.description_html);
    else $words.text(plainDescription(widget));
    if (manifest.installation) $block.append(form(of, widget));
    const $right = $("<div class='widget-settings__wrap-desc-space'>").append($space);
    drawOwnTabs($, widget, $right);
    return $right;
  }

  function form(of: Host, widget: Running): JQuery {
    const { manifest, status } = widget.boot;
    const $fields = $("<div id='widget_settings__fields_wrapper' class='widget_settings_block__fields'>");
    $fields.append(drawFields({ $, code: widget.code, managers: of.boot.managers }, manifest.settings, widget.params));
    if (status === "install") return $fields;
    if (!of.boot.user.is_admin) return $fields.append("<p class='widget_settings_block__controls widget-settings__note'>Only administrators change these settings.</p>");
    const $save = $("<button type='button' class='button-input button-input_blue js-widget-save' data-onsave-destroy-modal='true'>");
    $save.attr("id", `save_${widget.code}`).append(words("Save"));
    const $controls = $("<div class='widget_settings_block__controls'>").append($save, "<p class='widget_settings_block__outcome' role='status'></p>");
    if (status === "installed") {
      // Widgets look whether it is there; the one way to disable is the button at the left.
      $controls.append("<input type='checkbox' id='widget_active__sw' name='widget_active' value='Y' checked hidden>");
    }
    return $fields.append($controls);
  }

  function words(text: string): JQuery {
    return $("<span class='button-input-inner'>").append($("<span class='button-input-inner__text'>").text(text));
  }
}

export function drawState(host: Host, one: Running, $plate: JQuery): void {
  const { $ } = host;
  $plate.find(".widget-state").remove();
  const shown = one.status === "not_configured" ? "install" : one.status;
  $("<p class='widget-state' role='status'>").addClass(`widget-state_status_${shown}`).text(STATES[one.status]).prependTo($plate);
}

/** Shows the status in the open modal and on the tile of the page. */
export function showStatus(host: Host, one: Running): void {
  const { $, page } = host;
  for (const modal of page.querySelectorAll(".widget-settings__modal")) {
    if (modal.getAttribute("data-widget-code") === one.code) drawState(host, one, $(modal).find(".widget-settings__command-plate"));
  }
  for (const tile of page.querySelectorAll("[data-widget-tile]")) {
    if (tile.getAttribute("data-widget-tile") !== one.code) continue;
    $(tile).find(".widget-state").attr("class", `widget-state widget-state_status_${one.status}`).text(STATES[one.status]);
  }
}

function shortText(one: Running): string {
  const widget = one.langs["widget"] as { short_description?: unknown } | undefined;
  return one.boot.listing?.short_description ?? textOf(widget?.short_description);
}

/** A widget's own description may carry markup, so without the server's sanitised one only its text is shown. */
function plainDescription(one: Running): string {
  const widget = one.langs["widget"] as { description?: unknown } | undefined;
  return new DOMParser().parseFromString(textOf(widget?.description), "text/html").body.textContent ?? "";
}
