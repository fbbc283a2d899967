import { describe, expect, jest, test } from "bun:test";
import { Chat } from "../../lib/chat.ts";
import type { LinkEvents } from "../../lib/connection/link.ts";
import { resolveOptions, type Settings } from "../../lib/options/settings.ts";
import { stopClock, turnOver } from "../helpers/clock.ts";
import { LateJournal } from "../helpers/late-journal.ts";
import { ScriptedLink } from "../helpers/scripted-link.ts";

stopClock();

function stage(given: Partial<Settings> = {}) {
  const chat = new Chat(resolveOptions({ lineRate: 0, ...given }));
  const join = (name: string) => {
    const link = new ScriptedLink();
    const events = chat.accept(link) as LinkEvents;
    const say = (text: string) => events.received(Buffer.from(text));
    say(`${name}\n`);
    return { link, events, say };
  };
  return { chat, join };
}

describe("Chat", () => {
  test("a slow reader gets the last lines of much that is said at once, with a small queue too", async () => {
    const { join } = stage({ queueLimitBytes: 4_096 });
    const [alice, bob] = [join("Alice"), join("Bob")];
    await turnOver();
    alice.link.script(1, ...Array(100).fill(0));
    const line = (number: number) => `${number} ${"x".repeat(90)}\n`;
    bob.say(Array.from({ length: 200 }, (_, number) => line(number)).join(""));
    await turnOver();
    // She is left behind. From here on nobody waits for her.
    jest.advanceTimersByTime(100);
    for (let turn = 0; turn < 3; turn++) await turnOver();
    alice.link.script();
    alice.events.drained();
    expect(alice.link.sent).toContain(" lines skipped: your connection is too slow ***\n");
    expect(alice.link.sent).toEndWith(`Bob: ${line(199)}`);
    for (const { events } of [alice, bob]) events.closed(undefined);
  });

  test("drains without those whose name is not theirs yet, and is over when they have gone", async () => {
    let journal: LateJournal | undefined;
    const chat = new Chat(resolveOptions({}), {
      createJournal: (host) => (journal = new LateJournal(host)),
    });
    const link = new ScriptedLink();
    const events = chat.accept(link) as LinkEvents;
    events.received(Buffer.from("Bob\n"));
    expect(journal?.waiting).toEqual(["join"]);
    const drained = chat.drain();
    expect(link.sent).toEndWith("*** The server is shutting down ***\n");
    journal?.answer();
    expect(journal?.waiting).toEqual(["leave"]);
    events.closed(undefined);
    await drained;
  });
});
