import type { Connection } from "../../lib/connection.ts";
import { LINE_TOO_LONG, type Decoded } from "../../lib/line-decoder.ts";
import type { LeaveReason } from "../../lib/messages.ts";
import type { Settings } from "../../lib/settings.ts";
import { Bucket } from "./bucket.ts";
import { Person, type Model } from "./model.ts";
import { SimSocket, type Departure, type SocketWatcher } from "./sim-socket.ts";
import type { Fault, Tally } from "./tally.ts";
import { Typist } from "./typist.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import type { Line } from "./vocabulary.ts";

/** What all stays of one simulation share. */
export interface World {
  readonly clock: VirtualClock;
  readonly settings: Settings;
  readonly model: Model;
  readonly tally: Tally;
  /** What a write takes of the time. */
  readonly writeMs: number;
  /** Whether somebody from this origin may join or be renamed now; if so, that is spent. */
  payJoin(origin: string | undefined): boolean;
  /** How long whoever is there has to wait for joining, as the server has it. */
  joinWaitMs(address: string): number;
  /** Whether the server may send anybody home for a reason that lies with all of them. */
  isDue(reason: LeaveReason, origin: string | undefined): boolean;
  trace(what: string): void;
  readonly onStep: ((step: Step) => void) | undefined;
}

/** What happens outside of the server, and how everybody stands when nothing is left to be done. */
export type Step =
  | { readonly do: "connect" }
  | { readonly do: "send"; readonly id: number; readonly bytes: Uint8Array }
  | { readonly do: "depart"; readonly id: number; readonly how: Departure }
  | { readonly do: "stop" }
  | { readonly do: "calm"; readonly nowMs: number; readonly standings: readonly string[] };

/** A timer may be late by what writes take, and by how long a drain is waited for. */
const SLACK_MS = 2_000;

const IAC = 255;
const DO = 253;
const WONT = 252;

const DEPARTURES: Record<Departure, Fault> = {
  "half-close": "a client half-closes",
  close: "a client closes altogether",
  reset: "a client is reset",
  "reset that loses input": "a reset loses input",
};

/** So many close timeouts have who leave and go on reading. */
const CLOSE_TIMEOUTS_MAX = 12;

/** What the server has done with one client's socket. */
export class Progress {
  linesRead = 0;
  isClosed = false;

  /** Looks on from now on. */
  watch(connection: Connection): void {
    const { onLine, closed } = connection;
    connection.onLine = (line) => {
      this.linesRead++;
      onLine.call(connection, line);
    };
    connection.closed = (error) => {
      this.isClosed = true;
      closed.call(connection, error);
    };
  }

  /** @param sent what the client was sent: bytes, one a character */
  describe(sent: string): string {
    const end = this.isClosed ? ", closed" : "";
    return `${this.linesRead} lines read, ${sent.length} bytes sent${end}`;
  }
}

/** One client from connecting to the end, and whether what the server does with it is right. */
export class Stay implements SocketWatcher {
  readonly id: number;
  readonly origin: string | undefined;
  readonly socket: SimSocket;
  readonly person: Person;
  /** Does not close when the server has said goodbye. */
  lingers = false;
  knock: LeaveReason | undefined;
  isAdmitted = false;
  isEnded = false;
  /** Why the server ended the stay, if it has. */
  reason: LeaveReason | undefined;
  readonly #world: World;
  readonly #typist = new Typist();
  readonly #lines: Bucket;
  /** What it asked for: each may be refused once. */
  readonly #options = new Set<number>();
  readonly #progress = new Progress();
  #isAffordable = false;
  #written: Uint8Array[] = [];
  readonly #openedAtMs: number;
  #lastLineAtMs = 0;
  #hasQuit = false;
  /** Since when the system has taken nothing of what waits for it. */
  #stalledSinceMs: number | undefined;
  #leavingSinceMs = Infinity;
  #hasFailedWrite = false;
  #shutDownAtMs = Infinity;
  #isTerminated = false;
  /** Its last line is none if a reset comes before the end of the input does. */
  #lacksEnd = false;
  #closedAtMs = Infinity;
  /** When it last had lines that were not read. */
  #busyAtMs = 0;

