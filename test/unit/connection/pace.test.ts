import { describe, expect, jest, test } from "bun:test";
import type { Settings } from "../../../lib/options/settings.ts";
import { stopClock, turnOver } from "../../helpers/clock.ts";
import { PROMPT, shutDown, stage } from "../../helpers/stage.ts";

stopClock({ leavesNoTimer: true });

describe("a client that sends more than the line rate", () => {
  /** A name, five lines, and then one every 100 ms. */
  const rate = { lineBurst: 6, lineRate: 10 };
  const numbers = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `${from + index}\n`);

  /** Alice and Bob, and how many lines of his she has heard, which must be the first, in order. */
  async function aliceAndBob(given: Partial<Settings> = {}) {
    const { join, log } = stage({ ...rate, ...given });
    const [alice, bob] = [join("Alice"), join("Bob")];
    await turnOver();
    const start = alice.transport.sent.length;
    const heard = async () => {
      await turnOver();
      const said = alice.transport.sent.slice(start).match(/Bob: .*\n/g) ?? [];
      return said.length;
    };
    return { alice, bob, heard, log, close: () => shutDown(alice, bob) };
  }

  test("is read from no faster, loses nothing, and is told nothing", async () => {
    const { alice, bob, heard, close } = await aliceAndBob();
    bob.send(numbers(0, 30).join(""));
    expect(await heard()).toBe(5);
    expect(bob.transport.calls).toEqual(["pause"]);
    jest.advanceTimersByTime(99);
    expect(await heard()).toBe(5);
    jest.advanceTimersByTime(1);
    expect(await heard()).toBe(6);
    expect(bob.transport.calls).toEqual(["pause"]);
    jest.advanceTimersByTime(2_300);
    expect(await heard()).toBe(29);
    jest.advanceTimersByTime(100);
    expect(await heard()).toBe(30);
    expect(alice.transport.sent).toEndWith(
      numbers(0, 30)
        .map((line) => `Bob: ${line}`)
        .join(""),
    );
    expect(bob.transport.calls.at(-1)).toBe("resume");
    expect(bob.transport.sent).toBe(PROMPT);
    close();
  });

  test("has the whole burst again after a while, and no more", async () => {
    const { bob, heard, close } = await aliceAndBob();
    bob.send(numbers(0, 6).join(""));
    expect(await heard()).toBe(5);
    jest.advanceTimersByTime(60_000);
    expect(await heard()).toBe(6);
    jest.advanceTimersByTime(60_000);
    bob.send(numbers(0, 9).join(""));
    expect(await heard()).toBe(12);
    close();
  });

  test("a line costs one for each KiB that it has begun, and one that is too long as much", async () => {
    const lengths: [input: string, waitMs: number][] = [
      ["", 0],
      ["x".repeat(1_024), 0],
      ["x".repeat(1_025), 100],
      ["é".repeat(512), 0],
      ["é".repeat(513), 100],
      ["x".repeat(65_536), 6_300],
      // And one for the rest of it, which counts as a line when it ends.
      ["x".repeat(65_537), 6_500],
    ];
    for (const [input, waitMs] of lengths) {
      const { bob, heard, close } = await aliceAndBob({ lineBurst: 1 });
      jest.advanceTimersByTime(100);
      bob.send(`${input}\nnext\n`);
      const before = await heard();
      jest.advanceTimersByTime(waitMs + 99);
      expect([waitMs, await heard()]).toEqual([waitMs, before]);
      jest.advanceTimersByTime(1);
      expect([waitMs, await heard()]).toEqual([waitMs, before + 1]);
      close();
    }
  });

  test("Telnet's commands that come together cost one for each KiB that they have begun", async () => {
    for (const [commands, waitMs] of [
      [512, 100],
      [513, 200],
    ] as const) {
      const { bob, heard, close } = await aliceAndBob({ lineBurst: 1 });
      jest.advanceTimersByTime(100);
      bob.connection.received(Buffer.alloc(2 * commands, Buffer.of(255, 241)));
      bob.send("next\n");
      jest.advanceTimersByTime(waitMs - 1);
      expect([commands, await heard()]).toEqual([commands, 0]);
      jest.advanceTimersByTime(1);
      expect([commands, await heard()]).toEqual([commands, 1]);
      close();
    }
  });

  test("is not idle while it is held back", async () => {
    const { bob, log, close } = await aliceAndBob({ lineRate: 0.1, idleTimeoutMs: 3_000 });
    bob.send(numbers(0, 7).join(""));
    for (let seconds = 0; seconds < 20; seconds++) jest.advanceTimersByTime(1_000);
    expect(log().match(/Bob: \d/g)).toHaveLength(7);
    expect(bob.transport.sent).not.toContain("Disconnected");
    jest.advanceTimersByTime(3_000);
    expect(bob.transport.sent).toContain("Disconnected: idle timeout.\n");
    close();
  });

  test("leaves when its last line is read, if it ended its input", async () => {
    const { alice, bob, heard, close } = await aliceAndBob();
    bob.send(`${numbers(0, 10).join("")}last`);
    bob.connection.ended();
    for (let tenths = 0; tenths < 5; tenths++) jest.advanceTimersByTime(100);
    expect(await heard()).toBe(10);
    expect(alice.transport.sent).not.toContain("left");
    jest.advanceTimersByTime(100);
    await turnOver();
    expect(alice.transport.sent).toEndWith("Bob: last\n*** Bob has left the chat ***\n");
    close();
  });

  test("says the rest at the same pace if its socket is gone", async () => {
    const { alice, bob, heard, log } = await aliceAndBob();
    bob.send(numbers(0, 10).join(""));
    bob.connection.closed(new Error("ECONNRESET"));
    expect(await heard()).toBe(5);
    jest.advanceTimersByTime(400);
    expect(await heard()).toBe(9);
    expect(alice.transport.sent).not.toContain("left");
    jest.advanceTimersByTime(100);
    await turnOver();
    expect(alice.transport.sent).toEndWith("Bob: 9\n*** Bob has left the chat ***\n");
    expect(log()).toEndWith("Bob (test) has left: reset\n");
    expect(bob.ends).toBe(1);
    alice.connection.closed(undefined);
  });

  test("does not stay in the chat for ever after its socket is gone", async () => {
    const { alice, bob, log } = await aliceAndBob({ idleTimeoutMs: 0, closeTimeoutMs: 1_000 });
    bob.send("b\n".repeat(100_000));
    bob.connection.closed(new Error("ECONNRESET"));
    for (let tenths = 0; tenths < 119; tenths++) jest.advanceTimersByTime(100);
    await turnOver();
    expect([bob.ends, alice.transport.sent.includes("left")]).toEqual([0, false]);
    jest.advanceTimersByTime(100);
    await turnOver();
    expect(bob.ends).toBe(1);
    expect(alice.transport.sent).toEndWith("Bob: b\n*** Bob has left the chat ***\n");
    expect(log()).toEndWith("Bob (test) has left: reset\n");
    alice.connection.closed(undefined);
  });

  test("does not begin to stay for ever if it is let in after that", async () => {
    const given = { joinBurst: 1, joinRate: 1, idleTimeoutMs: 0, closeTimeoutMs: 1_000 };
    const { connectFrom } = stage({ ...rate, ...given });
    const [ann, ben] = [connectFrom("192.0.2.1"), connectFrom("192.0.2.1")];
    ann.send("Ann\n");
    ben.send(`Ben\n${"b\n".repeat(100_000)}`);
    ben.connection.closed(new Error("ECONNRESET"));
    for (let tenths = 0; tenths < 120; tenths++) jest.advanceTimersByTime(100);
    await turnOver();
    expect(ann.transport.sent).toEndWith("Ben: b\n*** Ben has left the chat ***\n");
    expect(ben.ends).toBe(1);
    shutDown(ann);
  });

  test("is let go of if only a drain shows that its socket is gone", async () => {
    const { alice, bob } = await aliceAndBob();
    bob.transport.script(0);
    alice.send("hello\n");
    await turnOver();
    bob.transport.script(-1);
    bob.connection.drained();
    await turnOver();
    expect([bob.transport.calls, bob.ends]).toEqual([["terminate"], 1]);
    alice.connection.closed(undefined);
  });

  test("is let go of if only a write shows that its socket is gone", async () => {
    const { alice, bob, heard } = await aliceAndBob();
    bob.send(numbers(0, 10).join(""));
    bob.transport.script(-1);
    alice.send("are you there?\n");
    await turnOver();
    await turnOver();
    expect(bob.transport.calls).toEqual(["pause", "terminate"]);
    jest.advanceTimersByTime(500);
    expect(await heard()).toBe(10);
    expect(alice.transport.sent).toEndWith("Bob: 9\n*** Bob has left the chat ***\n");
    expect([bob.closes, bob.ends]).toEqual([1, 1]);
    alice.connection.closed(undefined);
  });

  test("is slowed down at the prompt and for Telnet's requests as well", async () => {
    const { connect } = stage(rate);
    const bob = connect();
    bob.send("\n".repeat(20));
    await turnOver();
    expect(bob.transport.sent).toBe(PROMPT.repeat(7));
    jest.advanceTimersByTime(1_500);
    expect(bob.transport.sent).toBe(PROMPT.repeat(21));
    const answers = () => bob.transport.bytes.filter((byte) => byte === 255).length;
    for (let packet = 0; packet < 5; packet++) {
      bob.connection.received(Uint8Array.of(255, 253, 1));
    }
    expect(answers()).toBe(1);
    jest.advanceTimersByTime(2_000);
    // The second waited, and the others share an answer.
    expect(answers()).toBe(3);
    shutDown(bob);
  });

  test("hears the others meanwhile, also if its first lines took a few turns", async () => {
    const { alice, bob, close } = await aliceAndBob({ lineBurst: 1_500 });
    bob.send("b\n".repeat(2_000));
    alice.send("slow down\n");
    expect(bob.transport.sent).toBe(PROMPT);
    await turnOver();
    expect(bob.transport.sent).toEndWith("Alice: slow down\n");
    close();
  });
});
