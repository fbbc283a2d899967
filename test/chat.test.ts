import { describe, expect, jest, test } from "bun:test";
import { Chat, type Accepted } from "../lib/chat.ts";
import type { Connection } from "../lib/connection.ts";
import { resolveOptions, type Settings } from "../lib/settings.ts";
import { stopClock, turnOver } from "./clock.ts";
import { ScriptedTransport } from "./scripted-transport.ts";

stopClock();

class ScriptedSocket extends ScriptedTransport implements Accepted {
  data: Connection | undefined;
  remoteAddress: string | undefined = "127.0.0.1";
  readonly remotePort = 1_234;

  setKeepAlive(): void {}

  end(): void {
    this.calls.push("end");
  }
}

function stage(given: Partial<Settings> = {}) {
  const chat = new Chat(resolveOptions({ lineRate: 0, ...given }), undefined);
  const join = (name: string) => {
    const socket = new ScriptedSocket();
    chat.open(socket);
    socket.data?.received(Buffer.from(`${name}\n`));
    return { socket, say: (text: string) => socket.data?.received(Buffer.from(text)) };
  };
  return { chat, join };
}

describe("Chat", () => {
  test("a socket that has already been reset is let go of, and takes no place", () => {
    const { chat } = stage();
    const socket = new ScriptedSocket();
    socket.remoteAddress = undefined;
    chat.open(socket);
    expect(socket.calls).toEqual(["terminate"]);
    expect([chat.clients, socket.sent]).toEqual([0, ""]);
  });

  test("a slow reader gets the last lines of much that is said at once, with a small queue too", async () => {
    const { join } = stage({ queueLimitBytes: 4_096 });
    const [alice, bob] = [join("Alice"), join("Bob")];
    await turnOver();
    alice.socket.script(1, ...Array(100).fill(0));
    const line = (number: number) => `${number} ${"x".repeat(90)}\n`;
    bob.say(Array.from({ length: 200 }, (_, number) => line(number)).join(""));
    await turnOver();
    // She is left behind: from here on nobody waits for her.
    jest.advanceTimersByTime(100);
    for (let turn = 0; turn < 3; turn++) await turnOver();
    alice.socket.script();
    alice.socket.data?.drained();
    expect(alice.socket.sent).toContain(" lines skipped: your connection is too slow ***\n");
    expect(alice.socket.sent).toEndWith(`Bob: ${line(199)}`);
    for (const { socket } of [alice, bob]) socket.data?.closed(undefined);
  });
});
