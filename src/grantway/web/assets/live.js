// Lists and cards of a workspace follow what others change: a quiet question now and then.
// [data-live] names the question, data-mark what is shown, [data-live-part] what is replaced, by id.

"use strict";

(() => {
  const EVERY_MS = 8000;
  const EDITED = "input[name]:not([type=hidden]), textarea[name], select[name]";
  let asking = false;
  let over = false;

  function isChanged(field) {
    if (field.closest(".card-widgets")) return false;
    if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
    if (!(field instanceof HTMLSelectElement)) return field.value !== field.defaultValue;
    const chosen = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(chosen, 0);
  }

  // Nobody loses what they are about to do.
  function isBusy(place) {
    const active = document.activeElement;
    return (
      document.hidden ||
      (place.contains(active) && active.matches("input:not([data-row-id]), textarea, select")) ||
      document.querySelector("dialog[open], .modal, input[data-row-id]:checked") !== null ||
      [...place.querySelectorAll(EDITED)].some(isChanged)
    );
  }

  async function follow(place, mark) {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (isBusy(place) || !place.isConnected) return;
    const focused = document.activeElement?.getAttribute("href");
    for (const part of place.querySelectorAll("[data-live-part]")) {
      const fresh = next.getElementById(part.id);
      if (!fresh) return location.reload();
      part.replaceWith(document.adoptNode(fresh));
      window.htmx?.process(fresh);
    }
    const [boot, told] = [document, next].map((page) => page.getElementById("grantway-boot"));
    if (boot && told) boot.textContent = told.textContent;
    place.dataset.mark = mark;
    if (focused && document.activeElement === document.body) {
      [...place.querySelectorAll("a[href]")].find((one) => one.getAttribute("href") === focused)?.focus();
    }
    document.dispatchEvent(new CustomEvent("grantway:refreshed"));
  }

  async function look() {
    const place = document.querySelector("[data-live]");
    if (asking || over || !place || isBusy(place)) return;
    asking = true;
    try {
      const headers = { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" };
      const answer = await fetch(place.dataset.live, { headers });
      // Signed out, or gone: the next click says so.
      over = [401, 403].includes(answer.status);
      if (!answer.ok) return;
      const { mark } = await answer.json();
      if (mark !== place.dataset.mark) await follow(place, mark);
    } catch {
      // No network now; the next question may find it.
    } finally {
      asking = false;
    }
  }

  setInterval(look, EVERY_MS);
  document.addEventListener("visibilitychange", look);
})();
