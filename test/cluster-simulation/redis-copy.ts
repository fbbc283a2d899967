/** What a real Redis holds of a room, to be compared with what the model does. */
import type { RedisClient } from "bun";
import { formatPosition } from "../../lib/cluster/position.ts";
import type { LogState, Stream } from "./log-state.ts";

export const ROOM = "test";

export const keyOf = (name: string) => `natter:{${ROOM}}:${name}`;

type Entries = [id: string, fields: string[]][];

/** What bounds the size of the log is no part of the model. */
const BOUNDS = /^(bytes|mark\d+)$/;

export async function copyOfRedis(client: RedisClient, nodes: readonly string[]) {
  const hash = async (name: string) => {
    const list: Record<string, string> = await client.hgetall(keyOf(name));
    return sorted(Object.entries(list).filter(([field]) => !BOUNDS.test(field)));
  };
  const stream = (name: string): Promise<Entries> => client.send("XRANGE", [keyOf(name), "-", "+"]);
  const leases: [string, number][] = await client.send("ZRANGE", [
    keyOf("nodes"),
    "0",
    "-1",
    "WITHSCORES",
  ]);
  const inboxes = await Promise.all(nodes.map((node) => stream(`inbox:${node}`)));
  return {
    names: await hash("names"),
    people: await hash("people"),
    spoke: await hash("spoke"),
    meta: await hash("meta"),
    nodes: sorted(leases),
    hasLog: await client.exists(keyOf("log")),
    log: await stream("log"),
    inboxes,
  };
}

export function copyOfModel(state: LogState, nodes: readonly string[]) {
  return {
    names: sorted([...state.names]),
    people: sorted([...state.people]),
    spoke: sorted([...state.spoke]),
    meta: sorted([...state.meta]),
    nodes: sorted([...state.nodes]),
    hasLog: state.log !== undefined,
    log: entriesOf(state.log),
    inboxes: nodes.map((node) => entriesOf(state.inboxes.get(node))),
  };
}

function entriesOf(stream: Stream | undefined): Entries {
  const entries = stream?.entries ?? [];
  return entries.map(({ position, fields }) => [formatPosition(position), [...fields]]);
}

function sorted<Value>(rows: [string, Value][]): [string, Value][] {
  return rows.toSorted(([one], [other]) => (one < other ? -1 : 1));
}
