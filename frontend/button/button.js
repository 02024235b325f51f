// The button on an integrator's site that asks a user of Grantway for access.
//
//   <script class="kommo_oauth" data-client-id="…" src="…/auth/button.min.js"></script>
//
// No eval, no inline style, no HTML from text: it works under a strict Content-Security-Policy.
// The server writes the two addresses below when it serves the file.

(() => {
  "use strict";

  const PUBLIC = "https://public.invalid"; // where the question begins
  const CONTROL = "https://control.invalid"; // where it is asked, and answered from

  const CAPTIONS = {
    en: ["", "Continue with Grantway"],
    es: ["/es", "Continuar con Grantway"],
    pt: ["/br", "Continuar com Grantway"],
    id: ["/id", "Lanjutkan dengan Grantway"],
  };

  // Ground and letters, at least 4.5 to 1 against each other, then the sign's gate, its sun and the
  // line around. The colours are those of the dialect.
  const THEMES = {
    light: ["#fff", "#11211d", "#0b6355", "#d99a2b", "#75857f"],
    dark: ["#0c2e29", "#fff", "#7fd8c5", "#d99a2b", "#a9cbc2"],
  };
  const COLORS = {
    blue: ["#1976d2", "#fff"],
    violet: ["#6a1b9a", "#fff"],
    green: ["#388e3c", "#000"],
    orange: ["#f57f17", "#000"],
    red: ["#d84315", "#000"],
  };

  // Rules of no weight, so that those of the page always win.
  const RULES = `
    :where([data-grantway]){display:inline-block;vertical-align:middle}
    :where([data-grantway] button){display:inline-flex;align-items:center;justify-content:center;
      gap:10px;min-width:44px;min-height:44px;max-width:100%;margin:0;padding:8px 18px 8px 12px;
      border:1px solid var(--gw-line);border-radius:8px;background:var(--gw-ground);
      color:var(--gw-ink);font:600 16px/1.25 system-ui,sans-serif;text-align:start;cursor:pointer}
    :where([data-grantway=compact] button){padding:8px}
    :where([data-grantway] button:hover){box-shadow:0 0 0 3px rgb(127 127 127/.3)}
    :where([data-grantway] button:focus-visible){outline:3px solid #b06c00;outline-offset:2px;
      box-shadow:0 0 0 2px #fff}
    :where([data-grantway] svg){flex:none;width:24px;height:24px}
    @media(forced-colors:active){:where([data-grantway] svg){forced-color-adjust:none}}`;

  const GATE = "M3 30V15a13 13 0 0 1 26 0v15z";
  const WAY = "M10 30V17.5a8 8 0 0 1 16 0V30z";
  const SUN = "M14.75 17.5a3.25 3.25 0 0 1 6.5 0 3.25 3.25 0 0 1-6.5 0z";

  const EXTERNAL = ["name", "description", "redirect_uri", "secrets_uri", "scopes"];

  // Names come from the page: "constructor" is in every object.
  function pick(table, name) {
    return Object.hasOwn(table, name) ? table[name] : undefined;
  }

  function style() {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(RULES);
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    } catch {
      // A browser from before 2023 draws its own kind of button, which works as well.
    }
  }

  function mark(ground, gate, sun) {
    const make = (name, attributes) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const key in attributes) element.setAttribute(key, attributes[key]);
      return element;
    };
    const svg = make("svg", { viewBox: "0 0 32 32", "aria-hidden": "true", focusable: "false" });
    for (const [fill, d] of [[gate, GATE], [ground, WAY], [sun, SUN]]) svg.append(make("path", { fill, d }));
    return svg;
  }

  function random() {
    return [...crypto.getRandomValues(new Uint32Array(4))].map((n) => n.toString(36)).join("");
  }

  // The question's address; null when the tag does not say who asks.
  function address(data, path) {
    const query = [
      ["state", data.state || random()],
      ["mode", data.mode || "popup"],
      ["origin", location.href],
    ];
    if (data.clientId) {
      query.push(["client_id", data.clientId]);
    } else if (EXTERNAL.every((name) => data[name])) {
      for (const name of [...EXTERNAL.slice(0, 4), "logo"]) query.push([name, data[name] || ""]);
      for (const scope of data.scopes.split(",")) query.push(["scopes[]", scope.trim()]);
    } else {
      return null;
    }
    return `${PUBLIC}${path}/oauth/?` + query.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
  }

  // "onError", "app.onError", "window.app.onError": looked up by name, never evaluated.
  function named(path) {
    let owner;
    let found = window;
    for (const name of path.split(".")) {
      owner = found;
      found = found?.[name.trim()];
    }
    return typeof found === "function" ? found.bind(owner) : null;
  }

  // Opens the window in the middle of this one; without windows it goes there itself.
  function open(url) {
    const [width, height] = [1024, 620];
    const left = Math.max(0, screenX + (outerWidth - width) / 2);
    const top = Math.max(0, screenY + (outerHeight - height) / 2);
    const features = `width=${width},height=${height},left=${left},top=${top}`;
    const opened = window.open(url, "Grant access for integration", features);
    if (opened) opened.focus();
    else location.assign(url);
    return opened;
  }

  function draw(tag) {
    const data = tag.dataset;
    const [path, caption] = pick(CAPTIONS, data.locale) || CAPTIONS.en;
    const url = address(data, path);
    if (!url) {
      console.error(`Grantway button: set data-client-id, or all of ${EXTERNAL.map((name) => `data-${name}`).join(", ")}`);
      return;
    }
    const compact = data.compact === "true";
    const title = data.title || caption;
    const chosen = pick(COLORS, data.color) || pick(THEMES, data.theme) || THEMES.light;
    const [ground, ink, gate = ink, sun = ink, line = ground] = chosen;

    const box = document.createElement("div");
    box.className = data.className || "kommo-oauth";
    box.setAttribute("data-grantway", compact ? "compact" : "wide");
    if (data.clientId) box.setAttribute("data-client_id", data.clientId);
    box.style.setProperty("--gw-ground", ground);
    box.style.setProperty("--gw-ink", ink);
    box.style.setProperty("--gw-line", line);

    const button = document.createElement("button");
    button.type = "button";
    button.append(mark(ground, gate, sun));
    if (compact) {
      button.setAttribute("aria-label", title);
      button.title = title;
    } else {
      button.append(document.createTextNode(title));
    }
    box.append(button);
    tag.before(box);

    let opened = null;
    button.addEventListener("click", () => {
      opened = open(url);
    });

    // Only the window that this button opened is heard, and only while it shows our page.
    addEventListener("message", (event) => {
      if (!opened || event.source !== opened || event.origin !== CONTROL) return;
      const told = event.data || {};
      if (told.client_id && told.client_id === data.clientId) {
        data.error = told.error || "";
        named(data.errorCallback || "")?.(told);
      }
      if (told.url) follow(told.url);
    });
  }

  // The server sends an address to this page only if it is where the integration takes its codes.
  function follow(text) {
    let url;
    try {
      url = new URL(text);
    } catch {
      return;
    }
    if (url.origin === location.origin && /^https?:$/.test(url.protocol)) location.assign(url.href);
  }

  function start() {
    const tags = [...document.querySelectorAll("script.kommo_oauth, script.amocrm_oauth")];
    const fresh = tags.filter((tag) => !tag.isGrantwayButton);
    if (fresh.length) style();
    for (const tag of fresh) {
      tag.isGrantwayButton = true;
      draw(tag);
    }
  }

  if (document.readyState === "complete") start();
  else addEventListener("load", start);
})();
