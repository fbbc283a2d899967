import type { ChatEvent, LeaveReason } from "../../lib/events.ts";
import { idleWarning } from "../../lib/text/messages.ts";
import { Bucket } from "./bucket.ts";
import { SimClient } from "./client.ts";
import { JUST_MS, Lifetime } from "./lifetime.ts";
import { Person } from "./person.ts";
import { SimSocket, type Departure, type SocketWatcher } from "./sim-socket.ts";
import { Standing } from "./step.ts";
import { FAULT_OF, type Fault } from "./tally.ts";
import type { Unit } from "./vocabulary.ts";
import type { World } from "./world.ts";

/** Far more than the price of a line, or half a second for each reader that may hold the room. */
const PAUSE_MS_MAX = 4_000;

/** One client from connecting to the end, and whether what the server does with it is right. */
export class Stay implements SocketWatcher {
  readonly id: number;
  readonly origin: string | undefined;
  readonly socket: SimSocket;
  readonly client: SimClient;
  readonly person: Person;
  isAdmitted = false;
  /** Why the server ended the stay, if it has. */
  reason: LeaveReason | undefined;
  readonly lifetime: Lifetime;
  readonly #world: World;
  readonly #lines: Bucket;
  readonly #standing = new Standing();
  readonly #answered = new Set<string>();
  /** The line that was read last, while it may not be dealt with yet. */
  #line: { readonly unit: Unit; readonly nowMs: number; isRenaming: boolean } | undefined;
  #hasSpoken = false;
  #sentAtMs = -Infinity;
  #written: Uint8Array[] = [];
  #pausedSinceMs = 0;

  constructor(world: World, id: number, host: string, origin: string | undefined) {
    this.#world = world;
    this.id = id;
    this.origin = origin;
    this.#lines = new Bucket(world.settings.lineBurst, world.settings.lineRate);
    this.person = new Person(world.settings);
    this.socket = new SimSocket(host, 10_000 + id, this);
    this.client = new SimClient(this.socket, world.tally);
    this.lifetime = new Lifetime(world, this.socket, this.person);
  }

  get isEnded(): boolean {
    return this.lifetime.isEnded;
  }

