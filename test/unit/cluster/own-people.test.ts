import { describe, expect, test } from "bun:test";
import { OwnPeople } from "../../../lib/cluster/own-people.ts";
import { Proposals } from "../../../lib/cluster/proposals.ts";
import { Roster } from "../../../lib/cluster/roster.ts";
import { TurnEnd } from "../../../lib/limits/turn-end.ts";
import { Room } from "../../../lib/room/room.ts";

const LEASE_MS = 1_000;
const SAID_AT_MS = 5_000;

function setUp() {
  const room = new Room(4096);
  const host = { room, emit: undefined, turnEnd: new TurnEnd(), holdEverybody() {} };
  const roster = new Roster(room, "me");
  const proposals = new Proposals(roster, "me", () => {});
  const own = new OwnPeople(host, LEASE_MS, roster, proposals);
  const member = room.newcomer("127.0.0.1:1");
  roster.claim(member);
  const person = roster.personOf(member);
  if (person === undefined) throw new Error("it is not known");
  return { own, proposals, member, person };
}

/** Another log goes on after the counter 3 of the one that was read up to 5. */
const LAST = { generation: 1, counter: 5 };
const SNAPSHOT = {
  position: { generation: 2, counter: 1 },
  from: { generation: 1, counter: 3 },
  nowMs: 0,
  people: [],
};

describe("OwnPeople", () => {
  test.each([
    ["after the new log goes on, and not long before it fell silent", 4, 6, 1],
    ["after the new log goes on, but long before it fell silent", 4, 6.001, 0],
    ["before the new log goes on", 3, 6, 0],
  ])("a last line %s", (_, counter, leases, count) => {
    const { own, member, person } = setUp();
    person.saidAt = { generation: 1, counter };
    person.saidAtMs = SAID_AT_MS;
    const heardAtMs = SAID_AT_MS + leases * LEASE_MS;
    const doubtful = own.takeDoubtful(LAST, SNAPSHOT, heardAtMs);
    expect(doubtful).toEqual(count === 1 ? [member] : []);
    // Nobody is told twice.
    expect(own.takeDoubtful(LAST, SNAPSHOT, heardAtMs)).toEqual([]);
  });

  test("names that are all claimed anew are not claimed twice", () => {
    const { own, proposals, person } = setUp();
    person.phase = "here";
    own.reclaimAll();
    own.reclaimAll();
    expect(proposals.pending).toHaveLength(1);
    expect(proposals.take()?.groups).toHaveLength(1);
    expect([proposals.take(), proposals.waitingBytes]).toEqual([undefined, 0]);
  });
});
