import { describe, expect, test } from "bun:test";
import { Roster } from "../../../lib/cluster/roster.ts";
import { Room } from "../../../lib/room/room.ts";

/** A roster of "me", where Bob has joined on "other". */
function withBob() {
  const room = new Room(4096);
  const roster = new Roster(room, "me");
  roster.joined("other", "1", "Bob", 0);
  const bob = roster.find("other", "1");
  if (bob === undefined) throw new Error("Bob is not there");
  return { room, roster, bob };
}

describe("Roster", () => {
  test("forgets a server when nobody of it is left", () => {
    const { roster, bob } = withBob();
    expect(roster.nodes).toEqual(["other"]);
    roster.forget(bob);
    expect(roster.nodes).toEqual([]);
    expect(roster.idOf(bob)).toBeUndefined();
  });

  test("keeps the id of somebody who is missing until it claims its name again", () => {
    const { room, roster, bob } = withBob();
    roster.restore([], (atMs) => atMs);
    expect([room.members.size, roster.nodes, roster.idOf(bob)]).toEqual([0, ["other"], "other:1"]);
    roster.joined("other", "1", "Bob", 0);
    expect([room.members.size, roster.idOf(bob)]).toEqual([1, "other:1"]);
    expect(roster.find("other", "1")).toBe(bob);
  });

  test("takes nobody out of the room who is missing when the server is gone", () => {
    const { roster, bob } = withBob();
    roster.restore([], (atMs) => atMs);
    expect(roster.departed("other")).toEqual([]);
    expect(roster.personOf(bob)).toBeUndefined();
  });
});
