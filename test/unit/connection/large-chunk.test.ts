import { describe, expect, test } from "bun:test";
import { slowLines, stopClock, turnOver } from "../../helpers/clock.ts";
import { stage } from "../../helpers/stage.ts";

stopClock({ leavesNoTimer: true });

describe("a large chunk of short lines", () => {
  slowLines();

  test("is read a part each turn, so that nobody else has to wait", async () => {
    const { join, joinFrom } = stage();
    const [alice, bob, carol] = [join("Alice"), joinFrom("192.0.2.1", "Bob"), join("Carol")];
    await turnOver();
    bob.send("b\n".repeat(3_500));
    carol.send("c\n");
    await turnOver();
    const heard = alice.transport.sent.indexOf("Carol: c\n");
    const before = alice.transport.sent.slice(0, heard).match(/Bob: b\n/g);
    expect(before?.length).toBeWithin(900, 1_001);
    for (let turn = 0; turn < 3; turn++) await turnOver();
    expect(alice.transport.sent.match(/Bob: b\n/g)).toHaveLength(3_500);
    expect(bob.transport.calls.slice(-2)).toEqual(["pause", "resume"]);
    for (const { connection } of [alice, bob, carol]) connection.closed(undefined);
  });

  test("is read to its end although the input ended, or the socket was reset, meanwhile", async () => {
    for (const end of ["ended", "closed"] as const) {
      const { connect, join, log } = stage();
      const [alice, bob] = [join("Alice"), connect()];
      bob.send(`Bob\n${"b\n".repeat(3_500)}last`);
      if (end === "ended") bob.connection.ended();
      else bob.connection.closed(new Error("ECONNRESET"));
      for (let turn = 0; turn < 6; turn++) await turnOver();
      const last = end === "ended" ? "Bob: last\n" : "";
      expect(alice.transport.sent).toEndWith(`Bob: b\n${last}*** Bob has left the chat ***\n`);
      expect(alice.transport.sent.match(/Bob: b\n/g)).toHaveLength(3_500);
      if (end === "ended") bob.connection.closed(undefined);
      expect(log()).toEndWith(`Bob (test) has left: ${end === "ended" ? "closed" : "reset"}\n`);
      expect(bob.ends).toBe(1);
      alice.connection.closed(undefined);
    }
  });

  test("is dropped if the stay ends for another reason", () => {
    const { connect } = stage();
    const bob = connect();
    bob.send(`Bob\n${"b\n".repeat(3_500)}`);
    bob.connection.closed(new Error("ECONNRESET"));
    bob.connection.close("server shutdown");
    expect(bob.ends).toBe(1);
  });
});
