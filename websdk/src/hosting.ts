/** What the parts of the host share. */

import type { Boot, BootWidget, WidgetStatus } from "./boot";
import type { Server } from "./server";
import type { TwigLibrary } from "./controls/twig";

/** As `self.system()` answers; one object, also `APP.widgets.system`. */
export interface System {
  area: string;
  amouser_id: number;
  amouser: string;
  amohash: "";
  domain: string;
  server: string;
  subdomain: string;
  displayed_count: number;
  displayed_count_by_area: Record<string, number>;
}

export type Action = (about: { value: string; [key: string]: unknown }) => void;
export type Source = (about: Record<string, unknown>) => unknown;

/** One widget of the page: what the server said of it, and what its code made. */
export interface Running {
  readonly code: string;
  boot: BootWidget;
  /** `self.params`: live. */
  params: Record<string, unknown>;
  langs: Record<string, unknown>;
  status: WidgetStatus;
  instance: object | null;
  callbacks: Record<string, unknown>;
  /** Area for which render, bind_actions and init went through; null: none. */
  area: string | null;
  actions: Map<string, Action>;
  sources: Map<string, { use: Source; text: string }>;
  catalogId: number | null;
}

export interface Host {
  boot: Boot;
  readonly page: Document;
  readonly $: JQueryStatic;
  readonly twig: TwigLibrary;
  readonly server: Server;
  readonly system: System;
  readonly widgets: Map<string, Running>;
  /** Reads a file of a widget as text. */
  read(address: string): Promise<string>;
  /** Tells the console and the log of the page which widget did what wrong; never throws. */
  report(code: string, stage: string, error: unknown): void;
}

/** Every widget of the page that has code running, for reports about presses. */
export function runningCodes(host: Host): string[] {
  return [...host.widgets.values()].filter((one) => one.instance !== null).map((one) => one.code);
}

export function paramsOf(widget: BootWidget): Record<string, unknown> {
  return {
    ...widget.params,
    id: widget.id,
    widget_code: widget.code,
    version: widget.version,
    path: widget.path,
    images_path: `${widget.path}/images`,
    cdn_path: widget.cdn_path || widget.path,
    status: widget.status,
    active: widget.active,
    widget_active: widget.widget_active,
    oauth_client_uuid: widget.oauth_client_uuid,
    category_code: widget.category_code,
    support: widget.support,
  };
}

export function running(widget: BootWidget): Running {
  return {
    code: widget.code,
    boot: widget,
    params: paramsOf(widget),
    langs: widget.langs,
    status: widget.status,
    instance: null,
    callbacks: {},
    area: null,
    actions: new Map(),
    sources: new Map(),
    catalogId: null,
  };
}

/** Takes over what the server says of a widget, in the same live objects. */
export function refresh(one: Running, widget: BootWidget): void {
  for (const field of Object.keys(one.boot.params)) delete one.params[field];
  one.boot = widget;
  one.status = widget.status;
  Object.assign(one.params, paramsOf(widget));
}
