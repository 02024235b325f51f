// A workspace without a server of its own behind it, for looking at widgets while working on the SDK.
// Usage: node tests/harness/serve.mjs [--port 9321] [--strict] FOLDER...      each a widget: manifest.json and script.js

import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { basename, dirname, extname, join, normalize, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { cardPage, confirmPage, listPage, settingsPage, workAreaPage } from "./pages.mjs";
import { readWidget, STATUSES } from "./widgets.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const ASSETS = resolve(HERE, "../../../src/grantway/web/assets");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: "string", default: "9321" }, strict: { type: "boolean" }, status: { type: "string", default: "installed" } },
});
const folders = positionals.length ? positionals : [join(HERE, "../widgets/parcel")];

const widgets = new Map();
for (const [index, folder] of folders.entries()) {
  const widget = await readWidget(resolve(folder), index, values.status);
  widgets.set(widget.code, { folder: resolve(folder), widget });
}
const intents = new Map();
const calls = [];

const KINDS = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

const boots = () => [...widgets.values()].map(({ widget }) => widget);
const json = (response, body, status = 200) => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};
const html = (response, text) => response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(text);

async function file(response, folder, path) {
  const found = normalize(join(folder, path));
  if (!found.startsWith(folder) || !existsSync(found)) return response.writeHead(404).end();
  const kind = KINDS[extname(found)] ?? "text/plain; charset=utf-8";
  response.writeHead(200, { "content-type": kind, "cache-control": "no-cache" }).end(await readFile(found));
}

async function bodyOf(request) {
  let text = "";
  for await (const piece of request) text += piece;
  return text;
}

// Called by pages and by the SDK; what is said is kept, so that a test can look.
const ROUTES = [
  ["GET", /^\/calls$/, ({ response }) => json(response, calls)],
  ["GET", /^\/$/, ({ response }) => html(response, settingsPage(boots(), values.strict))],
  ["GET", /^\/settings\/widgets\/$/, ({ response }) => html(response, settingsPage(boots(), values.strict))],
  ["GET", /^\/settings\/page\/(\w+)$/, ({ response, found }) => html(response, workAreaPage(boots(), values.strict, found[1]))],
  ["GET", /^\/leads\/$/, ({ response }) => html(response, listPage(boots(), values.strict))],
  ["GET", /^\/(leads|contacts)\/detail\/(\d+)$/, ({ response, found }) => html(response, cardPage(boots(), values.strict, found[1], Number(found[2])))],
  ["GET", /^\/assets\/(.+)$/, ({ response, found }) => file(response, ASSETS, found[1])],
  ["GET", /^\/upl\/(\w+)\/\d+\/widget\/(.+)$/, ({ response, found }) => (widgets.has(found[1]) ? file(response, widgets.get(found[1]).folder, decodeURIComponent(found[2])) : response.writeHead(404).end())],
  ["GET", /^\/ajax\/v1\/widgets$/, ({ response }) => json(response, { widgets: boots() })],
  ["PUT", /^\/ajax\/v1\/widgets\/(\w+)\/settings$/, ({ response, found, body }) => {
    const { widget } = widgets.get(found[1]);
    Object.assign(widget, STATUSES.installed, { params: Object.fromEntries(Object.entries(JSON.parse(body).fields).map(([code, value]) => [code, typeof value === "object" ? JSON.stringify(value) : value])) });
    json(response, widget);
  }],
  ["PUT", /^\/ajax\/v1\/widgets\/(\w+)\/forms\/([\w.]+)$/, ({ response }) => response.writeHead(204).end()],
  ["POST", /^\/ajax\/v1\/install-intents$/, ({ response, body }) => {
    const id = randomUUID();
    intents.set(id, { ...JSON.parse(body), state: "open" });
    json(response, { intent_id: id, confirm_url: `/confirm/${id}` }, 201);
  }],
  ["GET", /^\/ajax\/v1\/install-intents\/(.+)$/, ({ response, found }) => json(response, { state: intents.get(found[1])?.state ?? "expired" })],
  ["GET", /^\/confirm\/(.+)$/, ({ response, found }) => html(response, confirmPage(intents.get(found[1])))],
  ["POST", /^\/confirm\/(.+)$/, ({ response, found }) => {
    const intent = intents.get(found[1]);
    intent.state = "done";
    const { widget } = [...widgets.values()].find((one) => one.widget.oauth_client_uuid === intent.client_uuid);
    const installed = widget.manifest.settings.length > 0 ? "not_configured" : "installed";
    Object.assign(widget, STATUSES[intent.action === "install" ? installed : "install"]);
    html(response, "<!doctype html><title>Done</title><p>Done. You can close this window.</p>");
  }],
  ["GET", /^\/ajax\/v2\/integrations\/.+\/disposable_token$/, ({ response }) => json(response, { token: "one.time.token" })],
  ["POST", /^\/ajax\/v1\/proxy$/, ({ response }) => json(response, { status: 200, body: "{}" })],
  ["GET", /^\/ajax\/v1\/notifications$/, ({ response }) => json(response, { notifications: [] })],
  ["POST", /^\/ajax\/v1\/(refused-presses|notifications)$/, ({ response }) => response.writeHead(204).end()],
  ["GET", /^\/api\/v4\/account/, ({ response }) => json(response, { id: 31, name: "Acme", _embedded: { task_types: [{ id: 1, name: "Call" }] } })],
  ["GET", /^\/api\/v4\/users/, ({ response }) => json(response, { _page: 1, _page_count: 1, _embedded: { users: [{ id: 7, name: "Alice", rights: { is_active: true, is_admin: true } }] } })],
  ["GET", /^\/api\/v4\/\w+\/custom_fields/, ({ response }) => json(response, { _page: 1, _page_count: 1, _embedded: { custom_fields: [{ id: 901, name: "Birthday", type: "birthday", sort: 1 }] } })],
];

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  const body = await bodyOf(request);
  if (/^\/(ajax|api|confirm)/.test(pathname)) calls.push({ method: request.method, path: request.url, body, origin: request.headers.origin ?? null, cookie: request.headers.cookie ?? null });
  for (const [method, pattern, answer] of ROUTES) {
    const found = pattern.exec(pathname);
    if (request.method === method && found) return void (await answer({ response, found, body }));
  }
  response.writeHead(404).end();
});

server.listen(Number(values.port), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/ with ${folders.map((folder) => basename(folder)).join(", ")}`);
});
