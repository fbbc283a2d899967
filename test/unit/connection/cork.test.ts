import { describe, expect, jest, test } from "bun:test";
import type { Settings } from "../../../lib/options/settings.ts";
import { slowLines, stopClock, turnOver } from "../../helpers/clock.ts";
import { PROMPT, stage } from "../../helpers/stage.ts";

stopClock({ leavesNoTimer: true });

describe("while a client's own input waits to be read", () => {
  slowLines();
  const many = "b\n".repeat(2_500);

  /** Bob has sent more than is read in one turn, and Alice has spoken since. */
  async function corked(...accepts: number[]) {
    return corkedWith({}, ...accepts);
  }

  async function corkedWith(given: Partial<Settings>, ...accepts: number[]) {
    const { join, joinFrom } = stage(given);
    const [alice, bob] = [join("Alice"), joinFrom("192.0.2.1", "Bob", ...accepts)];
    await turnOver();
    bob.send(many);
    alice.send("hello\n");
    return { alice, bob, close: () => [alice, bob].map((it) => it.connection.closed(undefined)) };
  }

  test("it is sent nothing, and then everything", async () => {
    const { bob, close } = await corked();
    for (let turn = 0; turn < 2; turn++) {
      bob.connection.drained();
      await turnOver();
      bob.connection.drained();
      expect(bob.transport.sent).toBe(PROMPT);
    }
    await turnOver();
    expect(bob.transport.sent).toBe(`${PROMPT}Alice: hello\n`);
    close();
  });

  test("more input in the next turn keeps it so", async () => {
    const { bob, close } = await corked();
    await turnOver();
    await turnOver();
    bob.send(many);
    for (let turn = 0; turn < 4; turn++) {
      expect(bob.transport.sent).toBe(PROMPT);
      await turnOver();
    }
    expect(bob.transport.sent).toBe(`${PROMPT}Alice: hello\n`);
    close();
  });

  test("what a full socket had refused goes out afterwards too", async () => {
    const { alice, bob, close } = await corked(Infinity, 0);
    for (let turn = 0; turn < 4; turn++) await turnOver();
    alice.send("one\n");
    await turnOver();
    bob.send(many);
    bob.connection.drained();
    expect(bob.transport.sent).toBe(PROMPT);
    for (let turn = 0; turn < 4; turn++) await turnOver();
    expect(bob.transport.sent).toBe(`${PROMPT}Alice: hello\nAlice: one\n`);
    close();
  });

  test("a drain that came meanwhile does not hold up the goodbye", async () => {
    const { alice, bob, close } = await corked(Infinity, 0);
    for (let turn = 0; turn < 4; turn++) await turnOver();
    bob.send(many);
    bob.connection.drained();
    bob.connection.close("server shutdown");
    expect(bob.transport.sent).toEndWith("*** The server is shutting down ***\n");
    expect(bob.transport.calls.at(-1)).toBe("shutdown");
    close();
    expect([alice.ends, bob.ends]).toEqual([1, 1]);
  });

  test("a stall timer from before does not take it for gone", async () => {
    const { alice, bob, close } = await corked(Infinity, 0);
    for (let turn = 0; turn < 4; turn++) await turnOver();
    alice.send("one\n");
    await turnOver();
    for (let seconds = 0; seconds < 60; seconds++) {
      bob.send("b\n".repeat(10_000));
      jest.advanceTimersByTime(1_000);
      await turnOver();
    }
    expect(bob.transport.calls).not.toContain("terminate");
    close();
    while (bob.ends === 0) await turnOver();
  });

  test("a drain that came meanwhile does not hold up what grows too large to wait", async () => {
    const { alice, bob, close } = await corked(Infinity, 0);
    for (let turn = 0; turn < 4; turn++) await turnOver();
    bob.send(many);
    bob.connection.drained();
    alice.send(`${"x".repeat(60_000)}\n${"x".repeat(60_000)}\n`);
    await turnOver();
    expect(bob.transport.sent.length).toBeGreaterThan(120_000);
    close();
    while (bob.ends === 0) await turnOver();
  });

  test("less may wait where the queue's limit is small", async () => {
    const { alice, bob, close } = await corkedWith({ queueLimitBytes: 4_096 });
    alice.send(`${"x".repeat(600)}\n`);
    await turnOver();
    expect(bob.transport.sent).toContain("xxx\n");
    close();
    while (bob.ends === 0) await turnOver();
  });

  test("it is sent everything after a second, however long its input goes on", async () => {
    const { alice, bob, close } = await corked();
    for (let tenths = 0; tenths < 10; tenths++) {
      expect(bob.transport.sent).toBe(PROMPT);
      bob.send(many);
      jest.advanceTimersByTime(100);
      await turnOver();
    }
    expect(bob.transport.sent).toBe(`${PROMPT}Alice: hello\n`);
    for (let turn = 0; turn < 3; turn++) {
      alice.send(`${turn}\n`);
      await turnOver();
      expect(bob.transport.sent).toEndWith(`Alice: ${turn}\n`);
      bob.send(many);
    }
    close();
    while (bob.ends === 0) await turnOver();
  });

  test("that begins anew when all of it has been read once", async () => {
    const { alice, bob, close } = await corked();
    jest.advanceTimersByTime(1_000);
    for (let turn = 0; turn < 5; turn++) await turnOver();
    expect(bob.transport.sent).toBe(`${PROMPT}Alice: hello\n`);
    bob.send(many);
    alice.send("again\n");
    await turnOver();
    expect(bob.transport.sent).not.toContain("again");
    for (let turn = 0; turn < 3; turn++) await turnOver();
    expect(bob.transport.sent).toEndWith("Alice: again\n");
    close();
  });

  test("it is sent what grows too large to wait", async () => {
    const { alice, bob, close } = await corked();
    const text = "x".repeat(40_000);
    for (let turn = 0; turn < 3; turn++) {
      bob.send(many);
      alice.send(`${text}\n`);
      await turnOver();
    }
    expect(bob.transport.sent).toStartWith(`${PROMPT}Alice: hello\nAlice: ${text}\n`);
    close();
    while (bob.ends === 0) await turnOver();
  });
});
