import { describe, expect, jest, test } from "bun:test";
import { Contact } from "../../../lib/cluster/contact.ts";
import type { Follower } from "../../../lib/cluster/follower.ts";
import type { ChatEvent } from "../../../lib/events.ts";
import type { Position } from "../../../lib/cluster/position.ts";
import {
  UnusableLog,
  type Batch,
  type LogSession,
  type Tip,
} from "../../../lib/cluster/shared-log.ts";
import { handClock, stopClock, turnOver, until } from "../../helpers/clock.ts";

stopClock();
const pass = handClock();

const tipAt = (generation: number, counter: number): Tip => ({
  position: { generation, counter },
  nowMs: 0,
});

const FOLLOWER: Follower = {
  position: { generation: 1, counter: 5 },
  takeTurn: () => undefined,
  takeUnread: () => undefined,
  nodes: [],
  pauseMs: 0,
  apply: () => true,
  takeBack() {},
  heard() {},
  restore: () => Promise.resolve(),
  setAway() {},
};

describe("Contact", () => {
  test("tells how long the log takes to answer, and how far it is ahead", async () => {
    let position: Position = { generation: 1, counter: 5 };
    const turns = [{ number: 1, groups: [], authors: [], letters: new Map<string, string>() }];
    const appended = Promise.withResolvers<Tip>();
    let isAppending = false;
    const session = {
      enter: () => Promise.resolve(tipAt(1, 5)),
      append() {
        isAppending = true;
        return appended.promise;
      },
      read: () => new Promise(() => {}),
      leave: () => Promise.resolve(),
      close() {},
    } as unknown as LogSession;
    const follower: Follower = {
      ...FOLLOWER,
      get position() {
        return position;
      },
      takeTurn: () => turns.shift(),
    };
    const log = { connect: () => Promise.resolve(session) };
    const contact = new Contact(log, follower, 10_000, undefined);
    void contact.run();
    await until(() => isAppending);
    expect([contact.entriesAhead, contact.roundTrips.cumulative.at(-1)]).toEqual([0, 0]);
    pass(20);
    appended.resolve(tipAt(1, 9));
    await turnOver();
    expect(contact.roundTrips.sumMs).toBeCloseTo(20);
    expect(contact.entriesAhead).toBe(4);
    position = { generation: 1, counter: 9 };
    expect(contact.entriesAhead).toBe(0);
    position = { generation: 0, counter: 100 };
    expect(contact.entriesAhead).toBe(9);
    position = { generation: 2, counter: 1 };
    expect(contact.entriesAhead).toBe(0);
    await contact.stop();
  });

  test("appends nothing more while the room is busy, and then all that has come", async () => {
    let appended = 0;
    const session = {
      enter: () => Promise.resolve(tipAt(1, 5)),
      append() {
        appended++;
        return Promise.resolve(tipAt(1, 5 + appended));
      },
      read: () => new Promise(() => {}),
      leave: () => Promise.resolve(),
      close() {},
    } as unknown as LogSession;
    const turn = { number: 1, groups: [], authors: [], letters: new Map<string, string>() };
    const follower: Follower = { ...FOLLOWER, pauseMs: 5, takeTurn: () => turn };
    const log = { connect: () => Promise.resolve(session) };
    const contact = new Contact(log, follower, 10_000, undefined);
    void contact.run();
    await until(() => appended === 1);
    for (let turns = 0; turns < 5; turns++) await turnOver();
    jest.advanceTimersByTime(4);
    for (let turns = 0; turns < 5; turns++) await turnOver();
    expect(appended).toBe(1);
    jest.advanceTimersByTime(1);
    await until(() => appended === 2);
    await contact.stop();
  });

  test("tells once why the log refuses what it did before, and again after it did", async () => {
    const refusals: string[] = [];
    const emit = (event: ChatEvent) => {
      if (event.type === "log refused") refusals.push(event.reason);
    };
    const reads: (() => Promise<Batch>)[] = [];
    const refuse = () => Promise.reject(new UnusableLog("no right"));
    const session = {
      enter: () => Promise.resolve(tipAt(1, 5)),
      append: () => Promise.resolve(tipAt(1, 5)),
      read: () => reads.shift()?.() ?? new Promise(() => {}),
      leave: () => Promise.resolve(),
      close() {},
    } as unknown as LogSession;
    const log = { connect: () => Promise.resolve(session) };
    const contact = new Contact(log, FOLLOWER, 10_000, emit);
    const nothing = () => Promise.resolve({ entries: [], letters: new Map() });
    reads.push(refuse, refuse, nothing, refuse, refuse);
    void contact.run();
    await until(() => {
      jest.advanceTimersByTime(200);
      return reads.length === 0;
    });
    await turnOver();
    expect(refusals).toEqual(["no right", "no right"]);
    await contact.stop();
  });
});
