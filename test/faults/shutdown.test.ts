import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { ChatClient } from "../helpers/chat-client.ts";
import { Program } from "../helpers/program.ts";
import { HAS_PROC, PROC_NOTE, statesOf, TCP } from "../helpers/proc.ts";
import { counting, Sequence } from "./sequence.ts";

/** On a machine that is busy otherwise. */
setDefaultTimeout(30_000);

const GOODBYE = "*** The server is shutting down ***";

describe("SIGTERM in the middle of fan-out", () => {
  const FILLER = "x".repeat(1_000);
  /** Much more than the system's buffers hold, so that some of it is never said. */
  const LINES = 30_000;
  const LISTENERS = 6;

  /** A room in which two people have far more to say than anybody has heard. */
  async function busyRoom(...flags: string[]) {
    const limits = ["--queue-limit", "1073741824", "--total-queue-limit", "8589934592"];
    const natter = Program.natter(
      "--port",
      "0",
      "--line-rate",
      "0",
      "--quiet",
      ...limits,
      ...flags,
    );
    const port = await natter.port();
    const listeners: ChatClient[] = [];
    for (let number = 0; number < LISTENERS; number++) {
      listeners.push(await ChatClient.join(port, `n${number}`));
      await listeners[0]?.expect(number === 0 ? "" : `*** n${number} has joined the chat ***\n`);
    }
    const [tick, tock] = [await ChatClient.join(port, "Tick"), await ChatClient.join(port, "Tock")];
    return { natter, port, listeners, tick, tock };
  }

  test.skipIf(!HAS_PROC)(
    `everybody gets the same lines without a gap, then the goodbye; exit code 0, no socket left${PROC_NOTE}`,
    async () => {
      const { natter, port, listeners, tick, tock } = await busyRoom("--close-timeout", "2");
      await using program = natter;
      const [first, late] = listeners as [ChatClient, ChatClient];
      await first.expect("*** Tick has joined the chat ***\n*** Tock has joined the chat ***\n");
      late.pause();
      for (const talker of [tick, tock]) talker.send(counting(0, LINES, FILLER));
      const firstHeard = new Sequence(FILLER);
      firstHeard.hear(await first.line());

      program.signal("SIGTERM");
      await firstHeard.hearOut(first);
      late.resume();
      const everybody = [...listeners.slice(1), tick, tock];
      const heard = await Promise.all(
        everybody.map((client) => new Sequence(FILLER).hearOut(client)),
      );
      expect(await program.exited).toBe(0);
      expect(statesOf(port).filter((state) => state !== TCP.TIME_WAIT)).toEqual([]);

      const { next: said } = firstHeard;
      for (const count of said.values()) expect(count).toBeWithin(1, LINES);
      for (const [index, { next }] of heard.entries()) {
        const expected = new Map(said);
        if (everybody[index] === tick) expected.delete("Tick");
        if (everybody[index] === tock) expected.delete("Tock");
        expect(next).toEqual(expected);
      }
      for (const { others } of [firstHeard, ...heard]) {
        const notices = others.filter((line) => !line.endsWith(" has joined the chat ***"));
        expect(notices).toEqual([GOODBYE]);
      }
    },
  );

  test.skipIf(!HAS_PROC)(
    `a client that never reads holds it up for the close timeout and no longer; exit code 0, no socket left${PROC_NOTE}`,
    async () => {
      await using natter = Program.natter("--port", "0", "--close-timeout", "0.5");
      const port = await natter.port();
      using alice = await ChatClient.join(port, "Alice");
      using stalled = await ChatClient.join(port, "Stalled");
      await alice.expect("*** Stalled has joined the chat ***\n");
      stalled.pause();
      natter.signal("SIGTERM");
      await alice.expectLast(`${GOODBYE}\n`);
      expect(await natter.exited).toBe(0);
      expect(statesOf(port).filter((state) => state !== TCP.TIME_WAIT)).toEqual([]);
    },
  );
});

test.skipIf(!HAS_PROC)(
  `SIGKILL: a restart on the same port succeeds at once, whatever is left of the old sockets${PROC_NOTE}`,
  async () => {
    await using killed = Program.natter("--port", "0");
    const port = await killed.port();
    using alice = await ChatClient.join(port, "Alice");
    using bob = await ChatClient.join(port, "Bob");
    using carol = await ChatClient.join(port, "Carol");
    using nameless = await ChatClient.connect(port);
    await nameless.expect("Enter your name: ");
    bob.send("/quit\n");
    await bob.rest();
    // Neither client reacts to the end, so the system keeps the server's sides half-open.
    for (const client of [carol, nameless]) client.pause();
    killed.signal("SIGKILL");
    expect(await killed.exited).toBe(137);
    await alice.rest();
    const left = statesOf(port);
    expect(left).toContain(TCP.TIME_WAIT);
    expect([TCP.FIN_WAIT1, TCP.FIN_WAIT2].some((state) => left.includes(state))).toBe(true);

    await using natter = Program.natter("--port", String(port));
    expect(await natter.port()).toBe(port);
    using again = await ChatClient.join(port, "Alice");
    using back = await ChatClient.join(port, "Carol");
    await again.expect("*** Carol has joined the chat ***\n");
    back.send("back again\n");
    await again.expect("Carol: back again\n");
  },
);
