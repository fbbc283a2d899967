/** People who use the chat as they should. */
import { HERE, type Play } from "../play.ts";
import { MAX_CLIENTS_PER_ADDRESS, SETTINGS } from "../settings.ts";

const CHAT_LINES_MAX = 8;

export async function chat(play: Play): Promise<void> {
  const { random } = play;
  const caller = await play.join();
  for (let line = random.between(1, CHAT_LINES_MAX); line > 0; line--) {
    if (random.chance(0.3)) {
      await play.sendCut(caller, `${caller.nextRemark(random.between(0, 2_000))}\r\n`, 700);
      play.count("line cut anywhere");
    } else play.say(caller);
    await play.sleep(random.between(0, 60));
  }
  await play.leave(caller);
  play.count("half-close in the room");
}

/** Types so slowly that each byte arrives by itself, the name too. */
export async function type(play: Play): Promise<void> {
  const caller = await play.call();
  caller.name = play.name();
  await play.sendCut(caller, `${caller.name}\n${caller.nextRemark(20)}\n`, 1);
  await play.leave(caller);
  play.count("byte at a time");
}

export async function commands(play: Play): Promise<void> {
  const [ann, ben] = await Promise.all([play.join(HERE), play.join(HERE)]);
  await ann.ask("/help\n", /^\*\*\* \/\/text +say/);
  play.count("/help");
  await ann.ask("/who\n", /^\*\*\* \d+ people are here:$/);
  play.count("/who");
  await ann.ask("/whoo\n", /^\*\*\* There is no command \/whoo\. Did you mean \/who\?$/);
  play.count("unknown command");

  const [from, to] = [ann.name, play.name()];
  const renamed = ben.hears(RegExp(`^\\*\\*\\* ${RegExp.escape(`${from} is now ${to}`)} `));
  ann.send(`/nick ${to}\n`);
  await renamed;
  ann.name = to;
  play.count("/nick");

  const acted = ben.hears(RegExp(`^\\* ${RegExp.escape(to)} #`));
  ann.send(`/me ${ann.nextRemark(30)}\n`);
  await acted;
  play.count("/me");
  const said = ben.hears(RegExp(`^${RegExp.escape(to)}: /etc is a folder$`));
  ann.send("//etc is a folder\n");
  await said;
  play.count("//");

  const private_ = ben.hears(RegExp(`^\\[private from ${RegExp.escape(to)}\\] psst$`));
  await ann.ask(`/msg ${ben.name} psst\n`, /^\[private to \S+\] psst$/);
  await private_;
  play.count("/msg");
  const reply = ann.hears(/^\[private from \S+\] what\?$/);
  await ben.ask("/r what?\n", /^\[private to \S+\] what\?$/);
  await reply;
  play.count("/reply");
  await ann.ask("/quit\n", /^\*\*\* Goodbye\.$/);
  await ann.over;
  play.stage.expectHeard(ann);
  play.count("/quit");
  await ben.ask("/reply too late\n", /^\*\*\* \S+ is not here any more\./);
  await play.leave(ben);
}

/** One person hears nothing of another one while it ignores that one. */
export async function ignoring(play: Play): Promise<void> {
  const [ann, ben] = await Promise.all([play.join(), play.join()]);
  const { witnesses } = play.stage;
  await ann.ask(`/ignore ${ben.name}\n`, /^\*\*\* You ignore \S+ from now on\.$/);
  const heard = ann.hearing.count(ben.id);
  play.say(ben);
  await play.until(() => witnesses.every((witness) => witness.hasHeard(ben)));
  await ann.ask("/ignore\n", /^\*\*\* You ignore \S+\.$/);
  if (ann.hearing.count(ben.id) !== heard)
    ann.onFault(`hears ${ben.name}, although it ignores that person`);
  play.count("/ignore");
  await ann.ask(`/unignore ${ben.name}\n`, /^\*\*\* You no longer ignore \S+\.$/);
  const said = ann.hears(RegExp(`^${RegExp.escape(ben.name)}: #`));
  play.say(ben);
  await said;
  play.count("/unignore");
  await Promise.all([play.leave(ann), play.leave(ben)]);
}

/** Several people want one name, in several spellings. When its owner leaves, another one may have it. */
export async function claims(play: Play): Promise<void> {
  const base = `Claim${play.name().replace(/\D/g, "")}`;
  const wide = base.replace(/^C/, "Ｃ");
  const names = play.random.shuffled([base, base, base.toUpperCase(), base.toLowerCase(), wide]);
  const callers = await Promise.all(names.slice(1).map(() => play.call(HERE)));
  const answers = await Promise.all(
    callers.map((caller, index) => {
      caller.name = names[index] as string;
      return caller.ask(`${caller.name}\n/who\n`, / here:$|^The name \S+ is taken\.$/);
    }),
  );
  const winners = callers.filter((_, index) => answers[index]?.endsWith(" here:"));
  const [winner] = winners;
  if (winner === undefined || winners.length > 1) {
    return play.stage.fail(`${winners.length} people got the name ${base}`);
  }
  play.count("joined");
  play.count("name taken", answers.length - 1);
  await play.leave(winner);
  const next = callers.find((caller) => caller !== winner);
  if (next === undefined) return;
  await play.enter(next, base);
  play.count("name passed on");
  await play.leave(next);
}

const BAD_NAMES = [
  "two words",
  "-x",
  "a:b",
  "[private",
  "***",
  "/who",
  "Disconnected",
  "D1sconnected",
  "x".repeat(40),
  "x".repeat(10_000),
  "p\u0430ul",
  "e\u0301\u0302\u0303\u0304x\u0301\u0302\u0303",
  "\u{1f600}",
] as const;

export async function badNames(play: Play): Promise<void> {
  const caller = await play.call();
  for (const name of play.random.shuffled(BAD_NAMES).slice(0, 6)) {
    await caller.ask(`${name}\n`, /^Names /);
    play.count("bad name");
  }
  await play.enter(caller, play.name());
  play.say(caller);
  await play.leave(caller);
}

/** From one address, so that a limit applies. */
const CROWDED = "127.0.0.5";

export async function renames(play: Play): Promise<void> {
  const caller = await play.join(CROWDED);
  const refused = caller.hears(/^\*\*\* You change your name too often; /);
  for (let count = 0; count < 2 * SETTINGS.joinBurst; count++) {
    caller.send(`/nick ${play.name()}\n`);
  }
  await refused;
  play.count("renamed too often");
  await play.leave(caller);
}

/** More people than may join at once from one address. Some of them wait at the prompt. */
export async function joinTooOften(play: Play): Promise<void> {
  const all = Array.from({ length: MAX_CLIENTS_PER_ADDRESS }, () => play.call("127.0.0.6"));
  const callers = await Promise.all(all);
  await Promise.all(callers.map((caller) => play.enter(caller, play.name())));
  for (const caller of callers) play.say(caller);
  await Promise.all(callers.map((caller) => play.leave(caller)));
  play.count("joined too often");
}
