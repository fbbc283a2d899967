import { describe, expect, test } from "bun:test";
import { OperatorConsole, type ConsoleStream } from "../lib/operator-console.ts";

/** A stream that takes what it is written only when the test says so. */
class StuckStream implements ConsoleStream {
  written = "";
  writableLength = 0;
  done: (() => void) | undefined;

  write(text: string, done?: () => void): void {
    this.written += text;
    this.writableLength += text.length;
    this.done = done;
  }
}

describe("OperatorConsole", () => {
  test("keeps a bounded backlog, and says how many lines are missing once there is space", () => {
    const stream = new StuckStream();
    const console = new OperatorConsole(stream);
    const line = `${"x".repeat(999)}\n`;
    for (let count = 0; count < 2_000; count++) console.print(line + line);
    expect(stream.writableLength).toBeWithin(1_000_000, 1_100_000);
    const kept = stream.written.length / line.length;
    stream.writableLength = 0;
    stream.written = "";
    console.print("next\n");
    console.print("last\n");
    const missing = 4_000 - kept;
    expect(stream.written).toBe(
      `*** ${missing} lines not shown: the console is too slow ***\nnext\nlast\n`,
    );
  });

  test("is flushed when the stream has taken everything", async () => {
    const stream = new StuckStream();
    const flushed = new OperatorConsole(stream).flushed(2_000_000);
    stream.done?.();
    await flushed;
  });

  test("does not wait for ever for a stream that is stuck", async () => {
    await new OperatorConsole(new StuckStream()).flushed(1);
  });
});
