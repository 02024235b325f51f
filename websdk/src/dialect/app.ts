/** The global `APP`, under its old name `AMOCRM` too (contract 3.7). */

import type { Boot } from "../boot";
import type { System } from "../hosting";
import type { Notifications } from "../places/toasts";
import type { BackboneCollection, CurrentCard } from "./current_card";
import type { Router } from "./router";
import { themeOf } from "./theme";
import { CF_TYPES, DATE_FORMATS, ELEMENT_TYPES, NOTE_TYPES } from "./tables";

export interface App {
  constant(key: string, value?: unknown): unknown;
  lang_id: string;
  data: {
    current_card: CurrentCard | false;
    current_entity: string;
    current_list: BackboneCollection | false;
    current_view: { $el: JQuery };
    id?: number;
    is_card?: boolean;
  };
  widgets: {
    list: Record<string, unknown>;
    system: System;
    clear_cache(): void;
    legal_handlers: string[];
  };
  notifications: Notifications;
  router: Router;
  addNotificationCallback(code: string, told: (data: unknown) => void): void;
  [member: string]: unknown;
}

export interface AppParts {
  system: System;
  notifications: Notifications;
  router: Router;
  /** Widgets by code, as `APP.widgets.list` shows them. */
  list: Record<string, unknown>;
  notificationCallbacks: Map<string, (data: unknown) => void>;
}

export interface MadeApp {
  app: App;
  /** Takes over the document of the next page. Not a member of APP, so that widgets do not. */
  turn(next: Boot): void;
}

/** Keys that say who is signed in and where; a widget that writes them is not heard (contract 10, row 22). */
const SYSTEM_KEYS = ["user", "user_rights", "account", "managers", "groups", "task_types", "card_id", "card_element", "is_kommo"];

export function makeApp($: JQueryStatic, page: Document, boot: Boot, parts: AppParts): MadeApp {
  const own = new Map<string, unknown>();
  let known = constants(page, boot);
  let isCalling = false;

  const app: App = {
    constant(key, ...given) {
      if (given.length > 0) {
        if (SYSTEM_KEYS.includes(key)) return console.warn(`APP.constant('${key}') cannot be changed.`);
        own.set(key, given[0]);
      }
      return own.has(key) ? own.get(key) : known[key];
    },
    lang_id: boot.lang,
    data: { current_card: false, current_entity: "", current_list: false, current_view: { $el: $(page.body) } },
    cf_types: boot.cf_types ?? CF_TYPES,
    element_types: ELEMENT_TYPES,
    note_types: NOTE_TYPES,
    system: { format: { date: DATE_FORMATS } },
    widgets: {
      list: parts.list,
      system: parts.system,
      clear_cache() {
        // Nothing is kept between pages.
      },
      legal_handlers: ["show", "goto"],
    },
    sdk: {
      showUserStatus: (asked?: unknown) => userStatus(boot, asked),
      setCallingStatus: (isNow: unknown) => {
        isCalling = Boolean(isNow);
      },
      getCallingStatus: () => isCalling,
    },
    notifications: parts.notifications,
    router: parts.router,
    addNotificationCallback: (code, told) => void parts.notificationCallbacks.set(code, told),
    isCard: () => boot.entity !== null,
    getBaseEntity: () => boot.entity?.kind ?? boot.list?.kind ?? "",
    getWidgetsArea: () => boot.system.page,
    getV3WidgetsArea: () => boot.system.page,
  };
  const turn = (next: Boot): void => {
    boot = next;
    known = constants(page, next);
    app.lang_id = next.lang;
  };
  return { app, turn };
}

/** Values that widgets read; they get copies that nobody can change. */
function constants(page: Document, boot: Boot): Record<string, unknown> {
  const { user, account } = boot;
  return deepFreeze(
    structuredClone({
      user: {
        uuid: "",
        personal_mobile: "",
        photo: "",
        amojo_id: "",
        user_rank: "",
        group_mates_ids: [],
        settings: {},
        ...user,
        theme: themeOf(page, user),
        api_key: "",
      },
      user_rights: { is_admin: user.is_admin, ...user.rights },
      account: { paid_till: null, tariffName: "", cf: {}, products: {}, ...account },
      managers: Object.fromEntries(
        Object.entries(boot.managers).map(([id, one]) => [
          id,
          { option: one.title, free_user: "N", status: one.active ? "A" : "D", amojo_id: "", avatar: "", theme: 1, phone: "", ...one },
        ]),
      ),
      groups: boot.groups,
      task_types: boot.task_types,
      card_id: boot.entity?.id ?? 0,
      card_element: boot.entity ? ELEMENT_TYPES[boot.entity.kind] : 0,
      is_kommo: true,
    }),
  );
}

/** The page shows nobody's presence but that of the person in front of it. */
function userStatus(boot: Boot, asked: unknown): unknown {
  const isHere = (id: string) => id === String(boot.user.id);
  if (asked === "online") return [boot.user.id];
  if (typeof asked === "number" || (typeof asked === "string" && asked in boot.managers)) return isHere(String(asked));
  return Object.fromEntries(Object.entries(boot.managers).map(([id, one]) => [id, { id: one.id, online: isHere(id) }]));
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
