/** Many people at once, people who never say anything, and a welcome that changes. */
import { GOODBYES } from "../../../lib/text/messages.ts";
import type { Caller } from "../caller.ts";
import { HERE, type Play } from "../play.ts";
import { MAX_CLIENTS, MAX_CLIENTS_PER_ADDRESS } from "../settings.ts";

const STORM = 40;

/** Many connect at the same moment, and each does something else. */
export async function storm(play: Play): Promise<void> {
  const address = play.random.chance(0.5) ? HERE : undefined;
  await Promise.all(Array.from({ length: STORM }, () => comeAndGo(play, address)));
  play.count("storm");
}

async function comeAndGo(play: Play, address: string | undefined): Promise<void> {
  const { random } = play;
  const caller = await play.dial(address);
  // All of them are too many for one address, and for the server.
  caller.isReckless = true;
  if (random.chance(0.2)) return caller.reset();
  if (random.chance(0.2)) {
    caller.halfClose();
    return caller.over;
  }
  if ((await play.ifThere(caller.hears("prompt"))) === undefined) return;
  if (random.chance(0.3)) return caller.reset();
  await play.ifThere(play.enter(caller, play.name()));
  if (random.chance(0.3)) return caller.reset();
  play.say(caller);
  caller.halfClose();
  await caller.over;
}

export async function fillServer(play: Play): Promise<void> {
  if (await overcrowd(play, HERE, MAX_CLIENTS, GOODBYES["server full"])) play.count("server full");
}

export async function fillAddress(play: Play): Promise<void> {
  const isFull = await overcrowd(
    play,
    "127.0.0.7",
    MAX_CLIENTS_PER_ADDRESS + 4,
    GOODBYES["address full"],
  );
  if (isFull) play.count("address full");
}

/** Makes this many people connect, and returns whether somebody was told this. */
async function overcrowd(
  play: Play,
  address: string,
  count: number,
  word: string,
): Promise<boolean> {
  const callers: Caller[] = [];
  for (let index = 0; index < count; index++) callers.push(await play.dial(address));
  const prompts = callers.map((caller) => play.ifThere(caller.hears("prompt")));
  await Promise.all(prompts);
  const isTold = callers.some(({ lastLine }) => `${lastLine}\n` === word);
  for (const caller of callers) caller.reset();
  return isTold;
}

export async function neverGivesName(play: Play): Promise<void> {
  const caller = await play.call();
  await caller.hears(/^Disconnected: no name given\.$/);
  play.count("no name given");
}

export async function idle(play: Play): Promise<void> {
  const caller = await play.join();
  await caller.hears(/^\*\*\* You will be disconnected in a second unless you say something\.$/);
  play.count("warned");
  await caller.hears(/^Disconnected: idle timeout\.$/);
  play.count("idle timeout");
}

/** The welcome file is written anew, and a signal tells the server. */
export async function reloadWelcome(play: Play): Promise<void> {
  const { stage } = play;
  const edition = await stage.changeWelcome();
  for (;;) {
    const caller = await play.call(HERE);
    const isNew = caller.edition === edition;
    caller.reset();
    if (isNew) break;
    await play.sleep(5);
  }
  stage.confirmWelcome(edition);
  play.count("welcome reloaded");
}

/** A newcomer is shown what was said last. */
export async function history(play: Play): Promise<void> {
  const speaker = await play.join(HERE);
  for (let line = 0; line < 5; line++) play.say(speaker);
  await speaker.ask("/who\n", / here:$/);
  const caller = await play.call(HERE);
  caller.name = play.name();
  const greeting = caller.hears(/^\*\*\* You are \S+, with \d+ others?\. /);
  const told = caller.hears(/^\*\*\* \d lines? from before you came:$/);
  const end = caller.hears(/^\*\*\* This is now:$/);
  caller.send(`${caller.name}\n`);
  await greeting;
  play.count("greeted");
  await Promise.all([told, end]);
  play.count("history shown");
  await Promise.all([play.leave(speaker), play.leave(caller)]);
}
