import { describe, expect, test } from "bun:test";
import { stopClock, turnOver } from "../../helpers/clock.ts";
import { PROMPT, stage } from "../../helpers/stage.ts";

stopClock({ leavesNoTimer: true });

describe("what a client is told", () => {
  test("what a client is told and what others say goes out in one write per turn", async () => {
    const { join } = stage({ lineLimitBytes: 128 });
    const [alice, bob] = [join("Alice"), join("Bob")];
    await turnOver();
    const before = alice.transport.writes.length;
    bob.send("one\n");
    alice.send(`${"x".repeat(200)}\n`);
    bob.send("two\n");
    await turnOver();
    expect(alice.transport.writes.slice(before)).toEqual([
      "Bob: one\n*** Line too long (limit 128 bytes); not sent.\nBob: two\n",
    ]);
    for (const { connection } of [alice, bob]) connection.closed(undefined);
  });

  test("a Telnet client's requests are answered, at the prompt and in the chat", async () => {
    const { connect } = stage();
    const bob = connect();
    bob.connection.received(Uint8Array.of(255, 253, 3));
    expect(bob.transport.bytes).toEqual(Buffer.of(...Buffer.from(PROMPT), 255, 252, 3));
    bob.send("Bob\r\0");
    bob.connection.received(Uint8Array.of(255, 244, 255, 253, 6));
    expect(bob.transport.bytes.subarray(-3)).toEqual(Buffer.of(255, 252, 6));
    await turnOver();
    bob.connection.closed(undefined);
  });

  test("a name that is too long is refused, and the prompt comes again", () => {
    const { connect } = stage({ lineLimitBytes: 128 });
    const bob = connect();
    bob.send("x".repeat(200));
    expect(bob.transport.sent).toBe(`${PROMPT}Line too long (limit 128 bytes); not sent.\n`);
    bob.send("\n");
    expect(bob.transport.sent).toEndWith(`not sent.\n${PROMPT}`);
    bob.connection.closed(undefined);
  });
});
