// Pages with the hooks that the SDK looks for.

const escape = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

export function bootOf(widgets, strict, system, more = {}) {
  return {
    user: { id: 7, login: "alice@acme.example", name: "Alice", is_admin: true, personal_mobile: "" },
    account: { id: 31, subdomain: "acme", timezone: "Europe/Lisbon", language: "en", currency: "EUR", paid_till: 1893456000, tariffName: "Open", cf: { 901: { id: 901, name: "Birthday" } } },
    managers: {
      7: { id: 7, title: "Alice", login: "alice@acme.example", active: true, is_admin: "Y", group: "group_0" },
      8: { id: 8, title: "Bob", login: "bob@acme.example", active: true, is_admin: "N", group: "group_0" },
    },
    groups: { group_0: "Sales" },
    task_types: { 1: { id: 1, option: "Call" } },
    lang: "en",
    system: { domain: "grantway.example", server: "acme.grantway.example", ...system },
    entity: null,
    list: null,
    widgets,
    tokens: { form: "form-token" },
    running: { strict: Boolean(strict), preinstall_script: "sandbox" },
    ...more,
  };
}

function page(title, boot, main) {
  const styles = ["foundation", "layout", "forms", "parts", "lists", "cards"].map((name) => `<link rel="stylesheet" href="/assets/${name}.css">`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
${styles.join("\n")}
<script type="application/json" id="grantway-boot">${JSON.stringify(boot).replaceAll("<", "\\u003c")}</script>
<script src="/assets/websdk/host.js" defer></script></head>
<body><div class="workspace"><header class="side"><strong>Acme</strong><nav aria-label="Workspace"><ul><li><a class="js-navigate-link" href="/leads/">Leads</a></li><li><a class="js-navigate-link" href="/leads/detail/1">One lead</a></li><li><a class="js-navigate-link" href="/settings/widgets/">Integrations</a></li></ul></nav></header>
<main class="page" id="main" tabindex="-1">${main}</main></div></body></html>`;
}

export function settingsPage(widgets, strict) {
  const tiles = widgets.map((one) => `<li class="panel" data-widget-tile="${one.code}"><div class="panel-body stack"><h2>${escape(one.listing.name)}</h2><p class="widget-state"></p><button class="button" data-widget-open="${one.code}">Open</button></div></li>`);
  return page("Integrations", bootOf(widgets, strict, { area: "settings", page: "widgetsSettings" }), `<h1>Integrations</h1><ul class="cards plain">${tiles.join("")}</ul>`);
}

export function workAreaPage(widgets, strict, code) {
  return page("Settings", bootOf(widgets, strict, { area: "advanced-settings", page: `advanced-settings:${code}`, work_area: { code } }), "<div data-work-area></div>");
}

export function listPage(widgets, strict) {
  const rows = [1, 2, 3].map((id) => ({ id, name: `Lead ${id}`, emails: [`one${id}@example.com`], phones: ["+351210000000"] }));
  const lines = rows.map((row) => `<tr data-id="${row.id}"><td><input type="checkbox" data-row-id="${row.id}" aria-label="Tick ${row.name}"></td><td><a href="/leads/detail/${row.id}">${row.name}</a></td></tr>`);
  const boot = bootOf(widgets, strict, { area: "llist", page: "leads" }, { list: { kind: "leads", rows } });
  return page("Leads", boot, `<div id="list"><h1>Leads</h1><div class="panel"><table class="rows"><tbody>${lines.join("")}</tbody></table></div></div>`);
}

export function cardPage(widgets, strict, kind, id) {
  const entity = { kind, id, name: `Lead ${id}`, main_user: 7, values: { "lead[NAME]": `Lead ${id}`, "CFV[901]": "" }, contacts: [{ id: 5, name: "Carol", phones: ["+351210000000"], emails: ["carol@example.com"] }] };
  const boot = bootOf(widgets, strict, { area: kind === "leads" ? "lcard" : "ccard", page: `${kind}_card` }, { entity });
  return page(`Lead ${id}`, boot, `<div id="card"><h1 class="card-name">Lead ${id}</h1><div class="card-columns"><div class="card-side"><section class="panel card-fields"><div class="linked-form__field" data-id="901"><label class="linked-form__field__label" for="cf">Birthday</label><input class="input" id="cf" name="cf-901" value="24.12.1990"></div><p><a href="tel:+351210000000">+351 210 000 000</a></p></section></div><div class="card-main"><section class="panel"><h2>Notes</h2><div class="feed-compose__quick-actions-wrapper"></div></section></div></div></div>`);
}

export function confirmPage(intent) {
  return `<!doctype html><html lang="en"><title>Confirm</title><h1>${escape(intent?.action)}?</h1><form method="post"><button id="confirm">Yes</button></form>`;
}
