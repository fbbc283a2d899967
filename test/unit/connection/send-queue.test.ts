import { describe, expect, test } from "bun:test";
import { Chunk } from "../../../lib/room/chunk.ts";
import { SendQueue } from "../../../lib/connection/send-queue.ts";
import { ScriptedLink } from "../../helpers/scripted-link.ts";

function queueOf(limitBytes: number, ...accepts: number[]) {
  const transport = new ScriptedLink(...accepts);
  return { transport, queue: new SendQueue(transport, limitBytes) };
}

const MANY = 1_000_000;

describe("SendQueue", () => {
  test("writes nothing until it is flushed, then everything at once", () => {
    const { transport, queue } = queueOf(MANY);
    for (const text of ["one\n", "two\n", "three\n"]) queue.push(Chunk.of(text));
    expect(transport.writes).toEqual([]);
    expect(queue.bytes).toBe(14);
    expect(queue.flush()).toBe(14);
    expect(transport.writes).toEqual(["one\ntwo\nthree\n"]);
    expect(queue.bytes).toBe(0);
  });

  test("flushing an empty queue writes nothing", () => {
    const { transport, queue } = queueOf(MANY);
    queue.push(Chunk.of(""));
    queue.flush();
    queue.drain();
    expect(transport.writes).toEqual([]);
  });

  test("keeps what a short write left until drain, in order", () => {
    const { transport, queue } = queueOf(MANY, 5, 0, 3, Infinity);
    queue.push(Chunk.of("one\n"));
    queue.push(Chunk.of("two\n"));
    expect(queue.flush()).toBe(5);
    queue.push(Chunk.of("three\n"));
    expect(queue.flush()).toBe(0);
    expect(transport.writes).toEqual(["one\nt"]);
    expect([queue.drain(), queue.drain(), queue.drain()]).toEqual([0, 3, 6]);
    expect(transport.writes).toEqual(["one\nt", "", "wo\n", "three\n"]);
  });

  test("delivers the same bytes whatever the socket accepts", () => {
    const lines = Array.from({ length: 40 }, (_, number) => `line ${number}\n`);
    for (let step = 1; step < 30; step++) {
      const { transport, queue } = queueOf(MANY, ...Array(400).fill(step));
      for (const line of lines) {
        queue.push(Chunk.of(line));
        queue.drain();
      }
      while (queue.bytes > 0) queue.drain();
      expect(transport.sent).toBe(lines.join(""));
    }
  });

  test("does not copy a chunk that it writes alone", () => {
    const written: Uint8Array[] = [];
    const queue = new SendQueue({ write: (bytes) => written.push(bytes) && bytes.length }, MANY);
    const chunk = Chunk.of("shared\n");
    queue.push(chunk);
    queue.flush();
    expect(written[0]?.buffer).toBe(chunk.bytes.buffer);
  });

  test("joins small chunks into one write, and writes large ones by themselves", () => {
    const { transport, queue } = queueOf(MANY);
    const large = `${"x".repeat(100_000)}\n`;
    for (const text of ["a\n", "b\n", large, "c\n", "d\n"]) queue.push(Chunk.of(text));
    queue.flush();
    expect(transport.writes).toEqual(["a\nb\n", large, "c\nd\n"]);
  });

  test("lets everything go once the socket is closed", () => {
    const { queue } = queueOf(MANY, -1);
    queue.push(Chunk.of("lost\n"));
    expect(queue.flush()).toBe(-1);
    expect(queue.bytes).toBe(0);
  });

  test("send is push and flush, whatever waits and whatever the socket takes", () => {
    const writes = [[], [0], [3], [-1], [MANY, 4, 0], [0, 0, 2]];
    for (const accepts of writes) {
      const [one, two] = [queueOf(MANY, ...accepts), queueOf(MANY, ...accepts)];
      for (const text of ["first\n", "", "second\n", "third\n"]) {
        const accepted = one.queue.send(Chunk.of(text));
        two.queue.push(Chunk.of(text));
        expect(accepted).toBe(two.queue.flush());
        expect(one.queue.chargedBytes).toBe(two.queue.chargedBytes);
      }
      for (const { queue } of [one, two]) queue.drain();
      expect(one.transport.writes).toEqual(two.transport.writes);
    }
  });

  test("keeps a copy of bytes that are lent, of as much as has to wait", () => {
    for (const accepts of [[0], [3], [4, 0]]) {
      const link = new ScriptedLink(...accepts);
      const queue = new SendQueue(link, MANY);
      const lent = Buffer.from("one\ntwo\n");
      queue.send(new Chunk(lent), true);
      lent.fill("x");
      queue.send(new Chunk(lent), true);
      lent.fill("y");
      for (let drain = 0; drain < 2; drain++) queue.drain();
      expect(link.sent).toBe("one\ntwo\nxxxxxxxx");
    }
  });

  test("send does not overtake what was pushed before", () => {
    const { transport, queue } = queueOf(MANY);
    queue.push(Chunk.of("one\n"));
    expect(queue.send(Chunk.of("two\n"))).toBe(8);
    expect(transport.writes).toEqual(["one\ntwo\n"]);
  });

  test("send keeps to the limit", () => {
    const { transport, queue } = queueOf(1_500, 2);
    queue.send(Chunk.of("first\n"));
    for (let number = 0; number < 5; number++) queue.send(Chunk.of(`${number}\n`));
    expect(queue.chargedBytes).toBeLessThanOrEqual(1_500);
    queue.drain();
    expect(transport.sent).toBe("first\n*** 4 lines skipped: your connection is too slow ***\n4\n");
  });
});
