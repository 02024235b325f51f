// The pages that ask work without this file; the server checks all of it again, and more.

"use strict";

const form = document.querySelector("form[data-consent]");

// A press counts after the page was there to be read: nobody answers by the second half of a
// double click that began on another page, or was meant for another window.
const allow = form.querySelector("[data-settles]");
const box = form.querySelector("[data-needed]");
let isSettled = false;

function judge() {
  allow.disabled = !isSettled || (box !== null && !box.checked);
}

function settle() {
  if (document.visibilityState !== "visible" || !document.hasFocus()) return;
  removeEventListener("focus", settle);
  document.removeEventListener("visibilitychange", settle);
  setTimeout(() => {
    isSettled = true;
    judge();
  }, Number(form.dataset.dwell));
}

addEventListener("focus", settle);
document.addEventListener("visibilitychange", settle);
// A browser that went back to this page keeps the tick; who reads it now has not given it.
if (box !== null) box.checked = false;
judge();
settle();
form.addEventListener("change", judge);

// Only a person presses these buttons.
form.addEventListener("click", (event) => {
  if (event.isTrusted || !event.target.closest("button, input")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// Enter on an account chooses it, on the box does nothing, and neither answers.
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && ["radio", "checkbox"].includes(event.target.type)) event.preventDefault();
});
