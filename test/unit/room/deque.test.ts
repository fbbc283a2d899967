import { describe, expect, test } from "bun:test";
import { Deque } from "../../../lib/room/deque.ts";

const items = (deque: Deque<number>) =>
  Array.from({ length: deque.length }, (_, index) => deque.at(index));

describe("Deque", () => {
  test("does what an array does", () => {
    const deque = new Deque<number>();
    const array: number[] = [];
    // A fixed sequence. It grows, shrinks to nothing, and puts items back in front at every stage.
    for (let step = 0; step < 2_000; step++) {
      if (step % 7 < (step % 400 < 200 ? 5 : 2)) {
        deque.push(step);
        array.push(step);
      } else if (array.length > 0) {
        expect(deque.shift()).toBe(array.shift() as number);
      }
      if (step % 11 === 0) {
        deque.unshift(-step);
        array.unshift(-step);
      }
      expect(items(deque)).toEqual(array);
    }
    deque.clear();
    expect(deque.length).toBe(0);
  });

  test.each([1, 3])("takes no space for what is gone, with %d in it at a time", (length) => {
    const deque = new Deque<number>();
    for (let index = 1; index < length; index++) deque.push(index);
    const usedBytes = () => {
      Bun.gc(true);
      return process.memoryUsage().heapUsed;
    };
    const beforeBytes = usedBytes();
    for (let step = 0; step < 1_000_000; step++) {
      deque.push(step);
      deque.shift();
    }
    expect(usedBytes() - beforeBytes).toBeLessThan(4 * 1024 * 1024);
    expect(deque.length).toBe(length - 1);
  });
});
