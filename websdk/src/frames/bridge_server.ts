/** The server as a widget in a frame reaches it: by asking the page. */

import type { BootWidget } from "../boot";
import type { Intent, IntentState, ProxyAnswer, ProxyCall, Server, StoredNotice } from "../server";
import type { Ask } from "./protocol";

export type AskPage = (name: Ask, given?: Record<string, unknown>) => Promise<unknown>;

export class BridgeServer implements Server {
  constructor(readonly ask: AskPage) {}

  // A frame has nothing to press: these stay with the page.
  intend(): Promise<Intent> {
    return Promise.reject(new Error("not from a frame"));
  }

  intentState(): Promise<IntentState> {
    return Promise.reject(new Error("not from a frame"));
  }

  async tellRefusedPress(): Promise<void> {
    await Promise.resolve();
  }

  async saveSettings(_code: string, fields: Record<string, unknown>): Promise<BootWidget> {
    return (await this.ask("save", { fields })) as BootWidget;
  }

  claimOnInstall(): Promise<boolean> {
    return Promise.reject(new Error("not from a frame"));
  }

  async saveForm(_code: string, form: string, values: Record<string, unknown>): Promise<void> {
    await this.ask("saveForm", { form, values });
  }

  widgets(): Promise<BootWidget[]> {
    return Promise.reject(new Error("not from a frame"));
  }

  async oneTimeToken(): Promise<string> {
    return (await this.ask("token")) as string;
  }

  async post({ url, data, type }: ProxyCall): Promise<ProxyAnswer> {
    return (await this.ask("post", { url, data, type })) as ProxyAnswer;
  }

  async notify({ kind, content }: StoredNotice): Promise<void> {
    await this.ask("notify", { kind, content });
  }

  notices(): Promise<StoredNotice[]> {
    return Promise.resolve([]);
  }

  // The page writes the note of a message itself.
  addNote(): Promise<void> {
    return Promise.reject(new Error("not from a frame"));
  }
}
