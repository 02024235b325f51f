/** The form of a widget that is not installed: its code runs where it reaches nothing (contract 5.4 row 1, S-141). */

import type { Values } from "../settings/fields";
import type { SettingsModal } from "../settings/modal";
import type { Preview } from "../settings/desk";
import { showInModal, type Frames } from "./frame_runner";
import type { WidgetFrame } from "./widget_frame";

const ANSWER_WAIT_MS = 1500;

export class FramePreview implements Preview {
  #shown: { code: string; frame: WidgetFrame } | null = null;

  constructor(readonly frames: Frames) {}

  show(opened: SettingsModal): void {
    const frame = showInModal(this.frames, opened, "preview", { saved: () => Promise.resolve() });
    this.#shown = { code: opened.one.code, frame };
  }

  async press(code: string): Promise<Values | null> {
    const shown = this.#shown;
    if (shown?.code !== code || !shown.frame.element.isConnected) return null;
    const late = new Promise<null>((resolve) => setTimeout(resolve, ANSWER_WAIT_MS, null));
    const answer = await Promise.race([shown.frame.do("press").catch(() => null), late]);
    return typeof answer === "object" && answer !== null && !Array.isArray(answer) ? (answer as Values) : null;
  }
}
