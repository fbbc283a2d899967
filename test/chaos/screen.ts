/** What one person has seen: the lines of others in their order, private lines, and what the server says. */
import {
  IN_TOUCH,
  LINE_LOST,
  LINES_MISSING,
  LOST_TOUCH,
  PLEASE_WAIT,
} from "../../lib/text/messages.ts";
import { parseSaid, parseWhisper, type Remark } from "./remark.ts";

/** How many of the last lines are kept to be shown. */
const LAST_MAX = 40;

/** What the server tells people when something is wrong. */
export const NOTICES = {
  "lost touch": LOST_TOUCH.trimEnd(),
  "in touch": IN_TOUCH.trimEnd(),
  "lines missing": LINES_MISSING.trimEnd(),
  "line lost": LINE_LOST.trimEnd(),
  "please wait": PLEASE_WAIT.trimEnd(),
} as const;

export type Notice = keyof typeof NOTICES | "other name" | "server gone";

export class Screen {
  readonly last: string[] = [];
  /** The keys of all remarks since the last check, in order, and each author's name. */
  heard: string[] = [];
  names = new Map<string, string>();
  /** Private lines that came, and those of its own that were confirmed, since the last check. */
  whispers: string[] = [];
  confirmed: string[] = [];
  /** When each notice was seen since the last check. */
  notices: { notice: Notice; atMs: number }[] = [];
  /** What must not have happened. */
  faults: string[] = [];
  isOutOfTouch = false;
  /** The people that the last answer to /who lists; undefined while it is not complete. */
  who: string[] | undefined;
  /** How many are here according to it. */
  whoCount = 0;
  #whoMissing = 0;
  #whoList: string[] = [];
  readonly #contested: ReadonlySet<string>;
  readonly #lastNumbers = new Map<number, number>();
  /** The people of whom it is known whether they are here. */
  readonly #present = new Map<string, boolean>();

  /** @param contested names that several people want, which may come and go at once */
  constructor(contested: ReadonlySet<string>) {
    this.#contested = contested;
  }

  show(line: string): void {
    this.last.push(line);
    if (this.last.length > LAST_MAX) this.last.shift();
    const said = parseSaid(line);
    if (said !== undefined) return this.#hear(said);
    const whisper = parseWhisper(line);
    if (whisper !== undefined) {
      (whisper.isSender ? this.confirmed : this.whispers).push(whisper.key);
    } else {
      this.#note(line);
      this.#countPresence(line);
      this.#readWho(line);
    }
  }

  /** The number of the last remark that was heard of somebody. */
  lastNumber(author: number): number {
    return this.#lastNumbers.get(author) ?? -1;
  }

  count(notice: Notice): number {
    return this.notices.filter((seen) => seen.notice === notice).length;
  }

  /** Forgets what has been checked. */
  forget(): void {
    this.heard = [];
    this.names = new Map();
    this.whispers = [];
    this.confirmed = [];
    this.notices = [];
    this.faults = [];
  }

  #hear({ name, key, remark }: { name: string; key: string; remark: Remark }): void {
    const last = this.lastNumber(remark.author);
    if (remark.number <= last) this.faults.push(`saw ${key} after number ${last} of its author`);
    this.#lastNumbers.set(remark.author, Math.max(last, remark.number));
    this.heard.push(key);
    this.names.set(key, name);
  }

  #note(line: string): void {
    const atMs = performance.now();
    for (const [notice, text] of Object.entries(NOTICES)) {
      if (line === text) this.notices.push({ notice: notice as Notice, atMs });
    }
    if (line.startsWith("*** Your name was taken"))
      this.notices.push({ notice: "other name", atMs });
    if (line.endsWith("their server is gone ***")) {
      this.notices.push({ notice: "server gone", atMs });
      this.#present.clear();
    }
    if (line === NOTICES["lost touch"]) this.isOutOfTouch = true;
    if (line === NOTICES["in touch"]) this.isOutOfTouch = false;
    if (line === NOTICES["lines missing"]) this.#present.clear();
  }

  #countPresence(line: string): void {
    const [, name = "", way] = /^\*\*\* (\S+) has (joined|left) the chat \*\*\*$/.exec(line) ?? [];
    if (name !== "" && !this.#contested.has(name)) {
      const isHere = way === "joined";
      if (this.#present.get(name) === isHere) this.faults.push(`saw twice: ${line}`);
      this.#present.set(name, isHere);
    }
    const [, from, to] = /^\*\*\* (\S+) is now (\S+) \*\*\*$/.exec(line) ?? [];
    if (from === undefined || to === undefined) return;
    this.#present.set(from, false);
    this.#present.set(to, true);
  }

  #readWho(line: string): void {
    const count = /^\*\*\* (\d+) (?:person is|people are) here:$/.exec(line)?.[1];
    const name = /^\*\*\* {3}(\S+)/.exec(line)?.[1];
    if (count !== undefined) {
      this.who = undefined;
      this.#whoList = [];
      this.whoCount = Number(count);
      this.#whoMissing = Math.min(100, Number(count));
    } else if (name !== undefined && this.#whoMissing > 0) {
      this.#whoList.push(name);
      if (--this.#whoMissing === 0) this.who = this.#whoList;
    }
  }
}
