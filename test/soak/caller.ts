/**
 * A client of a server that is soaked, over a socket of its own. It does what its scene says. Everything that it is
 * sent is checked, whatever it does meanwhile.
 */
import { GOODBYES } from "../../lib/text/messages.ts";
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

export class Caller implements Listener {
  static #lastId = 0;
  readonly id = ++Caller.#lastId;
  readonly hearing: Hearing;
  readonly transcript = new Transcript(this);
  readonly #context: ChatContext;
  readonly #leastEdition: number;
  readonly #onLine: ((text: string) => void) | undefined;
  readonly #waiters = new Set<Waiter>();
  readonly #over = Promise.withResolvers<void>();
  #socket!: Bun.Socket;
  #unsent = Buffer.alloc(0);
  #isEnding = false;
  #isOver = false;
  #isClosed = false;
  #lastLine = "";
  #shown: number | undefined;
  name = "";
  /** How many remarks it has made to everybody. */
  said = 0;
  /** Whether the server may end the connection without a word, for instance because it did not read. */
  isReckless = false;
  /** Whether it keeps its side open when the server has closed the other. */
  lingers = false;

  private constructor(context: ChatContext, onLine?: (text: string) => void) {
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
    const caller = new Caller(context, onLine);
    const options = {
      hostname: "127.0.0.1",
      port: context.port,
      // Bun has this, but its types do not.
      localAddress,
      allowHalfOpen: true,
      socket: {
        data: (_: Bun.Socket, bytes: Uint8Array) => caller.#received(bytes),
        drain: () => caller.#write(),
        end: () => caller.#ended(),
        close: () => {
          caller.#isClosed = true;
          caller.#closed();
        },
        error: () => {},
      },
    };
    caller.#socket = await Bun.connect(options);
    return caller;
  }

  /** Resolves when the connection is over, on both sides or on the server's. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether both sides have closed, or one has reset. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Which welcome it was shown. */
  get edition(): number | undefined {
    return this.#shown;
  }

  get lastLine(): string {
    return this.#lastLine;
  }

  send(data: string | Uint8Array): void {
    this.#unsent = Buffer.concat([this.#unsent, Buffer.from(data as string)]);
    this.#write();
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

  /** Ends the sending side once all is sent, and goes on reading. */
  halfClose(): void {
    this.#isEnding = true;
    this.#write();
  }

  reset(): void {
    this.#socket.terminate();
  }

  pause(): void {
    this.isReckless = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  describe(): string {
    const state = this.#isClosed ? "closed" : this.#isOver ? "ended" : "open";
    const waits = [...this.#waiters].map(({ pattern }) => pattern).join(" ") || "nothing";
    const unsent = `${this.#unsent.length} bytes unsent`;
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

  get #title(): string {
    return `caller ${this.id} (${this.name || "without a name"})`;
  }

  #received(bytes: Uint8Array): void {
    this.transcript.push(bytes);
    this.#tellPrompted();
  }

  #tellPrompted(): void {
    if (!this.transcript.isPrompted) return;
    for (const waiter of this.#waiters) {
      if (waiter.pattern !== "prompt") continue;
      this.#waiters.delete(waiter);
      waiter.found.resolve("");
    }
  }

  #write(): void {
    const accepted = this.#unsent.length === 0 ? 0 : this.#socket.write(this.#unsent);
    this.#unsent = this.#unsent.subarray(Math.max(0, accepted));
    if (this.#isEnding && this.#unsent.length === 0) this.#socket.shutdown();
  }

  #ended(): void {
    if (!this.lingers) this.#socket.end();
    this.#closed();
  }

  #closed(): void {
    this.#isOver = true;
    this.#over.resolve();
    this.#giveUp();
  }

  #giveUp(): void {
    const isExplained = this.isReckless || LAST_WORDS.has(this.#lastLine);
    for (const { found } of this.#waiters) {
      found.reject(new Gone(this.#lastLine, isExplained, this.#title));
    }
    this.#waiters.clear();
  }
}
