/** What the model's scripts have in common, as those of lib/cluster/scripts.ts have. */
import { decodeEntry, shownName, type Entry } from "../../lib/cluster/entry.ts";
import { formatPosition, type Position } from "../../lib/cluster/position.ts";
import { LOG_VERSION } from "../../lib/cluster/scripts.ts";
import type { LogPerson } from "../../lib/cluster/shared-log.ts";
import { entriesAfter, type LogState, type StreamEntry } from "./log-state.ts";

/** Who runs a script, and when: milliseconds of the log's clock. */
export interface Caller {
  readonly node: string;
  readonly epoch: number;
  readonly leaseMs: number;
  readonly nowMs: number;
}

export function decode({ position, fields }: StreamEntry): Entry {
  return decodeEntry(formatPosition(position), fields);
}

/** Adds an entry to the log, as all scripts do. */
export function add(state: LogState, nowMs: number, ...fields: string[]): Position {
  const { meta } = state;
  const counter = Number(meta.get("n") ?? 0) + 1;
  meta.set("n", String(counter));
  const position = { generation: Number(meta.get("gen")), counter };
  state.addToLog({ position, fields: ["v", LOG_VERSION, "a", String(nowMs), ...fields] });
  return position;
}

export function peopleOf(state: LogState): LogPerson[] {
  return [...state.people].flatMap(([id, text]) => {
    const [, order, name] = text.split("\n");
    const shown = shownName(name ?? "");
    if (id === "" || shown === "") return [];
    const spokeAtMs = Number(state.spoke.get(id) ?? 0);
    return { id, name: shown, order: Number(order), spokeAtMs };
  });
}

export function tipOf({ meta }: LogState): Position {
  return { generation: Number(meta.get("gen") ?? 0), counter: Number(meta.get("n") ?? 0) };
}

export function extendLeases({ nodes }: LogState, endMs: number): void {
  for (const node of nodes.keys()) nodes.set(node, endMs);
}

export function hasPeople({ meta, names, people }: LogState): boolean {
  return names.get("") === meta.get("gen") && people.get("") === meta.get("gen");
}

export function isWhole(state: LogState, generation = state.meta.get("gen")): boolean {
  const current = state.meta.get("gen");
  if (current === undefined || current !== generation) return false;
  const isOurs = entriesAfter(state.log, tipOf(state)).length === 0;
  return hasPeople(state) && state.log !== undefined && isOurs;
}

export function forget({ names, people, spoke }: LogState, id: string): void {
  const person = people.get(id);
  if (person === undefined) return;
  const [key = ""] = person.split("\n");
  if (names.get(key) === id) names.delete(key);
  people.delete(id);
  spoke.delete(id);
}

export function remove(state: LogState, node: string, nowMs: number): void {
  for (const id of [...state.people.keys()]) if (id.startsWith(`${node}:`)) forget(state, id);
  state.nodes.delete(node);
  state.meta.delete(`e:${node}`);
  state.inboxes.delete(node);
  add(state, nowMs, "d", node);
}
