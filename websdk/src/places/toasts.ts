/** Quiet messages at the edge of the page: `APP.notifications` (contract 3.12). */

import type { Server, StoredNotice } from "../server";

export interface Message {
  header?: string;
  text?: string;
  /** Unix seconds. */
  date?: number;
  icon?: string;
  link?: string;
}

export interface Notifications {
  show_message(message: Message): void;
  show_message_error(message: Message): void;
  show_notification(about: { text: Message; type?: "call" | "error"; date?: number }): void;
  add_error(message: Message, then?: Then): void;
  add_call(call: Record<string, unknown>, then?: Then): void;
  /** Shows what the server kept for this person. */
  showStored(notices: StoredNotice[]): void;
}

interface Then {
  done?: () => void;
  fail?: () => void;
  always?: () => void;
}

// Long enough to read two lines; errors stay until they are closed.
const SHOWN_MS = 8000;
const MOST = 5;

export function notifications($: JQueryStatic, page: Document, server: Server, current: () => string): Notifications {
  const place = (): JQuery => {
    const $found = $(".grantway-toasts");
    return $found.length ? $found : $("<div class='grantway-toasts' role='region' aria-label='Messages'>").appendTo(page.body);
  };

  const show = (message: Message, kind: "plain" | "error" | "call"): void => {
    const $place = place();
    const $toast = $("<div class='grantway-toast'>").addClass(`grantway-toast-${kind}`).attr("role", kind === "error" ? "alert" : "status");
    // Text, not markup: messages carry names that anybody may have typed.
    if (message.header) $("<strong class='grantway-toast__header'>").text(message.header).appendTo($toast);
    if (message.text) $("<p class='grantway-toast__text'>").text(plain(message.text)).appendTo($toast);
    const when = momentOf(message.date);
    if (when) $("<time class='grantway-toast__date'>").attr("datetime", when.toISOString()).text(when.toLocaleString(page.documentElement.lang || undefined, { dateStyle: "short", timeStyle: "short" })).appendTo($toast);
    const address = safeAddress(message.link);
    if (address) $("<a class='grantway-toast__link'>").attr("href", address).text("Open").appendTo($toast);
    $("<button type='button' class='grantway-toast__close' aria-label='Close'>").append("<span aria-hidden='true'>×</span>").on("click", () => $toast.remove()).appendTo($toast);
    $place.append($toast).children().slice(0, -MOST).remove();
    if (kind !== "error") setTimeout(() => $toast.remove(), SHOWN_MS);
  };

  const store = storing((notice) => server.notify({ ...notice, widget: current() }));

  return {
    show_message: (message) => show(message, "plain"),
    show_message_error: (message) => show(message, "error"),
    show_notification: ({ text, type, date }) => show({ ...(date !== undefined && { date }), ...text }, type === "error" ? "error" : type === "call" ? "call" : "plain"),
    add_error(message, then) {
      show(message, "error");
      store({ kind: "error", content: { ...message } }, then);
    },
    add_call(call, then) {
      show(messageOf(call), "call");
      store({ kind: "call", content: call }, then);
    },
    showStored(notices) {
      for (const { kind, content } of notices) show(content as Message, kind);
    },
  };
}

export function messageOf(call: Record<string, unknown>): Message {
  return { header: String(call["from"] ?? "Call"), text: String(call["text"] ?? ""), link: String(call["click_link"] ?? "") };
}

/** Has notices stored, and tells whoever left them how that went. */
export function storing(notify: (notice: StoredNotice) => Promise<unknown>): (notice: StoredNotice, then?: Then) => void {
  return (notice, then = {}) => {
    notify(notice)
      .then(then.done, then.fail)
      .finally(then.always)
      .catch((error: unknown) => console.warn("A notification was not stored.", error));
  };
}

/** Read in a document of its own: in the page's, pictures in a message would be asked for with its cookies. */
function plain(text: string): string {
  if (!/[<&]/.test(text)) return text;
  const { body } = new DOMParser().parseFromString(text.replace(/<br\s*\/?>/gi, "\n"), "text/html");
  body.querySelectorAll("script, style").forEach((one) => one.remove());
  return body.textContent;
}

function safeAddress(link: string | undefined): string | null {
  return link && /^(?:https?:\/\/|\/(?!\/))/i.test(link) ? link : null;
}

/** What a widget gives need not be a number, nor a day that there is. */
function momentOf(seconds: number | undefined): Date | null {
  const when = new Date(Number(seconds) * 1000);
  return seconds && !Number.isNaN(when.getTime()) ? when : null;
}
