/**
 * What a workspace page tells the host of widgets: the type of the document in
 * `<script type="application/json" id="grantway-boot">`.
 *
 * The page fills it for the person who is signed in; everything in it may be read by every widget
 * of the page, so nothing belongs here that a widget must not know.
 */
export interface Boot {
  user: BootUser;
  account: BootAccount;
  /** By user id. */
  managers: Record<string, Manager>;
  /** By group code: `group_0`, `group_free_users`. */
  groups: Record<string, string>;
  /** By id. */
  task_types: Record<string, TaskType>;
  /** Language of the page and of the widgets' texts: `en`, `es`, `pt`. */
  lang: string;
  system: BootSystem;
  /** The card that is shown; null elsewhere. */
  entity: BootEntity | null;
  /** The list that is shown; null elsewhere. */
  list: BootList | null;
  /** Every widget of the account that this page concerns; on the settings page also tiles that are not installed. */
  widgets: BootWidget[];
  tokens: BootTokens;
  /** How the account and the operator want widgets to run. Absent: page, sandbox. */
  running?: RunningRules;
  /** Ids by name of custom field types; absent: the table of the dialect. */
  cf_types?: Record<string, number>;
}

export interface BootUser {
  id: number;
  uuid?: string;
  login: string;
  name: string;
  photo?: string;
  personal_mobile?: string;
  amojo_id?: string;
  is_admin: boolean;
  /** 1 light, 2 dark; absent: what the browser prefers. */
  theme?: 1 | 2;
  user_rank?: string;
  group_mates_ids?: number[];
  settings?: Record<string, unknown>;
  /** What `APP.constant('user_rights')` answers. */
  rights?: Record<string, unknown>;
}

export interface BootAccount {
  id: number;
  name?: string;
  subdomain: string;
  timezone: string;
  language: string;
  currency: string;
  paid_till?: number | null;
  tariffName?: string;
  /** Custom fields by id. */
  cf?: Record<string, Record<string, unknown>>;
  products?: { catalog_id?: number };
}

export interface Manager {
  id: number;
  title: string;
  login: string;
  active: boolean;
  is_admin: "Y" | "N";
  free_user?: "Y" | "N";
  /** Group code, as in `groups`. */
  group: string;
  status?: string;
  amojo_id?: string;
  avatar?: string;
  theme?: number;
  phone?: string;
}

export interface TaskType {
  id: number;
  option: string;
  color?: string | null;
  icon_id?: number | null;
}

export interface BootSystem {
  /** Area code of section 3.11: `lcard`, `llist`, `settings`, `advanced-settings`, `widget_page`; empty where there is none. */
  area: string;
  /** Page code of section 3.11: `leads_card`, `leads`, `widgetsSettings`, `advanced-settings:{code}`. */
  page: string;
  /** `domain` of `system()`: the root that account hosts stand under. */
  domain: string;
  /** Host name and port of the workspace. */
  server: string;
  /** True where no widget may run, such as billing. */
  is_quiet?: boolean;
  /** Page of one widget (`advanced-settings:{code}`, `widget-page:{code}`): which, and which item was opened. */
  work_area?: { code: string; location?: "widget_page" | "stats" | "settings"; item_code?: string; subitem_code?: string };
}

export type EntityKind = "leads" | "contacts" | "companies" | "customers" | "tasks";

export interface BootEntity {
  kind: Exclude<EntityKind, "tasks">;
  /** 0 for a card that is not saved yet. */
  id: number;
  name?: string;
  /** User id of who is responsible. */
  main_user?: number;
  /** Values by the names of the form's inputs: `lead[NAME]`, `lead[STATUS]`, `CFV[123]`. Inputs of the page are followed live. */
  values?: Record<string, unknown>;
  /** Contacts of the card, for get_current_card_contacts_data. */
  contacts?: CardContact[];
}

export interface CardContact {
  id: number;
  name: string;
  first_name?: string;
  last_name?: string;
  phones: string[];
  emails: string[];
}

