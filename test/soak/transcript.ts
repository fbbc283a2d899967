/**
 * What one client of a soak is sent, as lines. Each line must be in the grammar of docs/protocol.md and in UTF-8. It
 * may have nothing that a terminal obeys, except the tab.
 */
import { PROMPT } from "../../lib/options/options.ts";
import { isLine, UNSAFE } from "../helpers/grammar.ts";

const NOT_ASCII = /[\x80-\xff]/;
const PROMPTS = new RegExp(`^(?:${PROMPT})+`);

/** Telnet's answers: IAC, DONT or WONT, and an option. */
const TELNET = /\xff[\xfe\xfc][^]/g;

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** How many correct lines are remembered, because most lines have many receivers. */
const KNOWN_MAX = 500;

export interface Listener {
  /** A line came, without its LF and the prompts before it. */
  onLine(text: string): void;
  onFault(what: string): void;
  /** Whether `text`, which is not in the grammar, is the welcome that is due. */
  isWelcome(text: string): boolean;
}

export class Transcript {
  static readonly #known = new Set<string>();
  readonly #listener: Listener;
  /** The beginning of a line, each byte a character. */
  #rest = "";
  #answers = 0;
  /** A client that has never sent an IAC never gets one. */
  speaksTelnet = false;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  push(bytes: Uint8Array): void {
    const { buffer, byteOffset, length } = bytes;
    let received = this.#rest + Buffer.from(buffer, byteOffset, length).toString("latin1");
    if (this.speaksTelnet) received = this.#withoutTelnet(received);
    const end = received.lastIndexOf("\n");
    this.#rest = received.slice(end + 1);
    if (end === -1) return;
    for (const line of received.slice(0, end).split("\n")) this.#check(line);
  }

  /** Whether the server has asked for a name and said nothing since then. */
  get isPrompted(): boolean {
    return this.#rest.endsWith(PROMPT);
  }

  /** What came after the last line. */
  get rest(): string {
    return this.#rest;
  }

  /** How many of Telnet's answers came. */
  get answers(): number {
    return this.#answers;
  }

  #withoutTelnet(received: string): string {
    return received.replace(TELNET, () => {
      this.#answers++;
      return "";
    });
  }

  #check(raw: string): void {
    const text = this.#decode(raw);
    if (text === undefined) return;
    const known = Transcript.#known;
    if (!known.has(text)) {
      if (UNSAFE.test(text)) this.#listener.onFault(`a control character in ${show(text)}`);
      else if (isLine(`${text}\n`)) this.#remember(text);
      else if (!this.#listener.isWelcome(text)) {
        this.#listener.onFault(`docs/protocol.md has no line ${show(text)}`);
      }
    }
    this.#listener.onLine(text.startsWith(PROMPT) ? text.replace(PROMPTS, "") : text);
  }

  #decode(raw: string): string | undefined {
    if (!NOT_ASCII.test(raw)) return raw;
    try {
      return UTF8.decode(Buffer.from(raw, "latin1"));
    } catch {
      this.#listener.onFault(`not UTF-8: ${show(raw)}`);
      return undefined;
    }
  }

  #remember(text: string): void {
    const known = Transcript.#known;
    if (known.size === KNOWN_MAX) known.clear();
    known.add(text);
  }
}

const SHOWN_MAX = 300;

/** `text` as a fault shows it, cut to a limited length. */
export function show(text: string): string {
  return JSON.stringify(text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text);
}