  constructor(world: World, id: number, host: string, origin: string | undefined) {
    this.#world = world;
    this.id = id;
    this.origin = origin;
    this.#openedAtMs = world.clock.nowMs;
    this.#lines = new Bucket(world.settings.lineBurst, world.settings.lineRate);
    this.person = new Person(world.settings.welcome);
    this.socket = new SimSocket(host, 10_000 + id, this);
  }

  get unreadLines(): number {
    return this.#typist.units.length;
  }

  /** Whether it is here with lines to be read, or has gone and is not forgotten. */
  get isBusy(): boolean {
    if (this.isEnded) return false;
    const { isClosed, isPaused } = this.socket;
    return this.unreadLines > 0 || isClosed || isPaused || this.reason !== undefined;
  }

  /** Whether a timer of the server's runs for it. */
  get isTimed(): boolean {
    const { idleTimeoutMs, nameTimeoutMs } = this.#world.settings;
    if (this.isEnded) return false;
    return this.person.phase === "naming" ? nameTimeoutMs > 0 : idleTimeoutMs > 0;
  }

  /** How far it has come: so a real client stands when as much has happened to it. */
  get standing(): string {
    return this.#progress.describe(this.person.transcript.received);
  }

  // What the client does.

  type(lines: readonly Line[], cuts: readonly number[]): void {
    if (this.socket.hasDeparted) return;
    const pieces = this.#typist.type(lines, cuts);
    if (pieces.length > 1) this.#world.tally.add("a line arrives in pieces");
    for (const piece of pieces) this.socket.send(piece);
  }

