/**
 * What is agreed with a Telnet client (RFC 854), so that it sends each key at once and shows none by itself:
 *
 * - the server echoes (RFC 857) and suppresses go-ahead (RFC 858): together they end a client's line mode
 * - the client tells its window's size and each change of it (RFC 1073), and its terminal's type (RFC 1091)
 *
 * Only what was offered is agreed to, each once: no exchange of these can go on for ever. An answer to an offer
 * before may still be on its way, so a refusal ends no offer. That an option which is on is switched off does.
 */
import { DO, DONT, IAC, SB, SE, WILL, WONT } from "./telnet-codes.ts";

const ECHO = 1;
const SUPPRESS_GO_AHEAD = 3;
const TERMINAL_TYPE = 24;
const NAWS = 31;

/** The first byte of a terminal's type, and the one that asks for it. */
const IS = 0;
const SEND = 1;

const OFFER = [
  [WILL, ECHO],
  [WILL, SUPPRESS_GO_AHEAD],
  [DO, NAWS],
  [DO, TERMINAL_TYPE],
] as const;

const NEGATED = { [WILL]: WONT, [DO]: DONT } as const;

export class Negotiation {
  readonly #agreed = new Set<number>();
  #phase: "open" | "agreed" | "over" = "open";
  #terminal: string | undefined;
  #hasNoType = false;
  #columns = 0;
  #rows = 0;
  #replies: number[] = [];

  /** What is sent to offer it. */
  static offer(): Uint8Array {
    return Uint8Array.from(OFFER.flatMap(([command, option]) => [IAC, command, option]));
  }

  /** What is sent to take it back, or to end it. */
  static end(): Uint8Array {
    return Uint8Array.from(OFFER.flatMap(([command, option]) => [IAC, NEGATED[command], option]));
  }

  get phase(): "open" | "agreed" | "over" {
    return this.#phase;
  }

  /** The type of terminal, in small letters; empty until the client tells it. */
  get terminal(): string {
    return this.#terminal ?? "";
  }

  /** Whether the type of terminal is known, or will not be. */
  get isTypeSettled(): boolean {
    return this.#terminal !== undefined || this.#hasNoType;
  }

  /** The window's size; 0 = not known. */
  get window(): { readonly columns: number; readonly rows: number } {
    return { columns: this.#columns, rows: this.#rows };
  }

  /** What is to be sent since the last call. */
  takeReplies(): Uint8Array {
    const replies = Uint8Array.from(this.#replies);
    this.#replies = [];
    return replies;
  }

  /** The client says WILL, WONT, DO or DONT. Returns whether that concerns what was offered. */
  heard(command: number, option: number): boolean {
    if (this.#phase === "over" || !isOffered(command, option)) return false;
    const isNews = this.#agreed.has(option) !== isYes(command);
    if (isYes(command)) this.#agreed.add(option);
    else this.#agreed.delete(option);
    if (option === TERMINAL_TYPE) {
      this.#hasNoType = !isYes(command);
      if (isNews && isYes(command)) this.#replies.push(IAC, SB, TERMINAL_TYPE, SEND, IAC, SE);
    }
    const sendsKeys = this.#agreed.has(ECHO) && this.#agreed.has(SUPPRESS_GO_AHEAD);
    if (sendsKeys && this.#phase === "open") this.#phase = "agreed";
    if (!sendsKeys && this.#phase === "agreed") this.#phase = "over";
    return true;
  }

  /** A subnegotiation: the option, and what follows. */
  told([option, ...data]: readonly number[]): void {
    if (option === NAWS && data.length === 4 && this.#agreed.has(NAWS)) {
      const [wide = 0, columns = 0, high = 0, rows = 0] = data;
      this.#columns = wide * 256 + columns;
      this.#rows = high * 256 + rows;
    }
    if (option === TERMINAL_TYPE && data[0] === IS) {
      this.#terminal = Buffer.from(data.slice(1)).toString("latin1").toLowerCase();
    }
  }
}

function isYes(command: number): boolean {
  return command === DO || command === WILL;
}

function isOffered(command: number, option: number): boolean {
  const isOurs = command === DO || command === DONT;
  return OFFER.some(([offer, each]) => each === option && (offer === WILL) === isOurs);
}
