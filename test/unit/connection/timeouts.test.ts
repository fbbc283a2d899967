import { describe, expect, jest, test } from "bun:test";
import { stopClock } from "../../helpers/clock.ts";
import { shutDown, stage } from "../../helpers/stage.ts";

stopClock({ leavesNoTimer: true });

describe("the timeouts for a name and for a line", () => {
  test("the name deadline counts from connecting, and names that are refused do not extend it", () => {
    const { connect, join } = stage({ nameTimeoutMs: 1_000 });
    const alice = join("Alice");
    const bob = connect();
    jest.advanceTimersByTime(900);
    bob.send("alice\n\n");
    jest.advanceTimersByTime(99);
    expect(bob.transport.sent).not.toContain("Disconnected");
    jest.advanceTimersByTime(1);
    expect(bob.transport.sent).toEndWith("Disconnected: no name given.\n");
    bob.connection.closed(undefined);
    alice.connection.closed(undefined);
  });

  test("each line restarts the idle timeout, and nothing else does", () => {
    const { join } = stage({ idleTimeoutMs: 1_000, lineLimitBytes: 128 });
    const bob = join("Bob");
    for (const input of ["hello\n", "\n", `${"x".repeat(200)}\n`]) {
      jest.advanceTimersByTime(900);
      bob.send(input);
    }
    jest.advanceTimersByTime(900);
    expect(bob.transport.sent).not.toContain("Disconnected");
    bob.send("no newline");
    bob.connection.drained();
    jest.advanceTimersByTime(99);
    expect(bob.transport.sent).not.toContain("Disconnected");
    bob.send("x".repeat(200));
    jest.advanceTimersByTime(1);
    expect(bob.transport.sent).toEndWith("Disconnected: idle timeout.\n");
    bob.connection.closed(undefined);
  });

  test("0 switches a timeout off", () => {
    const never = { idleTimeoutMs: 0, nameTimeoutMs: 0, stallTimeoutMs: 0 };
    const { connect } = stage(never);
    const [bob, silent] = [connect(0), connect()];
    bob.send("Bob\n");
    expect(jest.getTimerCount()).toBe(0);
    bob.connection.closed(undefined);
    silent.connection.closed(undefined);
  });

  test("a client that only sends blank lines at the prompt is cut off in time", () => {
    const { connect } = stage({ lineBurst: 1, lineRate: 10, nameTimeoutMs: 3_000 });
    const bob = connect();
    bob.send("\n".repeat(1_000));
    jest.advanceTimersByTime(3_000);
    expect(bob.transport.sent).toEndWith("Disconnected: no name given.\n");
    shutDown(bob);
  });
});
