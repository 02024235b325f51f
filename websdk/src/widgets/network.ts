/** What a widget may call through the host: `crm_post` and `$authorizedAjax` (contract 3.4, 3.13). */

import type { Host, Running } from "../hosting";
import { Refused } from "../server";

// The dialect's own limit: more than one a second is kept waiting.
const POST_PAUSE_MS = 1000;
// Tokens live 30 minutes; one that is older than this might end on the way.
const TOKEN_KEPT_MS = 25 * 60 * 1000;

type Told = (answer: unknown) => void;

/** Lets one call a second pass, in the order in which they were made. */
export class Pace {
  #free: Promise<void> = Promise.resolve();

  constructor(readonly pause = POST_PAUSE_MS) {}

  next(): Promise<void> {
    const mine = this.#free;
    this.#free = mine.then(() => new Promise((resolve) => setTimeout(resolve, this.pause)));
    return mine;
  }
}

export function crmPost(host: Host, one: Running): (...given: unknown[]) => void {
  const pace = new Pace();
  return (url, data, done, type, failed) => {
    const kind = typeof type === "string" ? type : "text";
    pace
      .next()
      .then(() => host.server.post({ widget: one.code, url: String(url), data: data ?? {}, type: kind }))
      .then(({ status, body }) => {
        if (status < 200 || status > 299) throw new Error(`${String(url)} answered ${status}`);
        return kind === "json" ? (JSON.parse(body) as unknown) : body;
      })
      .then(
        (answer) => told(host, one, done, answer),
        (error: unknown) => told(host, one, failed, error),
      );
  };
}

function told(host: Host, one: Running, tell: unknown, answer: unknown): void {
  if (typeof tell !== "function") return;
  try {
    (tell as Told)(answer);
  } catch (error) {
    host.report(one.code, "crm_post", error);
  }
}

/** Keeps one token per integration, and asks once when several calls want one at the same time. */
export class OneTimeTokens {
  readonly #kept = new Map<string, { token: Promise<string>; until: number }>();

  constructor(
    readonly ask: (clientUuid: string) => Promise<string>,
    readonly now: () => number = Date.now,
  ) {}

  get(clientUuid: string): Promise<string> {
    const kept = this.#kept.get(clientUuid);
    if (kept && kept.until > this.now()) return kept.token;
    const token = this.ask(clientUuid);
    this.#kept.set(clientUuid, { token, until: this.now() + TOKEN_KEPT_MS });
    token.catch(() => this.#kept.delete(clientUuid));
    return token;
  }
}

/** Works as `$.ajax`, and adds the header that proves to the integrator's server who is asking. */
export function authorizedAjax(host: Host, one: Running, tokens: OneTimeTokens): (settings: JQueryAjaxSettings) => JQueryPromise<unknown> {
  return (settings) => {
    const deferred = host.$.Deferred();
    if (!one.boot.oauth_client_uuid) {
      return deferred.reject(new Error("$authorizedAjax needs a widget of an OAuth integration")).promise();
    }
    tokens.get(one.boot.oauth_client_uuid).then(
      (token) => {
        const headers = { ...(settings.headers as object | undefined), "X-Auth-Token": token };
        host.$.ajax({ ...settings, headers }).then(
          (...answer: unknown[]) => deferred.resolve(...answer),
          (...failure: unknown[]) => deferred.reject(...failure),
        );
      },
      (error: unknown) => {
        // As jQuery tells of a call that was refused.
        const failure = { status: error instanceof Refused ? error.status : 0, statusText: "error", responseText: "" } as JQueryXHR;
        const told = (path: "error" | "complete", ...given: unknown[]) => {
          for (const tell of [settings[path]].flat()) if (typeof tell === "function") Reflect.apply(tell as Told, settings.context ?? settings, given);
        };
        deferred.reject(failure, "error", String(error));
        told("error", failure, "error", String(error));
        told("complete", failure, "error");
      },
    );
    return deferred.promise();
  };
}
