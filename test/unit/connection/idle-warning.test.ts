import { describe, expect, jest, test } from "bun:test";
import { handClock, stopClock, turnOver } from "../../helpers/clock.ts";
import { shutDown, stage } from "../../helpers/stage.ts";

const WARNING = "*** You will be disconnected in a minute unless you say something.\n";
const GOODBYE = "Disconnected: idle timeout.\n";
const LIMITS = { idleTimeoutMs: 300_000, idleWarningMs: 60_000 };

stopClock({ leavesNoTimer: true });
const pass = handClock();

/** Somebody in the chat; `told` is what it has been told since that was last asked. */
async function join(given: Parameters<typeof stage>[0] = LIMITS) {
  const bob = stage({ ...given }).join("Bob");
  let seen = bob.transport.sent.length;
  const told = async () => {
    await turnOver();
    const text = bob.transport.sent.slice(seen);
    seen += text.length;
    return text;
  };
  const end = () => bob.connection.closed(undefined);
  return { ...bob, told, end };
}

describe("the warning before the idle timeout", () => {
  test("comes once in a silence, and the goodbye as long afterwards as it says", async () => {
    const { told, end } = await join();
    jest.advanceTimersByTime(239_999);
    expect(await told()).toBe("");
    jest.advanceTimersByTime(1);
    expect(await told()).toBe(WARNING);
    jest.advanceTimersByTime(59_999);
    expect(await told()).toBe("");
    jest.advanceTimersByTime(1);
    expect(await told()).toBe(GOODBYE);
    end();
  });

  test("comes again after a line, and the silence begins anew", async () => {
    const { send, told, end } = await join();
    for (const line of ["hello\n", "\n", "/who\n"]) {
      jest.advanceTimersByTime(239_000);
      send("before the warning\n");
      jest.advanceTimersByTime(239_999);
      expect(await told()).not.toContain("disconnected");
      jest.advanceTimersByTime(1);
      expect(await told()).toBe(WARNING);
      jest.advanceTimersByTime(59_000);
      send(line);
      await told();
    }
    jest.advanceTimersByTime(239_999);
    expect(await told()).toBe("");
    jest.advanceTimersByTime(60_000);
    expect(await told()).toBe(WARNING);
    jest.advanceTimersByTime(1);
    expect(await told()).toBe(GOODBYE);
    end();
  });

  test("is not for clients at the prompt, nor for one that is leaving", async () => {
    const { connect } = stage({ ...LIMITS, nameTimeoutMs: 0, closeTimeoutMs: 400_000 });
    const [silent, leaving] = [connect(), connect()];
    leaving.send("Ann\n/quit\n");
    jest.advanceTimersByTime(300_000);
    await turnOver();
    for (const { transport, connection } of [silent, leaving]) {
      expect(transport.sent).not.toContain("disconnected");
      connection.closed(undefined);
    }
  });

  test("comes after a leap of the clock too, and still leaves its time", async () => {
    const { told, end } = await join();
    pass(1_000_000);
    jest.advanceTimersByTime(240_000);
    expect(await told()).toBe("");
    jest.advanceTimersByTime(1_000);
    expect(await told()).toBe(WARNING);
    jest.advanceTimersByTime(59_999);
    expect(await told()).toBe("");
    jest.advanceTimersByTime(1);
    expect(await told()).toBe(GOODBYE);
    end();
  });

  test.each([
    [1_000, "a second"],
    [30_000, "30 seconds"],
    [90_900, "90 seconds"],
    [120_000, "2 minutes"],
  ])("%i ms before says %s", async (idleWarningMs, time) => {
    const { told, end } = await join({ ...LIMITS, idleWarningMs });
    jest.advanceTimersByTime(300_000 - idleWarningMs);
    expect(await told()).toBe(WARNING.replace("a minute", time));
    end();
  });

  test("is not given by default", async () => {
    const { told, end } = await join({});
    jest.advanceTimersByTime(300_000);
    expect(await told()).toBe(GOODBYE);
    end();
  });

  test("is not for a client with a line that waits", async () => {
    const { connection, send, told } = await join({ ...LIMITS, lineBurst: 1, lineRate: 0.001 });
    send("one\ntwo\n");
    jest.advanceTimersByTime(240_000);
    expect(await told()).toBe("");
    shutDown({ connection });
  });
});
