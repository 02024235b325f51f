/** `add_action` and `add_source`: what widgets offer at numbers, addresses and in the card (contract 3.4). */

import type { Host, Running } from "../hosting";
import { call } from "../widgets/lifecycle";
import { nameOf } from "./right_panel";
import type { ModalClass } from "./modal";

const TARGETS: Record<string, string> = {
  phone: "a[href^='tel:'], input[type='tel'], [data-phone]",
  email: "a[href^='mailto:'], input[type='email'], [data-email]",
};

/** Puts a small menu at each number or address of the page, once. */
export function offerActions(host: Host, type: string): void {
  const { $, page } = host;
  const selector = TARGETS[type];
  if (!selector) return;
  for (const target of page.querySelectorAll<HTMLElement>(selector)) {
    if (valueAt(target) === "" || target.closest(".card-widgets, .modal, .side")) continue;
    if (target.nextElementSibling?.matches(`.grantway-action[data-type='${type}']`)) continue;
    const $menu = $(
      `<span class="grantway-action grantway-menu" data-type="${type}"><button type="button" class="grantway-action__button" aria-haspopup="true" aria-expanded="false"><span aria-hidden="true">⋯</span></button><ul class="grantway-menu__items" hidden></ul></span>`,
    ).insertAfter(target);
    const $items = $menu.find(".grantway-menu__items");
    const $button = $menu.find("button").attr("aria-label", `With ${valueAt(target)}`);
    $button.on("click", () => {
      $items.empty();
      for (const one of host.widgets.values()) {
        const action = one.actions.get(type);
        if (!action) continue;
        $("<button type='button' class='grantway-menu__entry'>")
          .text(captionOf(one))
          .on("click", () => {
            $items.prop("hidden", true);
            $button.attr("aria-expanded", "false");
            try {
              action(about(host, type, valueAt(target)));
            } catch (error) {
              host.report(one.code, `add_action ${type}`, error);
            }
          })
          .appendTo($("<li>").appendTo($items));
      }
      const isOpening = Boolean($items.prop("hidden"));
      $items.prop("hidden", !isOpening);
      $button.attr("aria-expanded", String(isOpening));
    });
  }
}

/** Has the menus where numbers and addresses stand now, and only of types that a widget still fills. */
export function offerAllActions(host: Host): void {
  const types = new Set([...host.widgets.values()].flatMap((one) => [...one.actions.keys()]));
  for (const menu of host.page.querySelectorAll<HTMLElement>(".grantway-action")) {
    if (!types.has(menu.dataset["type"] ?? "")) menu.remove();
  }
  for (const type of types) offerActions(host, type);
}

function valueAt(target: HTMLElement): string {
  if (target instanceof HTMLInputElement) return target.value.trim();
  const { phone, email } = target.dataset;
  return (phone ?? email ?? decoded((target.getAttribute("href") ?? "").replace(/^(?:tel|mailto):/, ""))).trim();
}

/** What somebody typed into the address need not be encoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function about(host: Host, type: string, value: string): { value: string; [key: string]: unknown } {
  const { entity } = host.boot;
  const contact = entity?.contacts?.find((one) => [...one.phones, ...one.emails].includes(value));
  return { value, type, id: contact?.id ?? entity?.id ?? 0, element: entity ? { id: entity.id, type: entity.kind } : null };
}

function captionOf(one: Running): string {
  const widget = one.langs["widget"] as { call_action?: unknown } | undefined;
  return typeof widget?.call_action === "string" && widget.call_action ? widget.call_action : nameOf(one);
}

/** Draws the buttons of what widgets offer as ways to write from this card. */
export function drawSources(host: Host, Modal: ModalClass): void {
  const { $, page } = host;
  page.querySelectorAll(".grantway-source").forEach((button) => button.remove());
  const place = page.querySelector(".feed-compose__quick-actions-wrapper");
  if (place === null || host.boot.entity === null) return;
  for (const one of host.widgets.values()) {
    for (const [type, source] of one.sources) {
      const $button = $("<button type='button' class='button-input grantway-source'>").attr("data-source", type);
      $button.append($("<span class='button-input-inner__text'>").text(source.text || nameOf(one))).appendTo(place);
      $button.on("click", () => {
        if (type === "sms") return void writeMessage(host, one, Modal);
        void call(host, one, "onSource");
        Promise.resolve()
          .then(() => source.use(type === "custom" ? ($button as unknown as Record<string, unknown>) : {}))
          .catch((error: unknown) => host.report(one.code, `add_source ${type}`, error));
      });
    }
  }
}

function writeMessage(host: Host, one: Running, Modal: ModalClass): void {
  const { $ } = host;
  const entity = host.boot.entity;
  const numbers = (entity?.contacts ?? []).flatMap((contact) => contact.phones.map((phone) => ({ phone, contact })));
  const modal = new Modal({
    class_name: "grantway-message",
    init($body) {
      const $form = $("<form class='grantway-message__form'>").append($("<h2>").text(nameOf(one)));
      const $to = $("<select class='text-input' name='phone' required aria-label='To'>");
      for (const { phone, contact } of numbers) $("<option>").val(phone).text(`${contact.name}: ${phone}`).appendTo($to);
      $form.append($to, "<textarea class='text-input' name='message' rows='5' required aria-label='Message'></textarea>");
      $form.append("<p class='modal-body__actions'><button class='button-input button-input_blue'><span class='button-input-inner__text'>Send</span></button><button type='button' class='button-cancel'>Cancel</button></p>");
      $form.on("submit", (event) => {
        event.preventDefault();
        const [phone, message] = [String($to.val()), String($form.find("textarea").val())];
        const contact_id = numbers.find((row) => row.phone === phone)?.contact.id ?? 0;
        send(host, one, { phone, message, contact_id }).then(
          () => modal.showSuccess("Sent."),
          (error: unknown) => {
            host.report(one.code, "add_source sms", error);
            modal.showError("The message was not sent.");
          },
        );
      });
      $body.append($form).trigger("modal:loaded");
      if (numbers.length === 0) $form.find("button").first().prop("disabled", true);
    },
  });
}

async function send(host: Host, one: Running, message: { phone: string; message: string; contact_id: number }): Promise<void> {
  void call(host, one, "onSource");
  await one.sources.get("sms")?.use(message);
  const entity = host.boot.entity;
  if (entity === null || entity.id === 0) return;
  const note = { note_type: "sms_out", params: { text: message.message, phone: message.phone } };
  // It was sent all the same: who is told otherwise sends it twice.
  await host.server.addNote({ type: entity.kind, id: entity.id }, note).catch((error: unknown) => host.report(one.code, "note of an sms", error));
}
