/** People who do not read what they are sent, or not as fast as it comes. */
import type { Caller } from "../caller.ts";
import { HERE, type Play } from "../play.ts";
import { SETTINGS } from "../settings.ts";

/** The system takes about 4 MB for one that does not read, and the server a quarter. */
const FILL_BYTES = 5_500_000;

/** How much is on its way from one sender. The witnesses' own buffers hold it, however slow they are. */
const SPURT_BYTES = 200_000;
const LINE_LENGTH = 4_000;

const STALLED_MAX = 6;

/** How often people who do not read say something, so that they do not count as idle. */
const SIGN_MS = 300;

type Fate = (play: Play, caller: Caller) => Promise<void>;

const FATES: readonly Fate[] = [recover, beDropped, leaveUnread];

/** Some stop reading while others send in bulk, which fills their queues and holds the room. */
export async function stalledReaders(play: Play): Promise<void> {
  const { random } = play;
  const count = random.between(FATES.length, STALLED_MAX);
  const stalled = await Promise.all(Array.from({ length: count }, () => play.join(HERE)));
  for (const caller of stalled) caller.pause();
  const senders = await Promise.all([play.join(HERE), play.join(HERE)]);
  let isFull = false;
  const fillAll = async () => {
    await Promise.all(senders.map((sender) => fill(play, sender, FILL_BYTES / senders.length)));
    isFull = true;
  };
  await Promise.all([fillAll(), showSigns(play, stalled, () => isFull)]);
  await Promise.all(senders.map((sender) => play.leave(sender)));
  await Promise.all(
    stalled.map((caller, index) => (FATES[index % FATES.length] as Fate)(play, caller)),
  );
}

async function recover(play: Play, caller: Caller): Promise<void> {
  const skipped = caller.hears(/^\*\*\* \d+ lines? skipped: your connection is too slow \*\*\*$/);
  caller.resume();
  // On a busy machine it may have been too late.
  if ((await play.ifThere(skipped)) === undefined) return;
  play.count("lines skipped");
  await caller.ask("/who\n", / here:$/);
  play.count("stalled, recovered");
  await play.leave(caller);
}

async function beDropped(play: Play, caller: Caller): Promise<void> {
  await showSigns(play, [caller], () => caller.isOver);
  play.count("stalled, dropped");
}

/** Ends its input, and still does not read for longer than the server waits. */
async function leaveUnread(play: Play, caller: Caller): Promise<void> {
  caller.halfClose();
  await play.sleep(2 * SETTINGS.closeTimeoutMs);
  // If everything that waited was cut, or found space, the server closed it in peace. Reading shows that.
  caller.resume();
  await caller.over;
  play.count("stalled, left");
}

async function showSigns(play: Play, callers: Caller[], isOver: () => boolean): Promise<void> {
  for (let sinceMs = SIGN_MS; !isOver(); sinceMs += 20) {
    if (sinceMs >= SIGN_MS) {
      for (const caller of callers) play.say(caller);
      sinceMs = 0;
    }
    await play.sleep(20);
  }
}

async function fill(play: Play, sender: Caller, bytes: number): Promise<void> {
  const { witnesses } = play.stage;
  for (let sent = 0; sent < bytes;) {
    for (let spurt = 0; spurt < SPURT_BYTES;) {
      const line = `${sender.nextRemark(LINE_LENGTH)}\n`;
      spurt += Buffer.byteLength(line);
      sender.send(line);
    }
    sent += SPURT_BYTES;
    await play.until(() => sender.isOver || witnesses.every((each) => each.hasHeard(sender)));
    if (sender.isOver) return;
  }
}

const SLOW_READS = 15;

export async function slowReader(play: Play): Promise<void> {
  const caller = await play.join();
  for (let read = 0; read < SLOW_READS; read++) {
    caller.pause();
    await play.sleep(play.random.between(10, 100));
    caller.resume();
    if (read % 5 === 0) play.say(caller);
    await play.sleep(1);
  }
  await caller.ask("/who\n", / here:$/);
  play.count("slow reader");
  await play.leave(caller);
}
