/** From a real press to its effect: an intent, the question on the control origin, and its answer. */

import type { Intent, IntentState, PressAction, Server } from "../server";

export interface Opening {
  /** Opens a window of its own; null when the browser keeps it shut. */
  open(address: string): unknown;
  /** Leaves this page for the question, when no window opened. */
  leaveFor(address: string): void;
  wait(ms: number): Promise<void>;
}

export type Outcome = IntentState | "left";

// Quick enough to feel at once, slow enough for ten open pages.
const ASKING_PAUSE_MS = 1500;
// Intents live ten minutes.
const LONGEST_MS = 10 * 60 * 1000;

export async function confirmOnControlOrigin(
  server: Server,
  opening: Opening,
  clientUuid: string,
  action: PressAction,
  running: string[],
): Promise<Outcome> {
  const intent: Intent = await server.intend(clientUuid, action, running);
  if (!opening.open(intent.confirm_url)) {
    opening.leaveFor(intent.confirm_url);
    return "left";
  }
  for (let waited = 0; waited < LONGEST_MS; waited += ASKING_PAUSE_MS) {
    await opening.wait(ASKING_PAUSE_MS);
    // One answer that gets lost does not end the waiting.
    const state = await server.intentState(intent.intent_id).catch((): IntentState => "open");
    if (state !== "open") return state;
  }
  return "expired";
}

export function browserOpening(window: Window): Opening {
  const open = window.open.bind(window);
  return {
    open: (address) => open(address, "grantway-confirm", "popup,width=560,height=760"),
    leaveFor: (address) => window.location.assign(address),
    wait: (ms) => new Promise((resolve) => window.setTimeout(resolve, ms)),
  };
}
