import { describe, expect, test } from "bun:test";
import { Addresses } from "../../../lib/limits/addresses.ts";
import { Backpressure, type Reader } from "../../../lib/limits/backpressure.ts";
import type { Owner } from "../../../lib/connection/owner.ts";
import { Pace } from "../../../lib/connection/pace.ts";
import { ReadHalf } from "../../../lib/connection/read-half.ts";
import { resolveOptions } from "../../../lib/options/settings.ts";
import { Slices } from "../../../lib/limits/slices.ts";
import { stopClock } from "../../helpers/clock.ts";
import { ScriptedLink } from "../../helpers/scripted-link.ts";

stopClock({ leavesNoTimer: true });

/** A sender whose stay ends with its first line, in a room that a reader holds. */
function stage() {
  const backpressure = new Backpressure(1_024);
  const reader: Reader = { client: "", retry() {} };
  const address = new Addresses(resolveOptions({})).of("here", true);
  backpressure.addReader(reader, address);
  const settings = resolveOptions({ lineLimitBytes: 128 });
  const owner: Owner = {
    wake() {},
    close() {},
    abort() {},
    run: (action) => action(),
    failed: (error) => expect.unreachable(String(error)),
  };
  const context = { backpressure, slices: new Slices(), settings };
  const pace = new Pace(settings, address);
  const sender = new ReadHalf(context, address.slice, new ScriptedLink(), pace, owner);
  return { backpressure, reader, sender };
}

describe("ReadHalf", () => {
  test("a line that ends its sender's stay is its last, and counts for nobody during a hold", () => {
    const { backpressure, reader, sender } = stage();
    backpressure.report(reader, 1_000);
    sender.received(Buffer.from("/quit with so many words\nmore\n"));
    expect(sender.next()).toBe("/quit with so many words");
    sender.stop();
    expect(sender.next()).toBeUndefined();
    expect(backpressure.mayRead(sender)).toBe(true);
    backpressure.removeReader(reader);
  });
});
