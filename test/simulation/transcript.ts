import { CHUNK_OVERHEAD_BYTES } from "../../lib/connection/send-queue.ts";
import { isLine, UNSAFE } from "../helpers/grammar.ts";

const TELNET_ANSWER = /\xff([\xfb-\xfe])([^])/g;
const TELNET_PART = /\xff[\xfb-\xfe]?$/;
const SKIPPED = /^\*\*\* (\d+) lines? skipped: your connection is too slow \*\*\*\n/;
const SKIPPED_START = "*** ";
const TELNET_ANSWER_BYTES = 3;

/** What the model knows only a pattern of is not longer. */
const ANSWER_BYTES_MAX = 400;

/** A line that a client must be sent, or the prompt; a pattern where the model does not say all. */
export type Expected = string | RegExp;

/**
 * What one client received against what it must receive: the very bytes, or whole lines less, and a
 * line in their place that says how many.
 */
export class Transcript {
  readonly #expected: Expected[] = [];
  /** How many of them have come, or were skipped. */
  #position = 0;
  /** Bytes, one a character, that are no whole line yet. */
  #rest = "";
  /** A prompt is no line: one that waited may be dropped without a word, as others follow. */
  mayLosePrompts = false;
  /** All that the system took from the server. */
  received = "";
  readonly telnetAnswers: string[] = [];
  skippedLines = 0;
  /** All queues together were too long: then this one may be cut, however short it is. */
  mayBeCut = false;
  readonly #queueLimitBytes: number;
  readonly #isHeldToGrammar: boolean;
  /** What has to come, as a queue counts it at most, and the most that was since all had come. */
  #charge = 0;
  #chargeMax = 0;

  constructor(queueLimitBytes: number, isHeldToGrammar: boolean) {
    this.#queueLimitBytes = queueLimitBytes;
    this.#isHeldToGrammar = isHeldToGrammar;
  }

  /** It must be sent `text` next. */
  expect(...texts: Expected[]): void {
    for (const text of texts) {
      const lines = typeof text === "string" ? text.match(/[^\n]*\n|[^\n]+$/g) : [text];
      for (const line of lines ?? []) {
        this.#expected.push(line);
        this.#owe(chargeOf(line));
      }
    }
  }

  /** It may be sent an answer to Telnet, which is no line. */
  expectTelnet(): void {
    this.#owe(CHUNK_OVERHEAD_BYTES + TELNET_ANSWER_BYTES);
  }

  #owe(charge: number): void {
    this.#charge += charge;
    this.#chargeMax = Math.max(this.#chargeMax, this.#charge);
  }

  /** What was expected next has come, or is skipped. */
  #settle(): void {
    this.#charge -= chargeOf(this.#expected[this.#position++] as Expected);
    if (this.#position < this.#expected.length) return;
    this.#charge = 0;
    this.#chargeMax = 0;
  }

  /** @throws {Error} that is not what it must be sent */
  push(bytes: Uint8Array): void {
    const latin1 = Buffer.from(bytes).toString("latin1");
    this.received += latin1;
    this.#rest += latin1;
    this.#rest = this.#rest.replace(TELNET_ANSWER, (_, command: string, option: string) => {
      this.telnetAnswers.push(`${command.charCodeAt(0)} ${option.charCodeAt(0)}`);
      return "";
    });
    const [part = ""] = TELNET_PART.exec(this.#rest) ?? [];
    this.#rest = this.#rest.slice(0, this.#rest.length - part.length);
    while (this.#rest !== "" && this.#take());
    this.#rest += part;
  }

  /** Everything must have come. */
  get missing(): Expected | undefined {
    if (this.mayLosePrompts) this.#skipPrompts();
    return this.#rest === "" ? this.#expected[this.#position] : `after ${utf8(this.#rest)}`;
  }

  /** Takes the next line out of `#rest`, and returns whether it was there as a whole. */
  #take(): boolean {
    const next = this.#expected[this.#position];
    const text = utf8(this.#rest);
    if (typeof next === "string" && text.startsWith(next)) return this.#accept(next);
    const line = /^[^\n]*\n/.exec(text)?.[0];
    if (next instanceof RegExp && line !== undefined && next.test(line)) return this.#accept(line);
    const skipped = line && SKIPPED.exec(line);
    if (line && skipped) {
      this.#check(line);
      this.#skip(Number(skipped[1]));
      this.#rest = this.#rest.slice(bytes(line).length);
      return true;
    }
    const couldBeNext = typeof next === "string" ? startsAs(next, this.#rest) : next !== undefined;
    const couldBeGap = SKIPPED_START.startsWith(text.slice(0, SKIPPED_START.length));
    if (line === undefined && (couldBeNext || couldBeGap)) return false;
    if (this.mayLosePrompts && this.#isPrompt(next)) {
      this.#settle();
      return true;
    }
    throw new Error(`received ${JSON.stringify(text)} in place of ${next ?? "nothing"}`);
  }

  #accept(text: string): true {
    this.#check(text);
    this.#settle();
    this.#rest = this.#rest.slice(bytes(text).length);
    return true;
  }

  #check(text: string): void {
    if (UNSAFE.test(text)) throw new Error(`not safe for a terminal: ${JSON.stringify(text)}`);
    if (this.#isHeldToGrammar && text.endsWith("\n") && !isLine(text)) {
      throw new Error(`docs/protocol.md has no line ${JSON.stringify(text)}`);
    }
  }

  #skip(lines: number): void {
    const isNeeded = this.mayBeCut || this.#chargeMax > this.#queueLimitBytes;
    if (!isNeeded) throw new Error(`lines are skipped where ${this.#chargeMax} bytes wait at most`);
    this.skippedLines += lines;
    for (let left = lines; left > 0; this.#settle()) {
      const next = this.#expected[this.#position];
      if (next === undefined)
        throw new Error(`${left} more lines are said to be skipped than were`);
      if (!this.#isPrompt(next)) left--;
    }
  }

  #skipPrompts(): void {
    while (this.#isPrompt(this.#expected[this.#position])) this.#settle();
  }

  #isPrompt(text: Expected | undefined): boolean {
    return typeof text === "string" && !text.endsWith("\n");
  }
}

function chargeOf(line: Expected): number {
  return (
    CHUNK_OVERHEAD_BYTES + (typeof line === "string" ? Buffer.byteLength(line) : ANSWER_BYTES_MAX)
  );
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString();
}

function bytes(text: string): string {
  return Buffer.from(text).toString("latin1");
}

/** Whether `rest`, bytes, could become `next`. */
function startsAs(next: string, rest: string): boolean {
  return bytes(next).startsWith(rest);
}
