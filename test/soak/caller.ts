/**
 * A client of a server that is soaked, over a socket of its own. It does what its scene says. Everything that it is
 * sent is checked, whatever it does meanwhile.
 */
import { GOODBYES } from "../../lib/text/messages.ts";
import { ClientSocket } from "../helpers/client-socket.ts";
import { Hearing } from "./hearing.ts";
import { remark } from "./remark.ts";
import { show, Transcript, type Listener } from "./transcript.ts";

const LAST_WORDS = new Set(Object.values(GOODBYES).map((line) => line.trimEnd()));

/** What a caller needs of the soak. */
export interface ChatContext {
  readonly port: number;
  /** Reports something that must not happen. This ends the soak. */
  fail(what: string): void;
  /** Which welcome a line is; `undefined` if no such welcome was written. */
  welcomeEdition(text: string): number | undefined;
  /** The last welcome that was certainly shown. A later one may be shown too. */
  readonly edition: number;
}

/** The connection ended while its scene waited for something. */
export class Gone extends Error {
  /** Whether the server may have had a reason to end it. */
  readonly isExplained: boolean;

  constructor(lastLine: string, isExplained: boolean, who: string) {
    super(`${who} was disconnected after ${show(lastLine)}`);
    this.isExplained = isExplained;
  }
}

interface Waiter {
  readonly pattern: RegExp | "prompt";
  readonly found: PromiseWithResolvers<string>;
}

export class Caller extends ClientSocket implements Listener {
  static #lastId = 0;
  readonly id = ++Caller.#lastId;
  readonly hearing: Hearing;
  readonly transcript = new Transcript(this);
  readonly #context: ChatContext;
  readonly #leastEdition: number;
  readonly #onLine: ((text: string) => void) | undefined;
  readonly #waiters = new Set<Waiter>();
  readonly #over = Promise.withResolvers<void>();
  #isOver = false;
  #lastLine = "";
  #shown: number | undefined;
  name = "";
  /** How many remarks it has made to everybody. */
  said = 0;
  /** Whether the server may end the connection without a word, for instance because it did not read. */
  isReckless = false;

  private constructor(context: ChatContext, onLine?: (text: string) => void) {
    super();
    this.#context = context;
    this.#leastEdition = context.edition;
    this.#onLine = onLine;
    this.hearing = new Hearing(this.id, onLine !== undefined);
  }

  /**
   * @param localAddress which of loopback's addresses it comes from
   * @param onLine is told each line, if this caller is there before everybody
   */
  static async connect(
    context: ChatContext,
    localAddress: string,
    onLine?: (text: string) => void,
  ): Promise<Caller> {
    return await new Caller(context, onLine).open(context.port, "127.0.0.1", localAddress);
  }

  /** Resolves when the connection is over, on both sides or on the server's. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Which welcome it was shown. */
  get edition(): number | undefined {
    return this.#shown;
  }

  get lastLine(): string {
    return this.#lastLine;
  }

  /** Waits for the first line from now on that matches. @throws {Gone} */
  hears(pattern: RegExp | "prompt"): Promise<string> {
    const found = Promise.withResolvers<string>();
    // The result may be looked at only later.
    found.promise.catch(() => {});
    const waiter = { pattern, found };
    this.#waiters.add(waiter);
    if (this.#isOver) this.#giveUp();
    else this.#tellPrompted();
    return found.promise;
  }

  ask(data: string | Uint8Array, pattern: RegExp): Promise<string> {
    const answer = this.hears(pattern);
    this.send(data);
    return answer;
  }

  /** The next remark to everybody, as it is sent. */
  nextRemark(length: number): string {
    return remark(this.id, this.said++, length);
  }

  override pause(): void {
    this.isReckless = true;
    super.pause();
  }

  describe(): string {
    const state = this.isClosed ? "closed" : this.#isOver ? "ended" : "open";
    const waits = [...this.#waiters].map(({ pattern }) => pattern).join(" ") || "nothing";
    const unsent = `${this.unsentBytes} bytes unsent`;
    return `${this.#title} is ${state}, waits for ${waits}, ${unsent}, said ${this.said}`;
  }

  onLine(text: string): void {
    this.#lastLine = text;
    const fault = this.hearing.hear(text);
    if (fault !== undefined) this.onFault(fault);
    this.#onLine?.(text);
    for (const waiter of this.#waiters) {
      if (waiter.pattern === "prompt" || !waiter.pattern.test(text)) continue;
      this.#waiters.delete(waiter);
      waiter.found.resolve(text);
    }
  }

  onFault(what: string): void {
    this.#context.fail(`${this.#title}: ${what}`);
  }

  isWelcome(text: string): boolean {
    if (this.#lastLine !== "") return false;
    this.#shown = this.#context.welcomeEdition(text);
    return this.#shown !== undefined && this.#shown >= this.#leastEdition;
  }

  protected onData(bytes: Uint8Array): void {
    this.transcript.push(bytes);
    this.#tellPrompted();
  }

  protected onEnd(): void {
    this.#isOver = true;
    this.#over.resolve();
    this.#giveUp();
  }

  get #title(): string {
    return `caller ${this.id} (${this.name || "without a name"})`;
  }

  #tellPrompted(): void {
    if (!this.transcript.isPrompted) return;
    for (const waiter of this.#waiters) {
      if (waiter.pattern !== "prompt") continue;
      this.#waiters.delete(waiter);
      waiter.found.resolve("");
    }
  }

  #giveUp(): void {
    const isExplained = this.isReckless || LAST_WORDS.has(this.#lastLine);
    for (const { found } of this.#waiters) {
      found.reject(new Gone(this.#lastLine, isExplained, this.#title));
    }
    this.#waiters.clear();
  }
}
