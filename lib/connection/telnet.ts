/**
 * Telnet (RFC 854), as far as it concerns a server that agrees to no option, except those that it has
 * offered itself. Its commands begin with IAC, a byte that UTF-8 never contains, and are taken out of the
 * data wherever they are.
 *
 * The state machine of RFC 1143 has two states less here: an option that is never agreed to is
 * always off, so a request to use it (WILL, DO) is refused, and word that it is off (WONT, DONT)
 * is no news and gets no answer. No exchange of these can go on for ever.
 */
import { DO, DONT, IAC, SB, SE, WILL, WONT } from "../editor/telnet-codes.ts";
import { LF } from "../room/chunk.ts";

const NUL = 0;
const CR = 13;

/** What Ctrl-C, the Backspace key and Ctrl-U send: the commands IP, EC and EL become these. */
const INTERRUPT = 3;
const BACKSPACE = 8;
const ERASE_LINE = 21;

const IP = 244;
const EC = 247;
const EL = 248;

/** An offer or a request is refused; word that an option is off is no news. */
const ANSWERS = new Map([
  [WILL, DONT],
  [DO, WONT],
]);

/** What is kept of a subnegotiation, in bytes. Those that concern a server here are shorter. */
const SUBNEGOTIATION_BYTES_MAX = 64;

/** The lowest number of a command (EOF, RFC 1184). After an IAC anything below is data. */
const COMMAND_MIN = 236;

/** Commands that were taken out of the data. */
export interface TelnetCommands {
  /** How many bytes they were. */
  readonly bytes: number;
  /** What is to be sent in answer, which may be nothing. */
  readonly answers: Uint8Array;
}

/** Options that the server has offered by itself, and which it deals with. */
export interface TelnetOptions {
  /** The client says WILL, WONT, DO or DONT. Returns whether that concerns what was offered. */
  heard(command: number, option: number): boolean;
  /** A subnegotiation: the option, and what follows. */
  told(bytes: readonly number[]): void;
}

export class TelnetFilter {
  /** What is offered, if anything is. */
  options: TelnetOptions | undefined;
  #phase: "data" | "command" | "option" | "subnegotiation" | "command in subnegotiation" = "data";
  #isAfterCr = false;
  /** The command whose option comes next. */
  #command = 0;
  #subnegotiation: number[] = [];
  /** Answers to be sent, each once: the command times 256, plus the option. */
  #answers: Set<number> | undefined;
  #commandBytes = 0;

  /** The data in `bytes`, whose lines all end in LF: CR NUL becomes CR LF. */
  filter(bytes: Uint8Array): Uint8Array {
    if (this.#phase === "data" && !bytes.includes(IAC) && !this.#hasCrNul(bytes)) {
      if (bytes.length > 0) this.#isAfterCr = bytes.at(-1) === CR;
      return bytes;
    }
    const data = new Uint8Array(bytes.length);
    let length = 0;
    let isAfterCr = this.#isAfterCr;
    for (let at = 0; at < bytes.length; at++) {
      let datum = bytes[at];
      if (datum === IAC || this.#phase !== "data") datum = this.#read(bytes[at] as number);
      if (datum === undefined) continue;
      data[length++] = datum === NUL && isAfterCr ? LF : datum;
      isAfterCr = datum === CR;
    }
    this.#isAfterCr = isAfterCr;
    this.#commandBytes += bytes.length - length;
    return data.subarray(0, length);
  }

  /** The commands since the last call, if there were any. */
  takeCommands(): TelnetCommands | undefined {
    if (this.#commandBytes === 0) return undefined;
    const answers = Array.from(this.#answers ?? [], (answer) => [IAC, answer >> 8, answer & 255]);
    const commands = { bytes: this.#commandBytes, answers: Uint8Array.from(answers.flat()) };
    this.#answers = undefined;
    this.#commandBytes = 0;
    return commands;
  }

  /** Few clients speak Telnet, and those who do say little of it. */
  #addAnswer(answer: number): void {
    this.#answers ??= new Set();
    this.#answers.add(answer);
  }

  #hasCrNul(bytes: Uint8Array): boolean {
    if (!bytes.includes(NUL)) return false;
    if (this.#isAfterCr && bytes[0] === NUL) return true;
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes("\r\0");
  }

  /** The byte of data that `byte` completes, if it does. */
  #read(byte: number): number | undefined {
    switch (this.#phase) {
      case "data":
        if (byte !== IAC) return byte;
        this.#phase = "command";
        return undefined;
      case "command":
        return this.#obey(byte);
      case "option":
        this.#phase = "data";
        this.#answer(byte);
        return undefined;
      case "subnegotiation":
        if (byte === IAC) this.#phase = "command in subnegotiation";
        else this.#keep(byte);
        return undefined;
      case "command in subnegotiation":
        this.#phase = "subnegotiation";
        if (byte !== IAC) return this.#obey(byte);
        this.#keep(byte);
        return undefined;
      default:
        return this.#phase satisfies never;
    }
  }

  #answer(option: number): void {
    if (this.options?.heard(this.#command, option)) return;
    const answer = ANSWERS.get(this.#command);
    if (answer !== undefined) this.#addAnswer(answer * 256 + option);
  }

  #keep(byte: number): void {
    const isKept = this.options && this.#subnegotiation.length < SUBNEGOTIATION_BYTES_MAX;
    if (isKept) this.#subnegotiation.push(byte);
  }

  /** Deals with the byte after an IAC. */
  #obey(command: number): number | undefined {
    this.#phase = "data";
    const told = this.#subnegotiation;
    if (told.length > 0) this.#subnegotiation = [];
    switch (command) {
      case IAC:
        return IAC;
      case IP:
        return this.options && INTERRUPT;
      case SE:
        this.options?.told(told);
        return undefined;
      case EC:
        return BACKSPACE;
      case EL:
        return ERASE_LINE;
      case SB:
        this.#phase = "subnegotiation";
        return undefined;
      case WILL:
      case DO:
      case WONT:
      case DONT:
        this.#phase = "option";
        this.#command = command;
        return undefined;
      default:
        return command < COMMAND_MIN ? command : undefined;
    }
  }
}
