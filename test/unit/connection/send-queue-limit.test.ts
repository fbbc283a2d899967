import { describe, expect, test } from "bun:test";
import { Chunk } from "../../../lib/room/chunk.ts";
import { CHUNK_OVERHEAD_BYTES, SendQueue } from "../../../lib/connection/send-queue.ts";
import { heldByBuffers } from "../../helpers/memory.ts";
import { ScriptedLink } from "../../helpers/scripted-link.ts";

function queueOf(limitBytes: number, ...accepts: number[]) {
  const transport = new ScriptedLink(...accepts);
  return { transport, queue: new SendQueue(transport, limitBytes) };
}

const MANY = 1_000_000;

describe("SendQueue over its limit", () => {
  /** A chunk of one line counts 1,000 bytes, so that the limit is twenty of them. */
  const LIMIT = 20_000;
  const LINE_BYTES = 1_000 - CHUNK_OVERHEAD_BYTES;
  const line = (number: number) => `line ${number} `.padEnd(LINE_BYTES - 1, ".") + "\n";
  const pushLines = (queue: SendQueue, from: number, to: number) => {
    for (let number = from; number <= to; number++) queue.push(Chunk.of(line(number)));
  };
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => line(from + index)).join("");
  const skipped = (count: number) =>
    `*** ${count} lines skipped: your connection is too slow ***\n`;

  test("never holds more than the limit", () => {
    const { queue } = queueOf(LIMIT, 0);
    queue.push(Chunk.of(line(0)));
    queue.flush();
    for (let number = 1; number < 1000; number++) {
      queue.push(Chunk.of(line(number)));
      expect(queue.chargedBytes).toBeLessThanOrEqual(LIMIT);
    }
  });

  test("may get another limit, except when the last chunk waits", () => {
    const { transport, queue } = queueOf(LIMIT, 0);
    pushLines(queue, 0, 15);
    queue.flush();
    queue.limitTo(LIMIT / 2);
    expect(queue.chargedBytes).toBeLessThanOrEqual(LIMIT / 2);
    queue.limitTo(2 * LIMIT);
    pushLines(queue, 16, 35);
    queue.pushLast(Chunk.of(line(36)));
    queue.limitTo(1_000);
    queue.drain();
    expect(transport.sent).toMatch(/^\*\*\* \d lines skipped/);
    expect(transport.sent).toEndWith(lines(10, 36));
  });

  test("holds everything up to the limit", () => {
    const { transport, queue } = queueOf(LIMIT, 0);
    pushLines(queue, 1, 1);
    queue.flush();
    pushLines(queue, 2, 20);
    queue.drain();
    expect(transport.sent).toBe(lines(1, 20));
  });

  test("holds the rest of what was cut short up to the limit", () => {
    const { queue } = queueOf(8, 4, 0);
    queue.push(Chunk.of("one\ntwo\nsix\n"));
    queue.flush();
    expect(queue.bytes).toBe(8);
  });

  test("drops the oldest lines and says in their place how many", () => {
    const { transport, queue } = queueOf(LIMIT, 0);
    pushLines(queue, 1, 1);
    queue.flush();
    pushLines(queue, 2, 100);
    queue.drain();
    const [, count] = /^\*\*\* (\d+) lines/.exec(transport.sent) ?? [];
    expect(transport.sent).toBe(skipped(Number(count)) + lines(Number(count) + 1, 100));
    expect(Number(count)).toBeWithin(80, 83);
  });

  test("finishes a line that has been started before it says so", () => {
    for (const cut of [1, 9, 200, LINE_BYTES - 1]) {
      const { transport, queue } = queueOf(LIMIT, cut, 1, Infinity);
      pushLines(queue, 1, 3);
      queue.flush();
      pushLines(queue, 4, 100);
      queue.drain();
      pushLines(queue, 101, 200);
      queue.drain();
      const [, count] = /\*\*\* (\d+) lines/.exec(transport.sent) ?? [];
      const missing = Number(count);
      expect(transport.sent).toBe(line(1) + skipped(missing) + lines(2 + missing, 200));
    }
  });

  test("says nothing twice: a gap that grows is one gap", () => {
    const { transport, queue } = queueOf(LIMIT, 0);
    pushLines(queue, 1, 1);
    queue.flush();
    pushLines(queue, 2, 50);
    transport.accept(0);
    queue.drain();
    pushLines(queue, 51, 100);
    queue.drain();
    expect(transport.sent.match(/skipped/g)).toHaveLength(1);
  });

  test("announces a second gap after the first announcement has been started", () => {
    const { transport, queue } = queueOf(LIMIT, 0, 5, Infinity);
    pushLines(queue, 1, 1);
    queue.flush();
    pushLines(queue, 2, 50);
    queue.drain();
    pushLines(queue, 51, 100);
    queue.drain();
    const counts = Array.from(transport.sent.matchAll(/\*\*\* (\d+) lines/g), (m) => Number(m[1]));
    expect(counts).toHaveLength(2);
    const [first = 0, second = 0] = counts;
    const rest = lines(first + second + 1, 100);
    expect(transport.sent).toBe(skipped(first) + skipped(second) + rest);
  });

  test("counts the lines of chunks that hold many", () => {
    const { transport, queue } = queueOf(LIMIT, 0);
    queue.push(Chunk.of(lines(1, 31)));
    queue.flush();
    queue.push(Chunk.of(lines(32, 36)));
    queue.push(Chunk.of(lines(37, 38)));
    queue.drain();
    expect(transport.sent).toBe(skipped(31) + lines(32, 38));
  });

  test("counts the unsent lines of a chunk that is partly sent", () => {
    const { transport, queue } = queueOf(LIMIT, 3 * LINE_BYTES + 100);
    queue.push(Chunk.of(lines(1, 40)));
    queue.flush();
    queue.push(Chunk.of(lines(41, 52)));
    queue.drain();
    expect(transport.sent).toBe(lines(1, 4) + skipped(36) + lines(41, 52));
  });

  test("drops from the line's end where the last write ended there", () => {
    const { transport, queue } = queueOf(LIMIT, 3 * LINE_BYTES);
    queue.push(Chunk.of(lines(1, 40)));
    queue.flush();
    queue.push(Chunk.of(lines(41, 52)));
    queue.drain();
    expect(transport.sent).toBe(lines(1, 3) + skipped(37) + lines(41, 52));
  });

  test("says line for one line", () => {
    const { transport, queue } = queueOf(LIMIT, 0);
    queue.push(Chunk.of(`${"x".repeat(15_000)}\n`));
    queue.flush();
    pushLines(queue, 1, 6);
    queue.drain();
    expect(transport.sent).toBe(
      `*** 1 line skipped: your connection is too slow ***\n${lines(1, 6)}`,
    );
  });

  test("a started line longer than the limit still ends", () => {
    const { transport, queue } = queueOf(LIMIT, 7);
    const long = `${"x".repeat(30_000)}\n`;
    queue.push(Chunk.of(long));
    queue.flush();
    pushLines(queue, 1, 2);
    queue.drain();
    expect(transport.sent).toBe(`${long}${skipped(2)}`);
  });

  test("announces a gap that nothing follows", () => {
    const { transport, queue } = queueOf(LIMIT, 0);
    queue.push(Chunk.of(`${"x".repeat(LIMIT - 2)}\n`));
    queue.flush();
    expect(queue.bytes).toBe(0);
    expect(queue.chargedBytes).toBeWithin(1, LIMIT);
    queue.drain();
    expect(transport.sent).toBe("*** 1 line skipped: your connection is too slow ***\n");
    expect(queue.chargedBytes).toBe(0);
  });

  test("finishes a prompt that has been started", () => {
    const { transport, queue } = queueOf(LIMIT, 6);
    queue.push(Chunk.of("Enter your name: "));
    queue.flush();
    pushLines(queue, 1, 40);
    queue.drain();
    expect(transport.sent).toMatch(/^Enter your name: \*\*\* \d+ lines skipped/);
  });

  test("keeps no memory alive that its limit does not count", () => {
    const megabyte = (text: string) => Chunk.of(text.repeat(1_048_576 / text.length));
    const queues: SendQueue[] = [];
    const before = heldByBuffers();
    for (let count = 0; count < 40; count++) {
      const mostlySent = new SendQueue({ write: () => 1_048_576 - 1_000 }, MANY);
      mostlySent.push(megabyte("0123456\n"));
      const isCut = new SendQueue({ write: () => 5 }, LIMIT);
      isCut.push(megabyte("0123456\n"));
      for (const queue of [mostlySent, isCut]) {
        queue.flush();
        queues.push(queue);
      }
    }
    expect(heldByBuffers() - before).toBeLessThan(4_000_000);
    expect(queues).toHaveLength(80);
  });

  test("holds the line that many readers are in the middle of once, and copies it once", () => {
    const long = `${"x".repeat(1_048_575)}\n`;
    const chunk = Chunk.of(`short\n${long}`);
    const before = heldByBuffers();
    const queues = Array.from({ length: 50 }, (_, index) => {
      const { queue } = queueOf(LIMIT, 20 + index, ...Array(100).fill(0));
      queue.push(chunk);
      queue.flush();
      for (let number = 0; number < 100; number++) queue.push(Chunk.of("more\n"));
      return queue;
    });
    expect(heldByBuffers() - before).toBeLessThan(4_000_000);
    expect(queues.map((queue) => queue.bytes < 1_048_576 + LIMIT)).not.toContain(false);
  });

  test("holds exactly the limit", () => {
    const { transport, queue } = queueOf(LIMIT, 0);
    pushLines(queue, 1, 1);
    queue.flush();
    pushLines(queue, 2, 20);
    expect(queue.chargedBytes).toBe(LIMIT);
    queue.drain();
    expect(transport.sent).toBe(lines(1, 20));
  });

  test("never drops the last chunk, nor anything after it was pushed", () => {
    const { transport, queue } = queueOf(LIMIT, 7);
    const long = `${"x".repeat(30_000)}\n`;
    queue.push(Chunk.of(long));
    queue.flush();
    queue.pushLast(Chunk.of("goodbye\n"));
    queue.drain();
    expect(transport.sent).toBe(`${long}goodbye\n`);
  });

  test("is cut where more is held than it is to be cut to, and only there", () => {
    const { transport, queue } = queueOf(LIMIT, LINE_BYTES);
    queue.push(Chunk.of(lines(1, 3)));
    queue.flush();
    queue.cutTo(2 * LINE_BYTES);
    expect(queue.bytes).toBe(2 * LINE_BYTES);
    queue.cutTo(2 * LINE_BYTES - 1);
    queue.drain();
    expect(transport.sent).toBe(lines(1, 1) + skipped(2));
  });

  test("what is no line is none, whatever bytes it is of, and is sent as a whole", () => {
    const { transport, queue } = queueOf(LIMIT, 2);
    const answers = Buffer.from("\xff\xfc\n".repeat(3), "latin1");
    queue.push(new Chunk(answers, 0));
    queue.push(new Chunk(answers, 0));
    queue.push(Chunk.of(lines(1, 2)));
    queue.flush();
    queue.cutTo(0);
    queue.drain();
    expect(transport.bytes.toString("latin1")).toBe(answers.toString("latin1") + skipped(2));
  });

  test("prompts that are dropped are no lines", () => {
    const { transport, queue } = queueOf(LIMIT, 0);
    for (let number = 0; number < 100; number++) queue.push(Chunk.of("Enter your name: "));
    queue.flush();
    queue.drain();
    expect(transport.sent).toMatch(/^(Enter your name: ){30,38}$/);
  });
});
