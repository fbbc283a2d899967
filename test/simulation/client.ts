import type { SimSocket, Departure } from "./sim-socket.ts";
import type { Fault, FaultTally } from "./tally.ts";
import { Typist } from "./typist.ts";
import type { Line, Unit } from "./vocabulary.ts";

const IAC = 255;
const VERBS = { DO: 253, WILL: 251 } as const;

/** WONT and DONT. */
const REFUSALS = { DO: 252, WILL: 254 } as const;

const DEPARTURES: Record<Departure, Fault> = {
  "half-close": "a client half-closes",
  close: "a client closes altogether",
  reset: "a client is reset",
  "reset that loses input": "a reset loses input",
};

/** What one client does, and what is to come of it. */
export class SimClient {
  readonly #socket: SimSocket;
  readonly #tally: FaultTally;
  readonly #typist = new Typist();
  /** What it asked for over Telnet, as the answers that are due. */
  readonly answersDue: string[] = [];
  /** Does not close when the server has said goodbye. */
  lingers = false;
  /** Its last line is none if a reset comes before the end of the input does. */
  lacksEnd = false;

  constructor(socket: SimSocket, tally: FaultTally) {
    this.#socket = socket;
    this.#tally = tally;
  }

  /** How many lines the server has yet to read. */
  get unreadLines(): number {
    return this.#typist.units.length;
  }

  /** What the server is to make of the next line. */
  takeUnit(): Unit | undefined {
    return this.#typist.units.shift();
  }

  type(lines: readonly Line[], cuts: readonly number[]): void {
    if (this.#socket.hasDeparted) return;
    const pieces = this.#typist.type(lines, cuts);
    if (pieces.length > 1) this.#tally.add("a line arrives in pieces");
    for (const piece of pieces) this.#socket.send(piece);
  }

  begin(line: Line, cut: number): void {
    if (!this.#socket.hasDeparted) this.#socket.send(this.#typist.begin(line, cut));
  }

  /** Asks the server to use an option of Telnet, or offers to use it. */
  negotiate(verb: "DO" | "WILL", option: number): void {
    if (this.#socket.hasDeparted) return;
    this.answersDue.push(`${REFUSALS[verb]} ${option}`);
    this.#socket.send(Uint8Array.of(IAC, VERBS[verb], option));
  }

  depart(how: Departure, isWhole: boolean): void {
    if (!this.#socket.hasDeparted && !how.startsWith("reset")) {
      this.lacksEnd = this.#typist.hasBegun && !isWhole;
      if (this.lacksEnd) this.#tally.add("a line lacks its end");
      this.#socket.send(this.#typist.finish(isWhole));
    }
    if (this.#socket.isPaused) this.#tally.add("a client goes while lines of it wait");
    this.#tally.add(DEPARTURES[how]);
    this.#socket.depart(how);
  }
}
