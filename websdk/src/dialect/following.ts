/** What changed on a page that followed others: told on the channels that widgets listen to (contract 3.4, 10 row 28). */

import type { Boot, BootEntity, BootList, EntityKind, ListRow } from "../boot";

/** The shape is ours; the dialect attests `data.params.old_value` alone. */
export interface ChangeMessage {
  event: "changed" | "appeared" | "left";
  data: {
    entity_type: EntityKind;
    entity_id: number;
    /** Which value it was, by its name in the form; empty where the whole row came or went. */
    params: { name: string; value: unknown; old_value: unknown };
  };
}

export interface Told {
  channel: string;
  message: ChangeMessage;
}

type Values = Record<string, unknown>;

const PIPELINE = "lead[PIPELINE_ID]";

/** Returns what to publish when a page that showed *before* shows *after*. */
export function changesBetween(before: Pick<Boot, "entity" | "list">, after: Pick<Boot, "entity" | "list">): Told[] {
  const [was, is] = [before.entity, after.entity];
  const onCard = was && is && was.kind === is.kind && was.id === is.id ? changed(is.kind, is.id, valuesOf(was), valuesOf(is)) : [];
  return [...onCard, ...inList(before.list, after.list)];
}

function inList(before: BootList | null, after: BootList | null): Told[] {
  if (before === null || after?.kind !== before.kind) return [];
  const [was, is] = [before, after].map((list) => new Map(list.rows.map((row) => [row.id, valuesOf(row)])));
  const told: Told[] = [];
  for (const [id, values] of is ?? []) {
    const old = was?.get(id);
    told.push(...(old ? changed(after.kind, id, old, values) : whole("appeared", after.kind, id, values)));
  }
  for (const [id, values] of was ?? []) if (!is?.has(id)) told.push(...whole("left", before.kind, id, values));
  return told;
}

function valuesOf(shown: ListRow | BootEntity): Values {
  return shown.values ?? { name: shown.name ?? "" };
}

function changed(kind: EntityKind, id: number, before: Values, after: Values): Told[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const isSame = (name: string) => JSON.stringify(before[name]) === JSON.stringify(after[name]);
  return names
    .filter((name) => !isSame(name))
    .flatMap((name) => onEach(kind, id, [before, after], "changed", { name, value: after[name] ?? null, old_value: before[name] ?? null }));
}

function whole(event: "appeared" | "left", kind: EntityKind, id: number, values: Values): Told[] {
  return onEach(kind, id, [values], event, { name: "", value: null, old_value: null });
}

function onEach(kind: EntityKind, id: number, held: Values[], event: ChangeMessage["event"], params: ChangeMessage["data"]["params"]): Told[] {
  const pipelines = held.map((values) => values[PIPELINE]).filter((one) => one !== undefined);
  const channels = [`${kind}:card:${id}`, `${kind}:events`, ...pipelines.map((one) => `${kind}:pipeline:${String(one)}`)];
  const message = { event, data: { entity_type: kind, entity_id: id, params } };
  return [...new Set(channels)].map((channel) => ({ channel, message }));
}
