import { describe, expect, test } from "bun:test";
import { chat } from "../../helpers/chat.ts";
import { stopClock } from "../../helpers/clock.ts";

const REFUSAL = "*** Message too long (limit 10 bytes); not sent.\n";

stopClock();

/** Alice and Bob, whose messages have at most ten bytes. */
async function aliceAndBob() {
  const { join, logText } = chat({ messageLimitBytes: 10, history: 5 });
  const [alice, bob] = [await join("Alice"), await join("Bob")];
  alice.say("/msg Bob psst");
  await Promise.all([alice.told(), bob.told()]);
  return { alice, bob, join, logText };
}

describe("the limit to a message", () => {
  test.each([
    ["1234567890", "Bob: 1234567890\n"],
    ["  1234567890  ", "Bob: 1234567890\n"],
    ["\x1b[31m1234567890\x1b[0m", "Bob: 1234567890\n"],
    ["\u00e9\u00e9\u00e9\u00e9\u00e9", "Bob: \u00e9\u00e9\u00e9\u00e9\u00e9\n"],
    ["//234567890", "Bob: /234567890\n"],
    ["/me 1234567890", "* Bob 1234567890\n"],
    ["/msg Alice 1234567890", "[private from Bob] 1234567890\n"],
    ["/r 1234567890", "[private from Bob] 1234567890\n"],
  ])("lets %p through, of whose text ten bytes are sent", async (line, heard) => {
    const { alice, bob } = await aliceAndBob();
    bob.say(line);
    expect(await alice.told()).toBe(heard);
    expect(await bob.told()).not.toContain("too long");
  });

  test.each([
    "12345678901",
    "\u00e9\u00e9\u00e9\u00e9\u00e9x",
    "\u{1f44d}\u{1f44d}\u{1f44d}",
    "//2345678901",
    "/me 12345678901",
    "/msg Alice 12345678901",
    "/r 12345678901",
  ])("sends nothing of %p, and tells its author alone", async (line) => {
    const { alice, bob, join, logText } = await aliceAndBob();
    const logged = logText();
    bob.say(line);
    expect(await bob.told()).toBe(REFUSAL);
    expect(await alice.told()).toBe("");
    expect(logText()).toBe(logged);
    // It is not kept either, and nobody can reply to it.
    const carol = await join("Carol");
    expect(await carol.told()).toBe("");
  });

  test("does not apply to other commands", async () => {
    const { bob } = await aliceAndBob();
    bob.say("/nick a-rather-long-name");
    expect(await bob.told()).toBe("*** Bob is now a-rather-long-name ***\n");
  });
});
