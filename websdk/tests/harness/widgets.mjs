// Reads the folder of a widget as the server does, as far as the SDK can tell.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

export const STATUSES = {
  install: { status: "install", active: "N", widget_active: "N" },
  not_configured: { status: "not_configured", active: "S", widget_active: "Y" },
  installed: { status: "installed", active: "Y", widget_active: "Y" },
};

const parse = async (path) => JSON.parse((await readFile(path, "utf8")).replace(/^\uFEFF/, ""));

export async function readWidget(folder, index, status) {
  const raw = await parse(join(folder, "manifest.json"));
  const lang = ["en", ...(raw.widget.locale ?? [])].find((one) => existsSync(join(folder, "i18n", `${one}.json`)));
  const langs = lang ? await parse(join(folder, "i18n", `${lang}.json`)) : {};
  const i18n = (path) => String(path ?? "").split(".").reduce((at, key) => at?.[key], langs) ?? String(path ?? "");
  const fields = (all) => Object.entries(all ?? {}).map(([code, field]) => ({ code, name: i18n(field.name), type: field.type, is_required: Boolean(field.required), ...(field.manual !== undefined && { manual: field.manual }), ...(field.default_value && { default_value: i18n(field.default_value) }) }));
  const code = `w${String(index).padStart(2, "0")}${(langs.widget?.name ?? "widget").toLowerCase().replace(/[^a-z]/g, "").slice(0, 8) || "widget"}`;
  const { logo: _logo, ...handlers } = raw.salesbot_designer ?? {};
  return {
    id: 1000 + index,
    code,
    version: raw.widget.version || "1.0.0",
    path: `/upl/${code}/1/widget`,
    params: {},
    ...STATUSES[status],
    oauth_client_uuid: `0f3c9a52-6d1e-4c0b-9b7e-${String(index).padStart(12, "0")}`,
    category_code: "",
    support: raw.widget.support ?? [],
    manifest: {
      locations: raw.locations ?? [],
      init_once: [true, "Y", 1].includes(raw.widget.init_once),
      installation: raw.widget.installation !== false,
      settings: fields(raw.settings),
      ...(raw.dp && { dp: { title: i18n(raw.dp.title), settings: fields(raw.dp.settings) } }),
      salesbot_designer: Object.fromEntries(Object.entries(handlers).map(([name, one]) => [name, { name: i18n(one.name), settings: fields(one.settings) }])),
      ...(raw.advanced && { advanced_title: i18n(raw.advanced.title) }),
      tour_images: (raw.tour?.tour_images?.[lang] ?? []).map((path) => `/upl/${code}/1/widget/${path.replace(/^\//, "")}`),
    },
    langs,
    listing: { name: i18n(raw.widget.name), short_description: i18n(raw.widget.short_description), owner: "Dana's Lab", logo: `/upl/${code}/1/widget/images/logo_main.png` },
  };
}
