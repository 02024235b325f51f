/** The calls to the workspace's server. In a frame another implementation stands in, see frames/. */

import type { BootWidget } from "./boot";

export interface Intent {
  intent_id: string;
  /** On the control origin. */
  confirm_url: string;
}

export type IntentState = "open" | "done" | "cancelled" | "expired";
export type PressAction = "install" | "uninstall";

export interface RefusedPress {
  code: string;
  action: PressAction;
  reason: string;
  running: string[];
}

export interface ProxyCall {
  widget: string;
  url: string;
  data: unknown;
  type: string;
}

export interface ProxyAnswer {
  status: number;
  body: string;
}

export interface StoredNotice {
  kind: "call" | "error";
  widget?: string;
  content: Record<string, unknown>;
}

export interface Fault {
  code: string;
  path: string;
  detail: string;
}

/** What the server said to a call that it did not carry out. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly faults: Fault[],
    message: string,
  ) {
    super(message);
    this.name = "Refused";
  }
}

export interface Server {
  intend(clientUuid: string, action: PressAction, running: string[]): Promise<Intent>;
  intentState(id: string): Promise<IntentState>;
  tellRefusedPress(press: RefusedPress): Promise<void>;
  saveSettings(code: string, fields: Record<string, unknown>): Promise<BootWidget>;
  /** Tells whether this page is the one that calls `onInstall`. */
  claimOnInstall(code: string): Promise<boolean>;
  saveForm(code: string, form: string, values: Record<string, unknown>): Promise<void>;
  widgets(): Promise<BootWidget[]>;
  oneTimeToken(clientUuid: string): Promise<string>;
  post(call: ProxyCall): Promise<ProxyAnswer>;
  notify(notice: StoredNotice): Promise<void>;
  notices(): Promise<StoredNotice[]>;
  addNote(entity: { type: string; id: number }, note: Record<string, unknown>): Promise<void>;
}

export type Fetch = (address: string, settings: RequestInit) => Promise<Response>;

export class WorkspaceServer implements Server {
  readonly #fetch: Fetch;

  /** *fetch* is handed in early, so that what a widget puts in its place is not asked by us. */
  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  async intend(clientUuid: string, action: PressAction, running: string[]): Promise<Intent> {
    return await this.#call("POST", "/ajax/v1/install-intents", { client_uuid: clientUuid, action, running });
  }

  async intentState(id: string): Promise<IntentState> {
    const { state } = await this.#call<{ state: IntentState }>("GET", `/ajax/v1/install-intents/${encodeURIComponent(id)}`);
    return state;
  }

  async tellRefusedPress(press: RefusedPress): Promise<void> {
    await this.#call("POST", "/ajax/v1/refused-presses", press);
  }

  async saveSettings(code: string, fields: Record<string, unknown>): Promise<BootWidget> {
    return await this.#call("PUT", `/ajax/v1/widgets/${encodeURIComponent(code)}/settings`, { fields });
  }

  async claimOnInstall(code: string): Promise<boolean> {
    return (await this.#call<{ is_due: boolean }>("POST", `/ajax/v1/widgets/${encodeURIComponent(code)}/on-install`, {})).is_due;
  }

  async saveForm(code: string, form: string, values: Record<string, unknown>): Promise<void> {
    const path = [code, "forms", form].map(encodeURIComponent).join("/");
    await this.#call("PUT", `/ajax/v1/widgets/${path}`, { values });
  }

  async widgets(): Promise<BootWidget[]> {
    return (await this.#call<{ widgets: BootWidget[] }>("GET", "/ajax/v1/widgets")).widgets;
  }

  async oneTimeToken(clientUuid: string): Promise<string> {
    const path = `/ajax/v2/integrations/${encodeURIComponent(clientUuid)}/disposable_token`;
    return (await this.#call<{ token: string }>("GET", path)).token;
  }

  async post(call: ProxyCall): Promise<ProxyAnswer> {
    return await this.#call("POST", "/ajax/v1/proxy", call);
  }

  async notify(notice: StoredNotice): Promise<void> {
    await this.#call("POST", "/ajax/v1/notifications", notice);
  }

  async notices(): Promise<StoredNotice[]> {
    return (await this.#call<{ notifications: StoredNotice[] }>("GET", "/ajax/v1/notifications")).notifications;
  }

  async addNote(entity: { type: string; id: number }, note: Record<string, unknown>): Promise<void> {
    await this.#call("POST", `/api/v4/${entity.type}/${entity.id}/notes`, [note]);
  }

  async #call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers: Record<string, string> = { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" };
    const settings: RequestInit = { method, headers, credentials: "same-origin", redirect: "error" };
    if (body !== undefined) {
      headers["Content-Type"] = "application/json";
      settings.body = JSON.stringify(body);
    }
    const answer = await this.#fetch(path, settings);
    const text = await answer.text();
    if (!answer.ok) throw refusal(answer.status, text);
    return (text === "" ? undefined : JSON.parse(text)) as Answer;
  }
}

function refusal(status: number, text: string): Refused {
  let body: { detail?: unknown; title?: unknown; "validation-errors"?: unknown } = {};
  try {
    body = JSON.parse(text) as typeof body;
  } catch {
    // A gateway may answer with a page; the status says enough then.
  }
  const errors = body?.["validation-errors"];
  const words = [body?.detail, body?.title].find((one) => typeof one === "string" && one !== "");
  return new Refused(status, Array.isArray(errors) ? (errors as Fault[]) : [], String(words ?? `status ${status}`));
}
