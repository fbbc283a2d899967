import { expect, test } from "bun:test";
import { peakMiB, residentMiB } from "../../bench/usage.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { Program } from "../helpers/program.ts";
import { HAS_PROC, PROC_NOTE, resetPeak } from "../helpers/proc.ts";

const LINE_MIB = 1_024;
const PART_MIB = 64;
const GROWTH_MIB_MAX = 128;
const TEST_MS_MAX = 30_000;

/** Sends more than a `ChatClient` would want to hold. */
class BulkSender implements Disposable {
  received = "";
  #socket!: Bun.Socket;
  #unsentBytes = 0;
  #sent = Promise.withResolvers<void>();
  readonly #block = Buffer.alloc(1_048_576, "x");

  static async connect(port: number): Promise<BulkSender> {
    const sender = new BulkSender();
    sender.#socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        data: (_, bytes) => void (sender.received += bytes.toString()),
        drain: () => sender.#write(),
      },
    });
    return sender;
  }

  say(line: string): void {
    this.#socket.write(`${line}\n`);
  }

  /** Resolves when the system has taken all of it. */
  send(mib: number): Promise<void> {
    this.#unsentBytes = mib * this.#block.length;
    this.#sent = Promise.withResolvers();
    this.#write();
    return this.#sent.promise;
  }

  [Symbol.dispose](): void {
    this.#socket.terminate();
  }

  #write(): void {
    while (this.#unsentBytes > 0) {
      const accepted = this.#socket.write(this.#block.subarray(0, this.#unsentBytes));
      if (accepted <= 0) return;
      this.#unsentBytes -= accepted;
    }
    this.#sent.resolve();
  }
}

test.skipIf(!HAS_PROC)(
  `${LINE_MIB} MiB without a newline take less than ${GROWTH_MIB_MAX} MiB of memory, are answered once, and delay nobody${PROC_NOTE}`,
  async () => {
    await using natter = Program.natter("--port", "0");
    const port = await natter.port();
    using alice = await ChatClient.join(port, "Alice");
    using bob = await ChatClient.join(port, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    using mallory = await BulkSender.connect(port);
    mallory.say("Mallory");
    await alice.expect("*** Mallory has joined the chat ***\n");
    await bob.expect("*** Mallory has joined the chat ***\n");

    resetPeak(natter.pid);
    const before = residentMiB(natter.pid);
    for (let mib = 0; mib < LINE_MIB; mib += PART_MIB) {
      const sent = mallory.send(PART_MIB);
      bob.send(`${mib}\n`);
      await alice.expect(`Bob: ${mib}\n`);
      await sent;
    }
    mallory.say("\nsorry");
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
