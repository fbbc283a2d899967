import { REFUSED_MAX } from "../../lib/limits/admission.ts";
import { Chat } from "../../lib/chat.ts";
import type { Listener } from "../../lib/room/broadcast.ts";
import type { Member } from "../../lib/room/member.ts";
import type { ChatEvent, LeaveReason } from "../../lib/events.ts";
import type { Settings } from "../../lib/options/settings.ts";
import type { WriteHalf } from "../../lib/connection/write-half.ts";
import { Bucket } from "./bucket.ts";
import { Model } from "./model.ts";
import type { Stay } from "./stay.ts";
import type { Step } from "./step.ts";
import type { FaultTally } from "./tally.ts";
import type { VirtualClock } from "./virtual-clock.ts";

export interface WorldOptions {
  readonly clock: VirtualClock;
  readonly settings: Settings;
  readonly tally: FaultTally;
  /** What a write takes of the time, and what a line does. */
  readonly writeMs: number;
  readonly lineMs: number;
  readonly onStep: ((step: Step) => void) | undefined;
}

/** What an address may take of a turn before its lines have to wait. */
const SLICE_MS = 2;

/** A chat and all who are or were connected to it, and what must be true of them together. */
export class World {
  readonly clock: VirtualClock;
  readonly settings: Settings;
  readonly tally: FaultTally;
  readonly writeMs: number;
  readonly lineMs: number;
  readonly onStep: ((step: Step) => void) | undefined;
  readonly model: Model;
  readonly chat: Chat;
  readonly stays: Stay[] = [];
  readonly log: string[] = [];
  isStopping = false;
  /** The first thing that went wrong inside natter, which catches what is thrown there. */
  failure: unknown;
  /** When the clock leapt last, so that all timers were late. */
  leaptAtMs = -Infinity;
  readonly #joins = new Map<string, Bucket>();
  readonly #lines = new Map<string, Bucket>();
  /** What the lines of each address have taken since the sockets were polled. */
  readonly #takenMs = new Map<string, number[]>();
  #turnsSinceExcess = Infinity;
  /** Whose line was read last, if it may not be dealt with yet. */
  #reader: Stay | undefined;

