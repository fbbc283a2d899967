import { describe, expect, test } from "bun:test";
import { TotalLimit, type Holder } from "../../../lib/limits/total-limit.ts";
import { turnOver } from "../../helpers/clock.ts";

/** Holders of these sizes. Each keeps at least `floor` bytes when it is cut. */
function hold(limit: TotalLimit, sizes: number[], floor = 0) {
  const held: number[] = [];
  const givenUp: number[] = [];
  sizes.forEach((size, index) => {
    const change = (bytes: number) => {
      held[index] = bytes;
      limit.report(holder, bytes);
    };
    const holder: Holder = {
      cutTo: (bytes) => change(Math.min(held[index] ?? 0, Math.max(floor, bytes))),
      giveUp: () => {
        givenUp.push(index);
        change(0);
      },
    };
    change(size);
  });
  return { held, givenUp };
}

describe("TotalLimit", () => {
  test("changes nothing up to the limit", () => {
    const { held } = hold(new TotalLimit({ totalQueueLimitBytes: 1_000 }), [500, 300, 200]);
    expect(held).toEqual([500, 300, 200]);
  });

  test("above the limit cuts the longest to one length, and leaves the others", () => {
    const limit = new TotalLimit({ totalQueueLimitBytes: 1_000 });
    const { held } = hold(limit, [500, 300, 100, 75, 26]);
    expect(held).toEqual([500, 300, 100, 75, 26].map((size) => Math.min(size, 374)));
    expect(limit.bytes).toBe(875);
  });

  test("cuts the last to come as well if it is the longest", () => {
    const { held } = hold(new TotalLimit({ totalQueueLimitBytes: 1_000 }), [100, 100, 5_000]);
    expect(held).toEqual([100, 100, 675]);
  });

  test("cuts all of them if they are alike", () => {
    const limit = new TotalLimit({ totalQueueLimitBytes: 1_000 });
    const { held } = hold(limit, Array(20).fill(60));
    expect(Math.max(...held)).toBeLessThan(60);
    expect(limit.bytes).toBeLessThanOrEqual(1_000);
  });

  test("gives up the longest that cannot be cut, when the turn is over", async () => {
    const limit = new TotalLimit({ totalQueueLimitBytes: 1_000 });
    const { givenUp } = hold(limit, [500, 400, 600, 300], 500);
    expect(givenUp).toEqual([]);
    await turnOver();
    expect(givenUp).toEqual([0, 2]);
    expect(limit.bytes).toBeLessThanOrEqual(1_000);
  });

  test("goes on after it has given somebody up", async () => {
    const limit = new TotalLimit({ totalQueueLimitBytes: 1_000 });
    const { givenUp } = hold(limit, [1_500], 1_500);
    await turnOver();
    expect(givenUp).toEqual([0]);
    expect(hold(limit, [900, 500]).held).toEqual([437, 437]);
  });

  test("gives up as many as it takes to have room again", async () => {
    const limit = new TotalLimit({ totalQueueLimitBytes: 1_000 });
    const { givenUp } = hold(limit, [500, 501], 475);
    expect(limit.bytes).toBe(950);
    await turnOver();
    expect(givenUp).toHaveLength(1);
  });

  test("counts nothing for a holder that holds nothing any more", () => {
    const limit = new TotalLimit({ totalQueueLimitBytes: 1_000 });
    const { held } = hold(limit, [900]);
    const holder = { cutTo: () => {}, giveUp: () => {} };
    limit.report(holder, 100);
    limit.report(holder, 50);
    limit.report(holder, 0);
    expect([limit.bytes, limit.size, held[0]]).toEqual([900, 1, 900]);
  });
});
