import { describe, expect, test } from "bun:test";
import { Addresses } from "../../../lib/limits/addresses.ts";
import { Backpressure, type Reader } from "../../../lib/limits/backpressure.ts";
import type { Owner } from "../../../lib/connection/owner.ts";
import { ReadHalf } from "../../../lib/connection/read-half.ts";
import { resolveOptions } from "../../../lib/options/settings.ts";
import { Slices } from "../../../lib/limits/slices.ts";
import { Traffic } from "../../../lib/connection/traffic.ts";
import { handClock, stopClock, turnOver } from "../../helpers/clock.ts";
import { ScriptedLink } from "../../helpers/scripted-link.ts";

stopClock({ leavesNoTimer: true });
const pass = handClock();

const MEBIBYTE = 1_048_576;

/** A sender whose owner does nothing but count how often it is woken. */
function stage() {
  const backpressure = new Backpressure({ queueLimitBytes: 1_024 });
  const reader: Reader = { client: "", retry() {} };
  const settings = resolveOptions({ lineLimitBytes: 128, lineRate: 0 });
  const address = new Addresses(settings).of("here", true);
  backpressure.addReader(reader, address);
  let wakes = 0;
  const owner: Owner = {
    wake: () => void wakes++,
    close() {},
    abort() {},
    run: (action) => action(),
    failed: (error) => expect.unreachable(String(error)),
  };
  const context = { backpressure, slices: new Slices(), traffic: new Traffic(), settings };
  const link = new ScriptedLink();
  const sender = new ReadHalf(context, link, address, owner);
  return { backpressure, reader, sender, link, wakes: () => wakes };
}

describe("ReadHalf", () => {
  test("a line that ends its sender's stay is its last, and counts for nobody during a hold", () => {
    const { backpressure, reader, sender } = stage();
    backpressure.report(reader, 1_000);
    sender.received(Buffer.from("/q\nmore\n"));
    expect(sender.next()).toBe("/q");
    sender.stop();
    expect(sender.next()).toBeUndefined();
    expect(backpressure.mayRead(sender)).toBe(true);
    backpressure.removeReader(reader);
  });

  test("of what a reset brings all at once only so much is kept, and half a line of it is none", () => {
    const { sender } = stage();
    sender.wait("claiming");
    const line = `${"x".repeat(62)}\n`;
    for (let count = 0; count < 60; count++) sender.received(Buffer.from(line.repeat(8_192)));
    sender.received(Buffer.from("the end\n"));
    sender.ended();
    expect(sender.pendingBytes).toBeWithin(MEBIBYTE, 2 * MEBIBYTE);
    sender.stop();
  });

  test("after the end of the input, too, an address has no more than its slice", async () => {
    const { sender, wakes } = stage();
    const requests = Buffer.alloc(6 * 65_536, Buffer.of(255, 253, 1));
    sender.received(requests);
    sender.ended();
    const steps: number[] = [];
    for (let turn = 0; turn < 8 && sender.phase !== "over"; turn++) {
      let count = 0;
      const { length } = requests;
      while (sender.next() !== undefined) {
        count++;
        pass(3);
      }
      steps.push(count);
      expect(sender.pendingBytes).toBeLessThanOrEqual(length);
      await turnOver();
    }
    expect([sender.phase, Math.max(...steps), wakes()]).toEqual(["over", 1, steps.length - 1]);
    sender.stop();
  });
});