  /** Its address. Only this machine's has no limits. */
  get #place(): string {
    return this.origin ?? "here";
  }

  /** Whether it is here with lines to be read, or has gone and is not forgotten. */
  get isBusy(): boolean {
    if (this.isEnded) return false;
    const { isClosed, isPaused } = this.socket;
    return this.client.unreadLines > 0 || isClosed || isPaused || this.reason !== undefined;
  }

  /** How far it has come. */
  get standing(): string {
    return this.#standing.describe(this.person.transcript.received);
  }

  onSend(bytes: Uint8Array): void {
    this.#sentAtMs = this.#world.clock.nowMs;
    this.#world.onStep?.({ do: "send", id: this.id, bytes });
  }

  onDepart(how: Departure): void {
    this.#world.onStep?.({ do: "depart", id: this.id, how });
  }

  /** The chat says that something has happened to this client. */
  happened(event: ChatEvent): void {
    this.#standing.take(event);
    switch (event.type) {
      case "connected":
        this.isAdmitted = true;
        return this.#world.model.welcome(this.person);
      case "line read":
        return this.#read();
      case "joined":
        if (!this.#world.payJoin(this.origin)) this.#fail("joined over its budget");
        return;
      case "renamed":
        if (!this.#world.payJoin(this.origin)) this.#fail("was renamed over its budget");
        if (this.#line) this.#line.isRenaming = true;
        return;
      case "rate-limited":
        return this.#world.tally.add(this.#reasonToWait);
      case "warned":
        if (!this.lifetime.warned()) this.#fail("was warned");
        return this.person.told(idleWarning(event.leftMs));
      case "leaving":
        return this.#leaves(event.reason);
      case "left":
        return this.#left(event.name, event.reason);
      case "disconnected":
        return this.#ended(event.reason);
      default:
    }
  }

  /** Whether `event` comes of the line that was read last. */
  isDealingWith(event: ChatEvent): boolean {
    if (!("client" in event) || event.client !== this.socket.label) return false;
    if (event.type === "leaving" || event.type === "left") return event.reason === "quit";
    return ["joined", "said", "acted", "renamed"].includes(event.type);
  }

  /** The line that was read last is dealt with: what everybody must be told because of it. */
  lineIsDealtWith(): void {
    if (this.#line === undefined) return;
    const { unit, nowMs, isRenaming } = this.#line;
    this.#line = undefined;
    this.#world.model.line(this.person, unit, nowMs, isRenaming);
    if (unit.text !== undefined) this.lifetime.spoke(nowMs);
  }

  /** The server begins to end the stay. */
  #leaves(reason: LeaveReason): void {
    if (this.reason !== undefined) this.#fail(`leaves for ${reason} and ${this.reason}`);
    this.#leave(reason);
    if (!this.socket.isClosed) this.#world.model.goodbye(this.person, reason);
  }

  /** The room has let go of it. */
  #left(name: string, reason: LeaveReason): void {
    if (name !== this.person.name) this.#fail(`is ${this.person.name} and left as ${name}`);
    if (reason !== this.reason) this.#fail(`left for ${reason} and ${this.reason}`);
    this.#world.model.leave(this.person);
  }

  /** The server has forgotten it. */
  #ended(reason: LeaveReason): void {
    if (this.isEnded) this.#fail("ended twice");
    this.lifetime.isEnded = true;
    // One that is turned away at the door is told so, and no more.
    if (this.reason === undefined) return this.#leaves(reason);
    if (!this.socket.isClosed) this.#fail("ended with its socket open");
    const isSentHome = !["closed", "reset"].includes(this.reason);
    const mayLose = isSentHome || this.lifetime.mayLoseLines;
    const mayLackLast = this.client.lacksEnd && !this.socket.isReading;
    if (this.client.unreadLines > (mayLackLast ? 1 : 0) && !mayLose) {
      this.#fail("left and lines of it were not read");
    }
  }

  onWrite(bytes: Uint8Array, accepted: number, wanted: number): void {
    this.#world.trace(`${this.id} takes ${accepted} of ${wanted}: ${Bun.hash.crc32(bytes)}`);
    if (bytes.length > 0) this.#written.push(bytes);
    if (accepted < wanted) this.person.transcript.mayLosePrompts = true;
    this.lifetime.wrote(accepted, wanted);
    this.#world.clock.nowMs += this.#world.writeMs;
  }

  onErrorTaken(): void {
    this.#world.tally.add("a write meets a reset first");
  }

  onShutdown(): void {
    this.#world.trace(`${this.id} is shut down`);
    this.lifetime.shutDownAtMs = this.#world.clock.nowMs;
  }

  onTerminate(): void {
    this.#world.trace(`${this.id} is terminated`);
    this.lifetime.isTerminated = true;
    const fault = this.lifetime.faultOfTerminating();
    if (fault !== undefined) this.#fail(fault);
  }

  onClose(): void {
    this.lifetime.closedAtMs = this.#world.clock.nowMs;
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
    for (const answer of transcript.telnetAnswers.splice(0)) {
      const index = this.client.answersDue.indexOf(answer);
      if (index === -1) this.#fail(`was answered ${answer}`);
      this.client.answersDue.splice(index, 1);
      this.#world.tally.add("Telnet is answered");
      this.#answered.add(answer);
    }
    this.#checkIsPaused();
    this.#checkIsRead();
    const isSent = this.lifetime.shutDownAtMs < Infinity && this.socket.isReading;
    if (isSent && transcript.missing !== undefined) {
      this.#fail(`was shut down and not sent ${transcript.missing}`);
    }
    if (this.client.unreadLines > 0 || this.socket.isPaused) {
      this.lifetime.busyAtMs = this.#world.clock.nowMs;
    }
    const { overdue } = this.lifetime;
    if (overdue !== undefined) this.#fail(`is still here: ${overdue}`);
  }

  /** It reads, and everything that anybody said has been dealt with: so it must have come. */
  checkAllCame(): void {
    const { missing } = this.person.transcript;
    if (this.socket.isReading && missing !== undefined) this.#fail(`was not sent ${missing}`);
    if (this.reason !== undefined) return;
    if (this.client.unreadLines > 0) this.#fail("has lines that wait");
    // What is no line may go without a word where the system took nothing.
    if (this.person.transcript.mayLosePrompts) return;
    // What is asked twice in one packet is answered once.
    const owed = this.client.answersDue.find((answer) => !this.#answered.has(answer));
    if (owed !== undefined) this.#fail(`was not answered ${owed}`);
  }

  /** While a line waits no more of them are taken from the socket. */
  #checkIsPaused(): void {
    const { isClosed, isPaused, isReady } = this.socket;
    const mayRead = isPaused || isClosed || isReady || this.reason !== undefined;
    if (!mayRead && this.client.unreadLines > 0) this.#fail("is still read while lines of it wait");
  }

  /** Readers, and its own pace, can make a client wait for only so long. */
  #checkIsRead(): void {
    const { nowMs } = this.#world.clock;
    const { isClosed, isPaused } = this.socket;
    if (!isPaused || isClosed || this.lifetime.isBlocked) this.#pausedSinceMs = nowMs;
    const { leaptAtMs } = this.#world;
    const sinceMs = Math.max(this.lifetime.lastLineAtMs, this.#pausedSinceMs, leaptAtMs);
    if (this.person.phase === "chatting" && nowMs > sinceMs + PAUSE_MS_MAX)
      this.#fail("is not read");
  }

  get #reasonToWait(): Fault {
    const isJoinDue = this.#world.isJoinDue(this.origin);
    const isNaming = this.person.phase === "naming";
    return isNaming && isJoinDue ? "a join waits" : "a line waits for the pace";
  }

  #read(): void {
    const { clock, lineMs, settings } = this.#world;
    const unit = this.client.takeUnit();
    this.#world.trace(`${this.id} says ${unit?.text}`);
    if (unit === undefined) this.#fail("said what it had not sent");
    if (unit.text === undefined) this.#world.tally.add("a line is too long");
    if (this.person.phase === "left") this.#fail("spoke after it had left");
    const isTooLong = unit.text === undefined;
    const bytes = isTooLong ? settings.lineLimitBytes + 1 : Buffer.byteLength(unit.text);
    const price = Math.max(1, Math.ceil(bytes / 1_024));
    if (!this.#lines.pay(price, clock.nowMs)) this.#fail("spoke over its budget");
    if (!this.#world.payLine(this.origin, price)) this.#fail("spoke over its address's budget");
    if (!this.#world.hasSlice(this.#place)) this.#fail("was read after its address's slice");
    this.lifetime.hasQuit = unit.command?.word === "quit" && this.person.phase === "chatting";
    this.#hasSpoken = true;
    this.#line = { unit, nowMs: clock.nowMs, isRenaming: false };
    clock.nowMs += lineMs;
    this.#world.take(this.#place, lineMs);
  }

  /** The server ends the stay. */
  #leave(reason: LeaveReason): void {
    const { model, tally } = this.#world;
    this.#world.trace(`${this.id} leaves: ${reason}`);
    if (!this.lifetime.mayLeave(reason, this.origin)) this.#fail(`was sent home: ${reason}`);
    if (this.client.unreadLines > 0 && this.#isTakenForSilent(reason)) this.#fail("had spoken");
    const fault = FAULT_OF[reason];
    if (fault !== undefined) tally.add(fault);
    this.reason = reason;
    this.lifetime.leavingSinceMs = this.#world.clock.nowMs;
    if (this.person.phase === "naming") model.leave(this.person);
  }

  /** One that reads nothing, or says at the prompt what is no name, has only itself to blame. */
  #isTakenForSilent(reason: LeaveReason): boolean {
    const hasJustSpoken = this.#world.clock.nowMs < this.#sentAtMs + JUST_MS;
    if (this.lifetime.hasJustRead || hasJustSpoken) return false;
    return reason === "idle timeout" || (reason === "no name given" && !this.#hasSpoken);
  }

  #fail(what: string): never {
    throw new Error(`${this.id} (${this.person.name || "no name yet"}) ${what}`);
  }
}