  constructor({ clock, settings, tally, writeMs, lineMs, onStep }: WorldOptions) {
    this.clock = clock;
    this.settings = settings;
    this.tally = tally;
    this.writeMs = writeMs;
    this.lineMs = lineMs;
    this.onStep = onStep;
    this.model = new Model(settings, tally);
    this.chat = new Chat(settings, { log: () => {}, onEvent: (event) => this.#happened(event) });
  }

  trace(what: string): void {
    this.log.push(`${this.clock.nowMs} ${what}`);
  }

  get admitted(): Stay[] {
    return this.stays.filter(({ isAdmitted, isEnded }) => isAdmitted && !isEnded);
  }

  /** Those who were not let in, and have yet to go. */
  get refused(): Stay[] {
    return this.stays.filter(({ isAdmitted, isEnded }) => !isAdmitted && !isEnded);
  }

  /** Whether somebody from this origin may join or be renamed now; if so, that is spent. */
  payJoin(origin: string | undefined): boolean {
    return origin === undefined || this.#joinsOf(origin).pay(1, this.clock.nowMs);
  }

  /** Whether nobody from this origin may join now. */
  isJoinDue(origin: string | undefined): boolean {
    return origin !== undefined && !this.#joinsOf(origin).has(1, this.clock.nowMs);
  }

  /** Whether a line from this origin may be read now; if so, that is spent. */
  payLine(origin: string | undefined, price: number): boolean {
    if (origin === undefined) return true;
    const { addressLineBurst, addressLineRate } = this.settings;
    const bucket = this.#lines.get(origin) ?? new Bucket(addressLineBurst, addressLineRate);
    this.#lines.set(origin, bucket);
    const isPaid = bucket.pay(price, this.clock.nowMs);
    if (isPaid && !bucket.has(1, this.clock.nowMs)) this.tally.add("an address has said too much");
    return isPaid;
  }

  /**
   * Whether a line of this address may be read now. Between two polls lie the end of one turn and the
   * beginning of another, and the line with which a slice is used up may take longer.
   */
  hasSlice(place: string): boolean {
    const takenMs = this.#takenMs.get(place) ?? [];
    return sum(takenMs) < 2 * (SLICE_MS + Math.max(0, ...takenMs));
  }

  /** A line of this address has taken so long. */
  take(place: string, ms: number): void {
    const takenMs = [...(this.#takenMs.get(place) ?? []), ms];
    this.#takenMs.set(place, takenMs);
    if (sum(takenMs) >= SLICE_MS) this.tally.add("an address has used up its slice");
  }

  /** What was due before happens. */
  turn(): void {
    this.#takenMs.clear();
    this.clock.turn();
  }

  #joinsOf(origin: string): Bucket {
    const { joinBurst, joinRate } = this.settings;
    const bucket = this.#joins.get(origin) ?? new Bucket(joinBurst, joinRate);
    this.#joins.set(origin, bucket);
    return bucket;
  }

  /** Whether the server may send anybody home for a reason that lies with all of them. */
  isDue(reason: LeaveReason, origin: string | undefined): boolean {
    const { maxClients, maxClientsPerAddress } = this.settings;
    switch (reason) {
      case "server shutdown":
        return this.isStopping;
      case "server full":
        return this.admitted.length >= maxClients;
      case "address full": {
        const { length } = this.admitted.filter((stay) => stay.origin === origin);
        return origin !== undefined && length >= maxClientsPerAddress;
      }
      case "too slow":
        return this.#turnsSinceExcess <= 1;
      default:
        return false;
    }
  }

  /** @throws {Error} something is not as it must be after every turn of the event loop */
  check(): void {
    if (this.failure !== undefined) throw this.failure;
    this.#settle();
    for (const stay of this.stays) stay.check();
    const { room, totalLimit } = this.chat.context;
    const names = Array.from(room.members, ({ name }) => name);
    const expected = Array.from(this.model.members, ({ name }) => name);
    if (names.join() !== expected.join()) throw new Error(`${names} are here, not ${expected}`);
    const keys = new Set(Array.from(room.members, ({ key }) => key));
    if (keys.size !== names.length) throw new Error(`two of ${names} are the same`);
    const { length } = this.admitted;
    if (this.chat.clients !== length) {
      throw new Error(`${this.chat.clients} clients are counted, not ${length}`);
    }
    this.#checkAdmission();
    this.#turnsSinceExcess++;
    if (totalLimit.bytes > this.settings.totalQueueLimitBytes && this.#turnsSinceExcess > 1) {
      throw new Error(`${totalLimit.bytes} bytes wait in all`);
    }
    this.#checkQueues();
  }

  /** @throws {Error} everybody has gone, and something is left of them */
  checkNothingLeft(): void {
    const { room, totalLimit } = this.chat.context;
    const left = {
      clients: this.chat.clients,
      members: room.members.size,
      timers: this.clock.timers,
      immediates: this.clock.immediates,
      queues: totalLimit.size,
      queuedBytes: totalLimit.bytes,
      open: this.stays.filter(({ socket }) => !socket.isClosed).length,
      stays: this.stays.filter(({ isEnded }) => !isEnded).length,
    };
    const wrong = Object.entries(left).filter(([, count]) => count !== 0);
    if (wrong.length > 0) throw new Error(`left behind: ${wrong.join(" ")}`);
  }

  #checkAdmission(): void {
    const { maxClients, maxClientsPerAddress } = this.settings;
    if (this.admitted.length > maxClients) throw new Error("too many clients");
    const origins = this.admitted.flatMap(({ origin }) => origin ?? []);
    const isCrowded = (origin: string) =>
      origins.filter((other) => other === origin).length > maxClientsPerAddress;
    if (origins.some(isCrowded)) throw new Error("too many clients of one address");
    if (this.refused.length > REFUSED_MAX)
      throw new Error("too many are told that they are refused");
  }

  /** While a turn's lines wait, and a line that was begun, a queue may hold so much more. */
  #checkQueues(): void {
    const { queueLimitBytes, lineLimitBytes } = this.settings;
    const bytesMax = queueLimitBytes + 2 * lineLimitBytes;
    const blocked = this.stays.filter(
      ({ lifetime, socket }) => lifetime.isBlocked && !socket.isClosed,
    );
    const { size } = this.chat.context.totalLimit;
    if (size !== blocked.length)
      throw new Error(`${size} queues are counted, not ${blocked.length}`);
    const members = this.chat.context.room.members as Iterable<Member & Listener>;
    for (const { name, outbox } of members) {
      const { bytes } = outbox as WriteHalf;
      if (bytes > bytesMax) throw new Error(`${bytes} bytes wait for ${name}`);
    }
  }

  /** What the chat says has happened comes to the stay that it concerns. */
  #happened(event: ChatEvent): void {
    try {
      if (event.type === "failed") throw event.error;
      if (event.type === "hold begun") this.tally.add("a reader holds the room");
      if (event.type === "queues cut") this.#queuesAreCut();
      if (!("client" in event)) return;
      const stay = this.stays.find(({ socket }) => socket.label === event.client);
      if (!this.#reader?.isDealingWith(event)) this.#settle();
      if (event.type === "line read") this.#reader = stay;
      stay?.happened(event);
    } catch (error) {
      this.failure ??= error;
    }
  }

  /** Whatever was read last is dealt with, and everybody must be told what comes of it. */
  #settle(): void {
    this.#reader?.lineIsDealtWith();
    this.#reader = undefined;
  }

  #queuesAreCut(): void {
    this.tally.add("all queues together are too long");
    this.#turnsSinceExcess = 0;
    for (const { person } of this.stays) person.transcript.mayBeCut = true;
  }
}

function sum(numbers: Iterable<number>): number {
  return Iterator.from(numbers).reduce((total, number) => total + number, 0);
}