  begin(line: Line, cut: number): void {
    if (!this.socket.hasDeparted) this.socket.send(this.#typist.begin(line, cut));
  }

  /** Asks the server to use an option of Telnet. */
  negotiate(option: number): void {
    this.#options.add(option);
    this.socket.send(Uint8Array.of(IAC, DO, option));
  }

  depart(how: Departure, isWhole: boolean): void {
    const { tally } = this.#world;
    if (!this.socket.hasDeparted && !how.startsWith("reset")) {
      this.#lacksEnd = this.#typist.hasBegun && !isWhole;
      if (this.#lacksEnd) tally.add("a line lacks its end");
      this.socket.send(this.#typist.finish(isWhole));
    }
    if (this.socket.isPaused) tally.add("a client goes while lines of it wait");
    tally.add(DEPARTURES[how]);
    this.socket.depart(how);
  }

  // What comes of it.

  onSend(bytes: Uint8Array): void {
    this.#world.onStep?.({ do: "send", id: this.id, bytes });
  }

  onDepart(how: Departure): void {
    this.#world.onStep?.({ do: "depart", id: this.id, how });
  }

  onConnection(connection: Connection): void {
    this.#progress.watch(connection);
    const { onLine, onPause, close, start, spendRename } = connection;
    connection.start = () => {
      this.isAdmitted = true;
      this.#world.model.welcome(this.person);
      start.call(connection);
    };
    connection.onLine = (line) => {
      this.#read(line, () => onLine.call(connection, line));
    };
    connection.onPause = (phase) => {
      if (phase === "delayed") this.#world.tally.add(this.#reasonToWait);
      onPause.call(connection, phase);
      const mustWait = phase === "delayed" || phase === "held";
      if (mustWait && !this.socket.isPaused && !this.socket.isClosed) this.#fail("is still read");
    };
    connection.spendRename = () => {
      this.#isAffordable = spendRename.call(connection);
      if (!this.#isAffordable) this.#world.tally.add("a change of name is not affordable");
      else if (!this.#world.payJoin(this.origin)) this.#fail("was renamed over its budget");
      return this.#isAffordable;
    };
    connection.close = (reason) => {
      const isFirst = this.reason === undefined;
      if (isFirst) this.#leave(reason);
      close.call(connection, reason);
      if (isFirst && !this.socket.isClosed) this.#world.model.goodbye(this.person, reason);
    };
  }

  /** The room has let go of it. */
  onLeft(name: string, reason: LeaveReason): void {
    if (name !== this.person.name) this.#fail(`is ${this.person.name} and left as ${name}`);
    if (this.reason === undefined) this.#leave(reason);
    else if (reason !== this.reason) this.#fail(`left for ${reason} and ${this.reason}`);
    this.#world.model.leave(this.person);
  }

  /** The server has forgotten it. */
  onEnd(): void {
    if (this.isEnded) this.#fail("ended twice");
    if (!this.socket.isClosed) this.#fail("ended with its socket open");
    this.isEnded = true;
    const isCutShort = this.#now >= this.#closedAtMs + this.#closeTimeoutsMs;
    const mayLose = this.#isTerminated || this.socket.losesInput || isCutShort;
    const isByItself =
      this.reason === undefined || this.reason === "closed" || this.reason === "reset";
    if (this.unreadLines > (this.#lacksEnd ? 1 : 0) && isByItself && !mayLose)
      this.#fail("left and lines of it were not read");
  }

  onWrite(bytes: Uint8Array, accepted: number, wanted: number): void {
    const { clock, tally, writeMs } = this.#world;
    this.#world.trace(`${this.id} takes ${accepted} of ${wanted}: ${Bun.hash.crc32(bytes)}`);
    if (bytes.length > 0) this.#written.push(bytes);
    if (accepted < 0) this.#hasFailedWrite = true;
    if (accepted < wanted) this.person.transcript.mayLosePrompts = true;
    if (accepted === wanted) this.#stalledSinceMs = undefined;
    else if (accepted !== 0) this.#stalledSinceMs = clock.nowMs;
    else this.#stalledSinceMs ??= clock.nowMs;
    if (accepted < 0) tally.add("a write fails");
    else if (accepted === 0) tally.add("a write is not taken at all");
    else if (accepted < wanted) tally.add("a write is taken in part");
    clock.nowMs += writeMs;
  }

  onShutdown(): void {
    this.#world.trace(`${this.id} is shut down`);
    this.#shutDownAtMs = this.#now;
  }

  onTerminate(): void {
    const { settings, tally } = this.#world;
    this.#world.trace(`${this.id} is terminated`);
    this.#isTerminated = true;
    if (this.#now >= this.#leavingSinceMs + settings.closeTimeoutMs) {
      this.#checkGivenUp();
      tally.add("somebody does not close");
    } else if (this.#isTooSlow) {
      tally.add("somebody is too slow");
    } else if (!this.#hasFailedWrite) {
      this.#fail("was terminated");
    }
  }

  onClose(): void {
    this.#progress.isClosed = true;
    this.#closedAtMs = this.#now;
  }

  /** After each turn of the event loop: it was sent what it must be, and no time limit has passed. */
  check(): void {
    const { transcript } = this.person;
    try {
      transcript.push(Buffer.concat(this.#written));
    } catch (error) {
      this.#fail((error as Error).message);
    }
    this.#written = [];
    for (const answer of transcript.telnetAnswers) {
      const isAsked = [...this.#options].some((option) => answer === `${WONT} ${option}`);
      if (!isAsked) this.#fail(`was answered ${answer}`);
    }
    if (
      this.#shutDownAtMs < Infinity &&
      this.socket.isReading &&
      transcript.missing !== undefined
    ) {
      this.#fail(`was shut down and not sent ${transcript.missing}`);
    }
    if (this.unreadLines > 0 || this.socket.isPaused) this.#busyAtMs = this.#now;
    const overdue = this.#deadlines().find(([, atMs]) => this.#now > atMs + SLACK_MS);
    if (overdue) this.#fail(`is still here: ${overdue[0]}`);
  }

  /** It is on time, it reads, and everything that anybody said has been dealt with. */
  checkAllCame(): void {
    const { missing } = this.person.transcript;
    if (this.socket.isReading && missing !== undefined) this.#fail(`was not sent ${missing}`);
    if (this.reason === undefined && this.unreadLines > 0)
      this.#fail("has lines that are not read");
  }

  get #now(): number {
    return this.#world.clock.nowMs;
  }

  get #closeTimeoutsMs(): number {
    return this.#world.settings.closeTimeoutMs * CLOSE_TIMEOUTS_MAX;
  }

  get #isTooSlow(): boolean {
    const { stallTimeoutMs } = this.#world.settings;
    const stalledMs = this.#now - (this.#stalledSinceMs ?? Infinity);
    const isStalled = stallTimeoutMs > 0 && stalledMs >= stallTimeoutMs;
    return isStalled || this.#world.isDue("too slow", undefined);
  }

  /** By when something must have ended. */
  #deadlines(): [what: string, atMs: number][] {
    if (this.isEnded) return [];
    const { idleTimeoutMs, nameTimeoutMs, stallTimeoutMs } = this.#world.settings;
    const { phase } = this.person;
    const wait = phase === "naming" ? nameTimeoutMs : idleTimeoutMs;
    const since = phase === "naming" ? this.#openedAtMs : this.#lastLineAtMs;
    const deadlines: [string, number][] = [
      ["leaving", this.#leavingSinceMs + this.#closeTimeoutsMs],
      ["gone", this.#closedAtMs + this.#closeTimeoutsMs],
    ];
    if (wait > 0 && phase !== "left" && !this.socket.isClosed) {
      deadlines.push([phase, Math.max(since, this.#busyAtMs) + wait]);
    }
    if (stallTimeoutMs > 0 && !this.socket.isClosed) {
      deadlines.push(["stalled", (this.#stalledSinceMs ?? Infinity) + stallTimeoutMs]);
    }
    return deadlines;
  }

  /** The close timeout is over: it must be the client that has kept the connection open. */
  #checkGivenUp(): void {
    const isSent = this.#stalledSinceMs === undefined && this.socket.isReading;
    if (this.#shutDownAtMs === Infinity && isSent) this.#fail("was never shut down");
    if (this.#shutDownAtMs < this.#now && this.socket.hasDeparted)
      this.#fail("closed, and nobody noticed");
  }

  get #reasonToWait(): Fault {
    const isJoinDue = this.#world.joinWaitMs(this.socket.remoteAddress) > 0;
    const isNaming = this.person.phase === "naming";
    return isNaming && isJoinDue ? "a join waits" : "a line waits for the pace";
  }

  #read(line: Decoded, read: () => void): void {
    const { clock, model, settings, tally } = this.#world;
    if (typeof line === "object") {
      tally.add("Telnet is answered");
      return read();
    }
    const text = line === LINE_TOO_LONG ? undefined : line;
    this.#world.trace(`${this.id} says ${text}`);
    const unit = this.#typist.units.shift();
    if (text === undefined) tally.add("a line is too long");
    if (unit === undefined || unit.text !== text) this.#fail(`said ${unit?.text}, not ${text}`);
    if (this.person.phase === "left") this.#fail("spoke after it had left");
    const bytes = text === undefined ? settings.lineLimitBytes + 1 : Buffer.byteLength(text);
    const isPaid = this.#lines.pay(Math.max(1, Math.ceil(bytes / 1_024)), clock.nowMs);
    if (!isPaid) this.#fail("spoke over its budget");
    const nowMs = clock.nowMs;
    const wasNaming = this.person.phase === "naming";
    this.#hasQuit = unit.command?.word === "quit" && !wasNaming;
    this.#isAffordable = false;
    read();
    model.line(this.person, unit, nowMs, this.#isAffordable);
    if (text !== undefined) this.#lastLineAtMs = nowMs;
    const hasJoined = wasNaming && this.person.phase === "chatting";
    if (hasJoined && !this.#world.payJoin(this.origin)) this.#fail("joined over its budget");
  }

  /** The server ends the stay. */
  #leave(reason: LeaveReason): void {
    const { model } = this.#world;
    this.#world.trace(`${this.id} leaves: ${reason}`);
    if (!this.#mayLeave(reason)) this.#fail(`was sent home: ${reason}`);
    this.reason = reason;
    this.#leavingSinceMs = this.#now;
    if (this.person.phase === "naming") model.leave(this.person);
  }

  #mayLeave(reason: LeaveReason): boolean {
    const { settings, tally } = this.#world;
    switch (reason) {
      case "closed":
      case "reset":
        return this.socket.hasDeparted || this.#hasFailedWrite;
      case "quit":
        tally.add("somebody quits");
        return this.#hasQuit;
      case "idle timeout":
        tally.add("somebody is idle");
        return this.#now >= this.#lastLineAtMs + settings.idleTimeoutMs;
      case "no name given":
        tally.add("no name is given");
        return this.#now >= this.#openedAtMs + settings.nameTimeoutMs;
      case "too slow":
        return this.#isTooSlow;
      case "internal error":
        return false;
      case "HTTP request":
      case "SSH client":
      case "TLS handshake":
        tally.add("another protocol knocks");
        return reason === this.knock;
      default:
        return this.#world.isDue(reason, this.origin);
    }
  }

  #fail(what: string): never {
    throw new Error(`${this.id} (${this.person.name || "no name yet"}) ${what}`);
  }
}
