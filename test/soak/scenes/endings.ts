/** All the ways in which a connection ends. */
import type { Caller } from "../caller.ts";
import type { Play } from "../play.ts";
import type { Kind } from "../tally.ts";

const PASTE_LINES = 1_000;

/** Like `printf 'Backup' | nc -N`: the input ends, in place of an LF or at the prompt. */
export async function halfCloses(play: Play): Promise<void> {
  const silent = await play.call();
  silent.halfClose();
  await silent.over;
  play.count("half-close at the prompt");

  const named = await play.dial();
  named.name = play.name();
  named.send(named.name);
  await play.leave(named);
  const brief = await play.dial();
  brief.name = play.name();
  brief.send(`${brief.name}\n${brief.nextRemark(100)}`);
  await play.leave(brief);
  play.count("half-close instead of LF", 2);
}

/** A client that was told goodbye may never close. */
export async function neverCloses(play: Play): Promise<void> {
  const caller = await play.join();
  caller.lingers = true;
  await caller.ask("/quit\n", /^\*\*\* Goodbye\.$/);
  await play.until(() => caller.isClosed);
  play.count("never closes");
}

const RESETS: readonly { kind: Kind; before: (play: Play, caller: Caller) => Promise<void> }[] = [
  { kind: "reset at the prompt", before: async (_, caller) => void (await caller.hears("prompt")) },
  {
    kind: "reset in the room",
    async before(play, caller) {
      await enterAndSpeak(play, caller);
      await play.sleep(play.random.between(0, 50));
    },
  },
  {
    kind: "reset in mid-line",
    async before(play, caller) {
      await enterAndSpeak(play, caller);
      caller.send(caller.nextRemark(1_000).slice(0, play.random.between(1, 500)));
      await play.sleep(play.random.between(0, 20));
    },
  },
  {
    kind: "reset with unread input",
    async before(play, caller) {
      await enterAndSpeak(play, caller);
      caller.pause();
      caller.send("/help\n/who\n".repeat(100));
      await play.sleep(play.random.between(0, 100));
    },
  },
  {
    // The server has not read it: it is more than may be sent at once.
    kind: "reset with unread output",
    async before(play, caller) {
      await enterAndSpeak(play, caller);
      paste(caller, PASTE_LINES);
      await play.sleep(play.random.between(0, 100));
    },
  },
];

export async function resets(play: Play): Promise<void> {
  const early = await play.dial();
  early.reset();
  play.count("reset at once");
  for (const { kind, before } of play.random.shuffled(RESETS)) {
    const caller = await play.dial();
    await before(play, caller);
    caller.reset();
    play.count(kind);
  }
}

/** Sends far more lines at once than are read at once; all of them must be heard. */
export async function pasting(play: Play): Promise<void> {
  const caller = await play.join();
  paste(caller, PASTE_LINES);
  play.count("paste");
  await play.leave(caller);
}

async function enterAndSpeak(play: Play, caller: Caller): Promise<void> {
  await caller.hears("prompt");
  await play.enter(caller, play.name());
  play.say(caller);
}

function paste(caller: Caller, lines: number): void {
  let text = "";
  for (let line = 0; line < lines; line++) text += `${caller.nextRemark(line % 60)}\n`;
  caller.send(text);
}
