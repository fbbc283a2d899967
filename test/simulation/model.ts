/**
 * What a chat is to its clients, without sockets, bytes, queues or time limits. It is told in which
 * order lines were read and stays ended, and says what everybody must be sent because of it. Whether
 * that order was allowed is for the simulation to judge.
 */
import { HISTORY_BYTES_MAX } from "../../lib/room/history.ts";
import {
  ANSWERS,
  GOODBYES,
  greeting,
  joined,
  left,
  lineTooLong,
  messageTooLong,
  nameTaken,
  notice,
  past,
  renamed,
  said,
} from "../../lib/text/messages.ts";
import type { LeaveReason } from "../../lib/events.ts";
import { PROMPT } from "../../lib/options/options.ts";
import { obey } from "./model-commands.ts";
import type { Hidden, Person } from "./person.ts";
import type { FaultTally } from "./tally.ts";
import { LINE_LIMIT_BYTES, type Name, type Unit } from "./vocabulary.ts";

/** The tests of names say which of them is due. */
const REFUSED = /^Names .*\n$/;
const NAMES_KEPT = 10;

export interface ModelSettings {
  readonly welcome: string;
  readonly history: number;
  readonly queueLimitBytes: number;
  readonly messageLimitBytes: number;
  readonly greeting: boolean;
}

export class Model {
  readonly members = new Set<Person>();
  readonly #settings: ModelSettings;
  readonly tally: FaultTally;
  #history: string[] = [];

  /** @param tally is told of what the model alone knows of */
  constructor(settings: ModelSettings, tally: FaultTally) {
    this.#settings = settings;
    this.tally = tally;
  }

  /** Somebody has connected and is let in. */
  welcome(person: Person): void {
    person.told(this.#settings.welcome + PROMPT);
  }

  /** A line was read at `nowMs`; `isAffordable` says whether a change of name was in the budget. */
  line(person: Person, unit: Unit, nowMs: number, isAffordable: boolean): void {
    const isNaming = person.phase === "naming";
    const { text, shown, command } = unit;
    if (text === undefined) {
      const refusal = lineTooLong(LINE_LIMIT_BYTES);
      person.told(isNaming ? refusal : notice(refusal));
    } else if (isNaming) this.#claim(person, unit, nowMs);
    else if (command?.word === "nick") this.#nick(person, command.name, isAffordable);
    else if (command) obey(this, person, command, nowMs);
    else if (shown !== "" && !this.refuses(person, shown)) {
      this.say(person, said(person.name, shown), nowMs);
    }
  }

  /** A stay is over. */
  leave(person: Person): void {
    person.phase = "left";
    if (!this.members.delete(person)) return;
    for (const ignorer of this.members) {
      const own = ignorer.hidden.find((each) => each.person === person);
      if (own !== undefined) this.#keep(ignorer, own);
    }
    this.#tellAll(left(person.name));
  }

  /** What is hidden of those who are away, and had a name of the one who has just left, is one. */
  #keep(ignorer: Person, own: Hidden): void {
    own.person = undefined;
    const shares = ({ keys }: Hidden) => keys.some((key) => own.keys.includes(key));
    const others = ignorer.hidden.filter(
      (each) => each !== own && each.person === undefined && shares(each),
    );
    for (const { keys } of others) {
      own.keys = [...new Set([...keys, ...own.keys].reverse())].reverse().slice(-NAMES_KEPT);
    }
    ignorer.hidden = ignorer.hidden.filter((each) => !others.includes(each));
  }

  goodbye(person: Person, reason: LeaveReason): void {
    person.told(GOODBYES[reason]);
  }

  /** The server stops: everybody is out at once, and nobody is told of the others. */
  dissolve(): void {
    this.members.clear();
  }

  holderOf(key: string): Person | undefined {
    return [...this.members].find((member) => member.key === key);
  }

  /** Whether a message is too long to be sent, which its author is then told. */
  refuses(person: Person, text: string): boolean {
    const { messageLimitBytes } = this.#settings;
    if (Buffer.byteLength(text) <= messageLimitBytes) return false;
    this.tally.add("a message is too long");
    person.told(messageTooLong(messageLimitBytes));
    return true;
  }

  /** Everybody else is shown `line`, unless it hides this person. */
  say(person: Person, line: string, nowMs: number): void {
    person.spokeAtMs = nowMs;
    this.#remember(line);
    this.#tellAll(line, (member) => member === person || member.hides(person));
  }

  #tellAll(text: string, isNot: (member: Person) => boolean = () => false): void {
    for (const member of this.members) if (!isNot(member)) member.told(text);
  }

  #claim(person: Person, { text, name }: Unit, nowMs: number): void {
    if (text?.trim() === "") return person.told(PROMPT);
    if (name === undefined) {
      this.tally.add("a name is refused");
      return person.told(REFUSED, PROMPT);
    }
    if (this.holderOf(name.key)) {
      this.tally.add("a name is taken");
      return person.told(nameTaken(name.shown), PROMPT);
    }
    this.#tellAll(joined(name.shown));
    person.phase = "chatting";
    person.spokeAtMs = nowMs;
    this.#rename(person, name);
    if (this.#settings.greeting) person.told(greeting(name.shown, this.members.size));
    this.members.add(person);
    if (this.#history.length > 0) person.told(past(this.#history));
  }

  #nick(person: Person, name: Name, isAffordable: boolean): void {
    const holder = this.holderOf(name.key) ?? person;
    if (holder !== person) return person.told(notice(nameTaken(name.shown)));
    if (!isAffordable) {
      this.tally.add("a change of name is not affordable");
      return person.told(ANSWERS.renamedTooOften);
    }
    const from = person.name;
    this.#rename(person, name);
    this.#tellAll(renamed(from, name.shown));
  }

  #rename(person: Person, { shown, key }: Name): void {
    person.name = shown;
    person.key = key;
    for (const { hidden } of this.members) {
      for (const each of hidden) {
        const isBack = each.person === undefined && each.keys.includes(key);
        if (isBack && !this.members.has(person)) {
          this.tally.add("somebody comes back to who ignores it");
          each.person = person;
        }
        if (each.person !== person) continue;
        each.name = shown;
        each.keys = [...each.keys.filter((other) => other !== key), key].slice(-NAMES_KEPT);
      }
    }
  }

  #remember(line: string): void {
    const bytesMax = Math.min(HISTORY_BYTES_MAX, this.#settings.queueLimitBytes / 4);
    if (Buffer.byteLength(line) > bytesMax / 8) return;
    this.#history.push(line);
    while (
      this.#history.length > this.#settings.history ||
      Buffer.byteLength(this.#history.join("")) > bytesMax
    ) {
      this.#history.shift();
    }
  }
}
