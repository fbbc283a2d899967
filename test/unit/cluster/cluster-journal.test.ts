import { expect, test } from "bun:test";
import { ClusterJournal } from "../../../lib/cluster/cluster-journal.ts";
import { UnusableLog, type SharedLog } from "../../../lib/cluster/shared-log.ts";
import type { ChatEvent } from "../../../lib/events.ts";
import { TurnEnd } from "../../../lib/limits/turn-end.ts";
import { Room } from "../../../lib/room/room.ts";

/** The first event of a server that shares `log`. */
async function firstEvent(log: SharedLog): Promise<ChatEvent> {
  const { promise, resolve } = Promise.withResolvers<ChatEvent>();
  const host = { room: new Room(4096), emit: resolve, turnEnd: new TurnEnd(), holdEverybody() {} };
  const journal = new ClusterJournal(log, host, { node: "me", leaseMs: 1_000, history: 0 });
  expect(journal.figures).toMatchObject({ entriesAhead: 0, waitingBytes: 0 });
  const event = await promise;
  expect(journal.isAway).toBe(event.type === "lost touch");
  await journal.stop();
  return event;
}

test("a log that will never work is reported with the reason", async () => {
  const connect = () => Promise.reject(new UnusableLog("it is too old"));
  expect(await firstEvent({ connect })).toEqual({
    type: "cluster unusable",
    reason: "it is too old",
  });
});

test("what our own code throws when the room is taken over is reported", async () => {
  const never = new Promise<never>(() => {});
  const position = { generation: 1, counter: 1 };
  const session = {
    enter: async () => ({ position, nowMs: 0 }),
    // No server of ours says this.
    snapshot: async () => ({ position, nowMs: 0, from: position, people: undefined as never }),
    append: () => never,
    read: () => never,
    readBack: async () => [],
    leave: async () => {},
    close() {},
  };
  const event = await firstEvent({ connect: async () => session });
  expect(event).toMatchObject({ type: "failed", client: "the cluster" });
});
