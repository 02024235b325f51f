// The consent page works without this file; the server checks all of it again, and more.

"use strict";

const form = document.querySelector("form[data-consent]");

// A press counts after the page was there to be read: nobody answers by the second half of a
// double click that began on another page.
const allow = form.querySelector('[value="allow"]');
allow.disabled = true;

function settle() {
  setTimeout(() => (allow.disabled = false), Number(form.dataset.dwell));
}

if (document.visibilityState === "visible") settle();
else document.addEventListener("visibilitychange", settle, { once: true });

// Only a person presses these buttons.
form.addEventListener("click", (event) => {
  if (event.isTrusted || !event.target.closest("button")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// Enter on an account chooses it and does not answer.
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.type === "radio") event.preventDefault();
});
