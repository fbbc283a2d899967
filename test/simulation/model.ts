/**
 * What a chat is to its clients, without sockets, bytes, queues or time limits. It is told in which
 * order lines were read and stays ended, and says what everybody must be sent because of it. Whether
 * that order was allowed is for the simulation to judge.
 */
import { HISTORY_BYTES_MAX } from "../../lib/history.ts";
import {
  ANSWERS,
  GOODBYES,
  joined,
  left,
  lineTooLong,
  nameTaken,
  notice,
  PROMPT,
} from "../../lib/messages.ts";
import {
  acted,
  past,
  privateFrom,
  privateTo,
  renamed,
  said,
  type LeaveReason,
} from "../../lib/messages.ts";
import type { Tally } from "./tally.ts";
import { Transcript } from "./transcript.ts";
import { LINE_LIMIT_BYTES, type Command, type Name, type Unit } from "./vocabulary.ts";

/** The tests of names say which of them is due. */
const REFUSED = /^Names .*\n$/;
const NAMES_KEPT = 10;
const HELP_LINES = 10;

/** What one member hides: a person, under all the names that it has had lately. */
interface Hidden {
  person: Person | undefined;
  name: string;
  keys: string[];
}

export class Person {
  phase: "naming" | "chatting" | "left" = "naming";
  name = "";
  key = "";
  spokeAtMs = 0;
  /** Who last wrote to it alone. */
  writer: Person | undefined;
  hidden: Hidden[] = [];
  readonly transcript: Transcript;

  constructor(welcome: string) {
    this.transcript = new Transcript(welcome === "");
  }

  hides(person: Person): boolean {
    return this.hidden.some((each) => each.person === person);
  }

  /** It must be told this. */
  told(...texts: (string | RegExp)[]): void {
    this.transcript.expect(...texts);
  }
}

export interface ModelSettings {
  readonly welcome: string;
  readonly history: number;
  readonly queueLimitBytes: number;
}

export class Model {
  readonly members = new Set<Person>();
  readonly #settings: ModelSettings;
  readonly #tally: Tally;
  #history: string[] = [];

  /** @param tally is told of what the model alone knows of */
  constructor(settings: ModelSettings, tally: Tally) {
    this.#settings = settings;
    this.#tally = tally;
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
    else if (command) this.#obey(person, command, nowMs);
    else if (shown !== "") this.#say(person, said(person.name, shown), nowMs);
  }

  /** A stay is over. */
  leave(person: Person): void {
    person.phase = "left";
    if (!this.members.delete(person)) return;
    for (const { hidden } of this.members) {
      for (const each of hidden) if (each.person === person) each.person = undefined;
    }
    this.#tellAll(left(person.name));
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

  #tellAll(text: string, isNot: (member: Person) => boolean = () => false): void {
    for (const member of this.members) if (!isNot(member)) member.told(text);
  }

  #claim(person: Person, { text, name }: Unit, nowMs: number): void {
    if (text?.trim() === "") return person.told(PROMPT);
    if (name === undefined) {
      this.#tally.add("a name is refused");
      return person.told(REFUSED, PROMPT);
    }
    if (this.holderOf(name.key)) {
      this.#tally.add("a name is taken");
      return person.told(nameTaken(name.shown), PROMPT);
    }
    this.#tellAll(joined(name.shown));
    person.phase = "chatting";
    person.spokeAtMs = nowMs;
    this.#rename(person, name);
    this.members.add(person);
    if (this.#history.length > 0) person.told(past(this.#history));
  }

  #nick(person: Person, name: Name, isAffordable: boolean): void {
    const holder = this.holderOf(name.key) ?? person;
    if (holder !== person) return person.told(notice(nameTaken(name.shown)));
    if (!isAffordable) return person.told(ANSWERS.renamedTooOften);
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
          this.#tally.add("somebody comes back to who ignores it");
          each.person = person;
        }
        if (each.person !== person) continue;
        each.name = shown;
        each.keys = [...each.keys.filter((other) => other !== key), key].slice(-NAMES_KEPT);
      }
    }
  }

  #say(person: Person, line: string, nowMs: number): void {
    person.spokeAtMs = nowMs;
    this.#remember(line);
    this.#tellAll(line, (member) => member === person || member.hides(person));
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

  #obey(person: Person, command: Exclude<Command, { readonly word: "nick" }>, nowMs: number): void {
    switch (command.word) {
      case "help":
        return person.told(...Array.from({ length: HELP_LINES }, () => /^\*\*\* \/\S.*\n$/));
      case "who":
        return this.#who(person, nowMs);
      case "quit":
        return;
      case "unknown":
        return person.told(/^\*\*\* There is no command \/whom\. .*\n$/);
      case "explain":
        return person.told(ANSWERS.usage(command.usage));
      case "nick badly":
        return person.told(/^\*\*\* Names .*\n$/);
      case "me":
        return this.#say(person, acted(person.name, command.text), nowMs);
      case "msg":
        return this.#withOther(person, command.name, (other) => {
          this.#whisper(person, other, command.text);
        });
      case "reply":
        return this.#reply(person, command.text);
      case "ignore":
        return this.#withOther(person, command.name, (other) => this.#hide(person, other));
      case "ignored":
        return this.#listHidden(person);
      case "unignore":
        return this.#unhide(person, command.name);
      default:
        command satisfies never;
    }
  }

  #who(person: Person, nowMs: number): void {
    person.told(ANSWERS.people(this.members.size));
    for (const { name, spokeAtMs } of this.members) {
      person.told(ANSWERS.person(name, Math.floor((nowMs - spokeAtMs) / 60_000)));
    }
  }

  #withOther(person: Person, { key }: Name, act: (other: Person) => void): void {
    const other = this.holderOf(key);
    if (other === undefined) person.told(/^\*\*\* Nobody here is called .*\n$/);
    else if (other === person) person.told(ANSWERS.notToYourself);
    else act(other);
  }

  #whisper(person: Person, other: Person, text: string): void {
    if (other.hides(person)) {
      this.#tally.add("a private line is hidden");
    } else {
      other.writer = person;
      other.told(privateFrom(person.name, text));
    }
    person.told(privateTo(other.name, text));
  }

  #reply(person: Person, text: string): void {
    const { writer } = person;
    if (writer === undefined) person.told(ANSWERS.nobodyToReplyTo);
    else if (!this.members.has(writer)) person.told(ANSWERS.hasLeft(writer.name));
    else this.#whisper(person, writer, text);
  }

  #hide(person: Person, other: Person): void {
    if (!person.hides(other)) {
      person.hidden.push({ person: other, name: other.name, keys: [other.key] });
    }
    person.told(ANSWERS.ignoring(other.name));
  }

  #listHidden(person: Person): void {
    const names = person.hidden.map(({ name }) => name);
    person.told(names.length > 0 ? ANSWERS.ignored(names) : ANSWERS.ignoringNobody);
  }

  #unhide(person: Person, { key }: Name): void {
    const entry = person.hidden.find(({ keys }) => keys.at(-1) === key);
    if (entry === undefined) return person.told(/^\*\*\* You do not ignore .*\n$/);
    person.hidden = person.hidden.filter((each) => each !== entry);
    person.told(ANSWERS.noLongerIgnoring(entry.name));
  }
}
