import { describe, expect, jest, test } from "bun:test";
import type { Settings } from "../../../lib/options/settings.ts";
import { stopClock, turnOver } from "../../helpers/clock.ts";
import { PROMPT, shutDown, stage } from "../../helpers/stage.ts";

stopClock({ leavesNoTimer: true });

describe("an address that joins too often", () => {
  const HOST = "192.0.2.1";
  const budget = { joinBurst: 2, joinRate: 0.5, nameTimeoutMs: 3_000 };

  /** Three clients of one address that have given their names, of which two are in. */
  async function three(given: Partial<Settings> = {}) {
    const { join, connectFrom, joinFrom } = stage({ ...budget, ...given });
    const alice = join("Alice");
    const clients = ["Ann", "Ben", "Cid"].map((name) => joinFrom(HOST, name));
    await turnOver();
    const close = () => shutDown(alice, ...clients);
    const [, ben, cid] = clients as [unknown, (typeof clients)[0], (typeof clients)[0]];
    return { alice, ben, cid, join, connectFrom, joinFrom, close };
  }

  test("waits at the prompt, is told nothing, and is let in when it may", async () => {
    const { alice, cid, close } = await three();
    expect(alice.transport.sent).toEndWith("*** Ben has joined the chat ***\n");
    expect(cid.transport.sent).toBe(PROMPT);
    jest.advanceTimersByTime(1_999);
    await turnOver();
    expect(alice.transport.sent).not.toContain("Cid");
    jest.advanceTimersByTime(1);
    await turnOver();
    expect(alice.transport.sent).toEndWith("*** Cid has joined the chat ***\n");
    close();
  });

  test("is not cut off for giving no name meanwhile", async () => {
    const { alice, cid, close } = await three({ joinRate: 0.1 });
    jest.advanceTimersByTime(9_999);
    expect(cid.transport.sent).toBe(PROMPT);
    jest.advanceTimersByTime(1);
    await turnOver();
    expect(alice.transport.sent).toEndWith("*** Cid has joined the chat ***\n");
    close();
  });

  test("not even if the time for a name ends when it may join", async () => {
    const { alice, close } = await three({ nameTimeoutMs: 2_000 });
    jest.advanceTimersByTime(2_000);
    await turnOver();
    expect(alice.transport.sent).toEndWith("*** Cid has joined the chat ***\n");
    close();
  });

  test("but a client that gives none is cut off", async () => {
    const { connectFrom, close } = await three({ joinRate: 0.1 });
    const silent = connectFrom(HOST);
    jest.advanceTimersByTime(3_000);
    expect(silent.transport.sent).toEndWith("Disconnected: no name given.\n");
    silent.connection.closed(undefined);
    close();
  });

  test("and its clients that are in can talk", async () => {
    const { alice, ben, close } = await three();
    ben.send("hello\n");
    await turnOver();
    expect(alice.transport.sent).toEndWith("Ben: hello\n");
    close();
  });

  test("holds up no other address, and not this machine", async () => {
    const { alice, join, joinFrom, close } = await three();
    const others = [
      joinFrom("192.0.2.2", "Other0"),
      ...["Other1", "Other2", "Other3"].map((name) => join(name)),
    ];
    await turnOver();
    expect(alice.transport.sent.match(/Other/g)).toHaveLength(4);
    for (const { connection } of others) connection.closed(undefined);
    close();
  });

  test("is remembered when its clients have left", async () => {
    const { alice, close, joinFrom } = await three();
    close();
    const again = joinFrom(HOST, "Dan");
    await turnOver();
    expect(again.transport.calls).toEqual(["pause"]);
    expect(alice.transport.sent).not.toContain("Dan");
    shutDown(again);
  });

  test("pays for changes of name too", async () => {
    const { connectFrom } = stage({ ...budget });
    const bob = connectFrom(HOST);
    bob.send("Bob\n/nick Rob\n/nick Robert\n");
    await turnOver();
    expect(bob.transport.sent).toBe(
      `${PROMPT}*** Bob is now Rob ***\n*** You change your name too often; try again in a moment.\n`,
    );
    jest.advanceTimersByTime(2_000);
    bob.send("/nick Robert\n");
    await turnOver();
    expect(bob.transport.sent).toEndWith("*** Rob is now Robert ***\n");
    shutDown(bob);
  });
});
