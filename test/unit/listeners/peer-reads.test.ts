import { describe, expect, jest, test } from "bun:test";
import { dlopen } from "bun:ffi";
import { PeerReads } from "../../../lib/listeners/peer-reads.ts";
import { startChatServer } from "../../../lib/server.ts";
import { ChatClient } from "../../helpers/chat-client.ts";
import { stopClock, turnOver } from "../../helpers/clock.ts";
import { HAS_PROC } from "../../helpers/proc.ts";

stopClock();

const NOTE = HAS_PROC ? "" : ": skipped, needs Linux";
const LIBC = {
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  connect: { args: ["i32", "ptr", "u32"], returns: "i32" },
  send: { args: ["i32", "ptr", "usize", "i32"], returns: "i64" },
  recv: { args: ["i32", "ptr", "usize", "i32"], returns: "i64" },
  close: { args: ["i32"], returns: "i32" },
} as const;

const MSG_WAITALL = 0x100;

/** A client that reads exactly as many bytes as it is told to. Bun's own sockets read everything. */
class ExactReader implements Disposable {
  readonly #libc = dlopen("libc.so.6", LIBC);
  readonly #descriptor = this.#libc.symbols.socket(2, 1, 0);

  constructor(port: number, name: string) {
    const address = Buffer.from(new ArrayBuffer(16));
    address.writeUInt16LE(2, 0);
    address.writeUInt16BE(port, 2);
    address.set([127, 0, 0, 1], 4);
    expect(this.#libc.symbols.connect(this.#descriptor, address, 16)).toBe(0);
    const line = Buffer.from(new TextEncoder().encode(`${name}\n`).buffer);
    expect(Number(this.#libc.symbols.send(this.#descriptor, line, line.length, 0))).toBe(
      line.length,
    );
  }

  read(bytes: number): void {
    expect(this.readText(bytes).length).toBe(bytes);
  }

  /** Reads this many bytes, or fewer if there are no more; nothing if the connection was reset. */
  readText(bytes: number): string {
    const buffer = Buffer.from(new ArrayBuffer(bytes));
    const received = this.#libc.symbols.recv(this.#descriptor, buffer, bytes, MSG_WAITALL);
    return buffer.toString("utf8", 0, Math.max(0, Number(received)));
  }

  [Symbol.dispose](): void {
    this.#libc.symbols.close(this.#descriptor);
    this.#libc.close();
  }
}

/** More than the system and the queues take for two clients that do not read. */
const LINES = 12_000;
const LINE = `${"x".repeat(1_000)}\n`;

describe.skipIf(!HAS_PROC)(`a reader on this machine${NOTE}`, () => {
  test("stays as long as it reads a few bytes in the stall timeout, and no longer", async () => {
    let logged = "";
    const given = { lineRate: 0, idleTimeoutMs: 0, stallTimeoutMs: 30_000 };
    await using server = startChatServer({
      port: 0,
      quiet: true,
      log: (text) => (logged += text),
      ...given,
    });
    using alice = await ChatClient.join(server.port, "Alice");
    using bob = await ChatClient.join(server.port, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    using slow = new ExactReader(server.port, "Slow");
    using _dead = new ExactReader(server.port, "Dead");
    while (!logged.includes("Slow") || !logged.includes("Dead")) await turnOver();
    for (let batch = 0; batch < 24; batch++) {
      alice.send(LINE.repeat(LINES / 24));
      for (let heard = 0; heard < (LINES / 24) * LINE.length;) {
        jest.advanceTimersByTime(1);
        await turnOver();
        if (bob.unread !== "") heard += (await bob.first()).length;
      }
    }
    const pass = async (ms: number) => {
      jest.advanceTimersByTime(ms);
      for (let turn = 0; turn < 5; turn++) await turnOver();
    };
    for (let second = 0; second < 120; second++) {
      slow.read(1_000);
      await pass(1_000);
    }
    expect(logged).toContain("has left: too slow\n");
    expect(logged).toMatch(/^Dead .* has left: too slow$/m);
    expect(logged).not.toMatch(/^Slow .* has left/m);
    for (let second = 0; second < 61; second++) await pass(1_000);
    expect(logged).toMatch(/^Slow .* has left: too slow$/m);
    expect(server.clients).toBe(2);
  });
});

test.skipIf(!HAS_PROC)(
  `a client that quits is let go when it has read everything, and not before${NOTE}`,
  async () => {
    let hasLeft = false;
    await using server = startChatServer({
      port: 0,
      closeTimeoutMs: 1_000_000,
      onEvent: ({ type }) => void (hasLeft ||= type === "left"),
    });
    using quitter = new ExactReader(server.port, "Quitter\n/help\n/quit");
    while (!hasLeft) await turnOver();
    const pass = async () => {
      jest.advanceTimersByTime(100);
      await turnOver();
      return server.clients;
    };
    for (let time = 0; time < 5; time++) expect(await pass()).toBe(1);
    const text = quitter.readText(10_000);
    expect(text).toStartWith("Enter your name: *** /help");
    expect(text).toEndWith("*** Goodbye.\n");
    while ((await pass()) > 0);
  },
);

describe("PeerReads", () => {
  test.each([
    ["of a socket that is elsewhere or closed", "libc.so.6"],
    ["without a C library", "libnone.so.0"],
  ])("knows nothing %s", (_, library) => {
    const reads = new PeerReads(library);
    const here = { localAddress: "127.0.0.1", localPort: 9 };
    const ends = [
      {},
      { ...here, remoteAddress: "192.0.2.1", remotePort: 9 },
      { ...here, remoteAddress: "127.0.0.1", remotePort: 9 },
      { localAddress: "::1", localPort: 9, remoteAddress: "::1", remotePort: 9 },
    ];
    expect(ends.map((end) => reads.of(end))).toEqual(ends.map(() => undefined));
  });
});
