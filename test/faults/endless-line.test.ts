import { expect, test } from "bun:test";
import { MIB, peakMiB, residentMiB } from "../../bench/usage.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { Program } from "../helpers/program.ts";
import { HAS_PROC, PROC_NOTE, resetPeak } from "../helpers/proc.ts";

const LINE_MIB = 1_024;
const PART_MIB = 64;
const GROWTH_MIB_MAX = 128;
const TEST_MS_MAX = 30_000;

test.skipIf(!HAS_PROC)(
  `${LINE_MIB} MiB without a newline take less than ${GROWTH_MIB_MAX} MiB of memory, are answered once, and delay nobody${PROC_NOTE}`,
  async () => {
    await using natter = Program.natter("--port", "0");
    const port = await natter.port();
    using alice = await ChatClient.join(port, "Alice");
    using bob = await ChatClient.join(port, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    using mallory = await ChatClient.join(port, "Mallory");
    await alice.expect("*** Mallory has joined the chat ***\n");
    await bob.expect("*** Mallory has joined the chat ***\n");

    const part = Buffer.alloc(PART_MIB * MIB, "x");
    resetPeak(natter.pid);
    const before = residentMiB(natter.pid);
    for (let mib = 0; mib < LINE_MIB; mib += PART_MIB) {
      mallory.send(part);
      bob.send(`${mib}\n`);
      await alice.expect(`Bob: ${mib}\n`);
      await mallory.sent();
    }
    mallory.send("\nsorry\n");
    await alice.expect("Mallory: sorry\n");
    expect(peakMiB(natter.pid) - before).toBeLessThan(GROWTH_MIB_MAX);
    alice.send("the end\n");
    await bob.expect("Mallory: sorry\nAlice: the end\n");
    natter.signal("SIGTERM");
    await alice.rest();
    expect(await natter.exited).toBe(0);
    expect(mallory.received.match(/\*\*\* .*/g)).toEqual([
      "*** Line too long (limit 65536 bytes); not sent.",
      "*** The server is shutting down ***",
    ]);
  },
  TEST_MS_MAX,
);