export interface BootList {
  kind: EntityKind;
  /** Rows of the page that is shown. A row's tick box is `input[data-row-id]`. */
  rows: ListRow[];
}

export interface ListRow {
  id: number;
  name?: string;
  /** As `BootEntity.values`, without custom fields: what changes in a row is told by these. */
  values?: Record<string, unknown>;
  emails?: string[];
  phones?: string[];
}

export type WidgetStatus = "install" | "not_configured" | "installed" | "error";

export interface BootWidget {
  /** Widget id: an integer, unique over the platform. */
  id: number;
  code: string;
  /** `widget.version` of the manifest. */
  version: string;
  /** `/upl/{code}/{n}/widget`, without a slash at the end. */
  path: string;
  /** The same on the static host; empty: as `path`. */
  cdn_path?: string;
  /** Saved settings by field code; `users` fields as JSON strings. */
  params: Record<string, unknown>;
  status: WidgetStatus;
  active: "Y" | "N" | "S";
  widget_active: "Y" | "N";
  /** True: no page has called its `onInstall` yet. Administrators alone are told. */
  on_install_due?: boolean;
  oauth_client_uuid: string;
  category_code: string;
  support: WidgetSupport | [];
  manifest: WidgetManifest;
  /** Whole i18n object of the chosen language. */
  langs: Record<string, unknown>;
  /** Pipeline whose source this widget is; null: none. */
  pipeline_id?: number | null;
  /** What the settings modal shows beside the form. */
  listing?: WidgetListing;
  /** Stored values of the other forms: `digital_pipeline`, `salesbot_designer.{handler}`, `lead_sources`. */
  forms?: Record<string, Record<string, unknown>>;
}

export interface WidgetSupport {
  name?: string;
  link?: string;
  email?: string;
  privacy_policy?: string;
}

export type FieldType = "text" | "pass" | "users" | "users_lp" | "custom";

export interface SettingField {
  code: string;
  /** Name in the page's language. */
  name: string;
  type: FieldType | string;
  is_required: boolean;
}

export interface BotField extends SettingField {
  default_value?: string;
  /** True: the user types; false: the user picks a field of the CRM. */
  manual?: boolean;
}

export interface WidgetManifest {
  /** Normalised: `lcard-1`, `settings-1`, `everywhere-0`. */
  locations: string[];
  init_once: boolean;
  installation: boolean;
  is_showcase?: boolean;
  settings: SettingField[];
  /** Form of a trigger in the digital pipeline. */
  dp?: { title?: string; settings: SettingField[]; action_multiple?: boolean };
  /** By handler code, without `logo`. */
  salesbot_designer?: Record<string, { name: string; settings: BotField[] }>;
  /** Title of the widget's own settings page. */
  advanced_title?: string;
  /** Addresses of the tour's pictures in the page's language. */
  tour_images?: string[];
  tour_description?: string;
}

export interface WidgetListing {
  name: string;
  short_description?: string;
  /** Sanitised by the server: the only HTML of this document. */
  description_html?: string;
  /** Address of the logo on the static host. */
  logo?: string;
  owner?: string;
  rating?: number | null;
  reviews_href?: string;
  /** Keys and access of an own integration, on the control origin. */
  manage_href?: string;
  /** Where `is_showcase` leads. */
  showcase_href?: string;
}

export interface BootTokens {
  /** For forms of the page; calls of the SDK are checked by Origin and Sec-Fetch-Site. */
  form: string;
}

export interface RunningRules {
  /** True: every widget runs in a sandboxed frame of its own (strict accounts). */
  strict: boolean;
  /** What becomes of `settings` before a widget is installed. */
  preinstall_script: "sandbox" | "off" | "page";
}

/** Reads the document of the page; null where the page has none. */
export function readBoot(page: Document): Boot | null {
  const element = page.getElementById("grantway-boot");
  return element?.textContent ? (JSON.parse(element.textContent) as Boot) : null;
}
