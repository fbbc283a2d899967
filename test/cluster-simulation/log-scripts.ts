/**
 * The scripts of lib/cluster/scripts.ts, done once more in another language: what they do to the keys of a room,
 * and what they answer. model-against-redis.test.ts compares the two. Bounds of the log's size are left out.
 */
import {
  comparePositions,
  formatPosition,
  parsePosition,
  START,
  type Position,
} from "../../lib/cluster/position.ts";
import { LOG_VERSION } from "../../lib/cluster/scripts.ts";
import { TurnRefused, type Snapshot, type Tip, type Turn } from "../../lib/cluster/shared-log.ts";
import {
  add,
  extendLeases,
  forget,
  hasPeople,
  isWhole,
  peopleOf,
  remove,
  tipOf,
  type Caller,
} from "./log-parts.ts";
import type { LogState } from "./log-state.ts";

export function enter(
  state: LogState,
  runId: string,
  { node, epoch, leaseMs, nowMs }: Caller,
  known: Position,
  others: readonly string[],
): Tip {
  const { meta, nodes } = state;
  const version = meta.get("version");
  if (version !== undefined && version !== LOG_VERSION) throw new Error(`VERSION ${version}`);
  if (Number(meta.get(`e:${node}`) ?? 0) >= epoch) throw new Error("FENCED");
  const tip = tipOf(state);
  const isBehind = comparePositions(tip, known) < 0;
  const isOurs = comparePositions(state.log?.last ?? START, tip) === 0;
  if (isBehind || !isOurs || meta.get("run") !== runId || !isWhole(state)) {
    openGeneration(state, runId, known, leaseMs, nowMs);
  }
  const from = parsePosition(meta.get("from") ?? "");
  const generation = Number(meta.get("gen"));
  const knewMore = known.generation < generation && comparePositions(known, from) > 0;
  if (knewMore && !meta.has("lost")) {
    meta.set("lost", "1");
    add(state, nowMs, "m", "1");
  }
  meta.set(`e:${node}`, String(epoch));
  if (nodes.size === 0) {
    for (const { id } of peopleOf(state)) nodes.set(id.split(":", 1)[0] ?? "", nowMs + leaseMs);
  }
  for (const other of others) if (!nodes.has(other)) nodes.set(other, nowMs + leaseMs);
  nodes.set(node, nowMs + leaseMs);
  return { position: tipOf(state), nowMs };
}

function openGeneration(
  state: LogState,
  runId: string,
  known: Position,
  leaseMs: number,
  nowMs: number,
): void {
  const { meta, names, people, spoke } = state;
  const top = state.log?.last ?? START;
  const keepsNames = meta.has("gen") && hasPeople(state);
  if (!keepsNames) for (const map of [names, people, spoke]) map.clear();
  const from = meta.has("gen") ? tipOf(state) : top;
  const generation = Math.max(
    nowMs,
    tipOf(state).generation + 1,
    known.generation + 1,
    top.generation + 1,
  );
  meta.set("gen", String(generation)).set("n", "0").set("run", runId).set("at", String(nowMs));
  meta.set("from", formatPosition(from)).set("version", LOG_VERSION).delete("lost");
  names.set("", String(generation));
  people.set("", String(generation));
  extendLeases(state, nowMs + leaseMs);
  add(state, nowMs, "g", formatPosition(from), "k", keepsNames ? "1" : "0");
}

export function snapshot(state: LogState, nowMs: number): Snapshot {
  if (!isWhole(state)) throw new Error("STALE");
  const from = parsePosition(state.meta.get("from") ?? "");
  return { position: tipOf(state), nowMs, from, people: peopleOf(state) };
}

export function append(
  state: LogState,
  { node, epoch, leaseMs, nowMs }: Caller,
  generation: number,
  known: Position,
  turn: Turn | undefined,
  unread: Position | undefined,
): Tip {
  const { meta, nodes } = state;
  const isBehind = known.generation === generation && tipOf(state).counter < known.counter;
  if (!isWhole(state, String(generation)) || isBehind) throw new TurnRefused("STALE");
  if (meta.get(`e:${node}`) !== String(epoch) || !nodes.has(node)) throw new TurnRefused("FENCED");
  const atMs = Number(meta.get("at"));
  meta.set("at", String(nowMs));
  if (nowMs - atMs > leaseMs / 2) extendLeases(state, nowMs + leaseMs);
  nodes.set(node, nowMs + leaseMs);
  if (unread !== undefined) trimInbox(state, node, unread);
  const dead = [...nodes].filter(([, endMs]) => endMs < nowMs).toSorted(byLease)[0];
  if (dead !== undefined) remove(state, dead[0], nowMs);
  if (turn !== undefined) appendTurn(state, node, turn, nowMs);
  return { position: tipOf(state), nowMs };
}

function appendTurn(state: LogState, node: string, turn: Turn, nowMs: number): void {
  const accepted: string[] = [];
  const refused: number[] = [];
  turn.groups.forEach((group, index) => {
    if (applyGroup(state, node, group, nowMs)) accepted.push(group);
    else refused.push(index);
  });
  for (const who of turn.authors) state.spoke.set(`${node}:${who}`, String(nowMs));
  const targets = [...turn.letters.keys()].join(",");
  const head = ["n", node, "t", String(turn.number), "r", refused.join(","), "w", targets];
  const position = add(state, nowMs, ...head, "e", accepted.join("\0"));
  for (const [target, text] of turn.letters) {
    if (!state.nodes.has(target)) continue;
    state.addToInbox(target, { position, fields: ["v", LOG_VERSION, "e", text] });
  }
}

/** Returns false if it claims a name that cannot be had. */
function applyGroup(state: LogState, node: string, group: string, nowMs: number): boolean {
  const { meta, names, people, spoke } = state;
  const [, op, who, key = "", name] = /^([jn])\n(\d+)\n([^\n]+)\n([^\n]+)$/.exec(group) ?? [];
  const [, gone] = /^l\n(\d+)\n\n$/.exec(group) ?? [];
  if (gone !== undefined) forget(state, `${node}:${gone}`);
  if (op === undefined) return true;
  const id = `${node}:${who}`;
  const old = people.get(id)?.split("\n");
  const holder = names.get(key);
  if ((holder !== undefined && holder !== id) || (op === "n" && old === undefined)) return false;
  const order = op === "n" ? old?.[1] : String(Number(meta.get("order") ?? 0) + 1);
  if (op === "j") meta.set("order", order ?? "");
  const oldKey = old?.[0] ?? key;
  if (oldKey !== key && names.get(oldKey) === id) names.delete(oldKey);
  if (op === "j") spoke.set(id, String(nowMs));
  names.set(key, id);
  people.set(id, `${key}\n${order}\n${name}`);
  return true;
}

/** A server stops. */
export function leave(state: LogState, { node, epoch, nowMs }: Caller): void {
  if (state.meta.get(`e:${node}`) === String(epoch) && isWhole(state)) remove(state, node, nowMs);
}

function trimInbox({ inboxes }: LogState, node: string, unread: Position): void {
  const inbox = inboxes.get(node);
  const entries = (inbox?.entries ?? []).filter(({ position }) => {
    return comparePositions(position, unread) >= 0;
  });
  if (inbox === undefined || entries.length === 0) inboxes.delete(node);
  else inboxes.set(node, { ...inbox, entries });
}

/** Of two leases that end at the same time, the one of the node that is first by name comes first. */
function byLease([one, oneMs]: [string, number], [other, otherMs]: [string, number]): number {
  return oneMs - otherMs || (one < other ? -1 : 1);
}
