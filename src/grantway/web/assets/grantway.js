// Small comforts for Grantway's pages. Every page works without this file.

"use strict";

const announcer = () => document.getElementById("announcer");

function announce(words) {
  announcer().textContent = words;
}

// Copy buttons: data-copy names the element whose text is taken.

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const words = button.querySelector("[data-copy-words]");
  button.dataset.words ??= words.textContent;
  try {
    await navigator.clipboard.writeText(source.textContent);
    words.textContent = "Copied";
    announce("Copied.");
  } catch {
    // Browsers offer the clipboard on secure origins only: select, and let people press the keys.
    getSelection().selectAllChildren(source);
    words.textContent = "Selected";
    announce("Selected. Press Ctrl and C, or Command and C, to copy.");
  }
  clearTimeout(button.timer);
  button.timer = setTimeout(() => (words.textContent = button.dataset.words), 2500);
}

// Passwords that show themselves: data-reveal names the field.

function reveal(button) {
  const field = document.getElementById(button.dataset.reveal);
  const shown = field.type === "password";
  field.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
  button.textContent = shown ? "Hide" : "Show";
}

function fill(button) {
  const field = document.getElementById(button.dataset.fill);
  field.value = button.dataset.value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  announce(`${button.textContent.trim()} chosen.`);
}

document.addEventListener("click", (event) => {
  const on = (selector) => event.target.closest(selector);
  if (on("[data-copy]")) copy(on("[data-copy]"));
  if (on("[data-reveal]")) reveal(on("[data-reveal]"));
  if (on("[data-fill]")) fill(on("[data-fill]"));
  if (on("[data-close]")) on("dialog").close();
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// "All": a shortcut over check boxes of one name, half-ticked while they differ.

function followAll(all) {
  if (all.isFollowed) return;
  all.isFollowed = true;
  const boxes = [...all.form.querySelectorAll(`[name="${all.dataset.all}"]`)];
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
  boxes.forEach((box) => box.addEventListener("change", show));
  show();
}

// Questions: <details class="confirm"> becomes a button and a <dialog>.

function toDialog(details) {
  const summary = details.querySelector("summary");
  const body = details.querySelector(".confirm-body");
  const button = document.createElement("button");
  const dialog = document.createElement("dialog");
  for (const { name, value } of summary.attributes) button.setAttribute(name, value);
  for (const { name, value } of body.attributes) dialog.setAttribute(name, value);
  button.type = "button";
  button.append(...summary.childNodes);
  dialog.append(...body.childNodes);
  const ask = () => {
    dialog.showModal();
    // Enter, pressed by habit, must not do what cannot be undone.
    dialog.querySelector("input:not([type=hidden]), [data-close]")?.focus();
  };
  button.addEventListener("click", ask);
  const wasOpen = details.open;
  details.replaceWith(button, dialog);
  if (wasOpen) ask();
}

// One press is one request: a second press of a button that creates something would create two.

addEventListener("submit", (event) => {
  const form = event.target;
  if ("busy" in form.dataset) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.busy = "";
}, true);

addEventListener("pageshow", rest);

function rest() {
  for (const form of document.querySelectorAll("[data-busy]")) delete form.dataset.busy;
}

function wake(root) {
  root.querySelectorAll("details.confirm").forEach(toDialog);
  root.querySelectorAll("[data-all]").forEach(followAll);
  const target = root.querySelector("dialog[open] [aria-invalid]") ?? root.querySelector("[data-focus]");
  if (!target) return;
  target.focus();
  target.removeAttribute("data-focus");
  if (target.dataset.announce) announce(target.dataset.announce);
}

wake(document);

// After htmx put an answer in place.

document.addEventListener("htmx:afterSettle", () => wake(document));
document.addEventListener("htmx:afterRequest", rest);

function explain(words) {
  const box = document.createElement("dialog");
  const title = document.createElement("h2");
  const text = document.createElement("p");
  const close = document.createElement("button");
  box.className = "confirm-body stack";
  box.setAttribute("aria-labelledby", "failed-title");
  title.id = "failed-title";
  title.textContent = "That did not work";
  text.textContent = words;
  close.className = "button";
  close.dataset.close = "";
  close.textContent = "Close";
  box.append(title, text, close);
  box.addEventListener("close", () => box.remove());
  document.querySelectorAll("dialog[open]").forEach((open) => open.close());
  document.body.append(box);
  box.showModal();
}

const refusals = {
  401: "Your session has ended. Reload the page and sign in again.",
  403: "It was refused: your role, or this page, is no longer valid. Reload the page and try again.",
  404: "It is not there any more. Reload the page to see what is.",
  429: "Too many requests in a short time. Wait a moment and try again.",
};

document.addEventListener("htmx:responseError", (event) => {
  explain(refusals[event.detail.xhr.status] ?? "The server could not do it, and nothing was changed. Try again in a minute.");
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => {
    explain("The server did not answer. Check your connection, then reload the page to see whether it was done.");
  });
}
