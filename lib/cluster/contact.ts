/**
 * Keeps in touch with the log: connects, takes part, reads up to its end, and from then on writes and reads at
 * once, until anything fails. Then all that begins anew, with a connection of its own.
 *
 *     connecting ──▶ entering ──▶ catching up ──▶ in touch
 *         ▲              │             │              │
 *         └──────────────┴─────────────┴──────────────┘
 *
 * One turn is on its way at a time. It also renews the lease; where nothing is said, a sign of life does.
 */
import type { Emit } from "../events.ts";
import { Histogram } from "../limits/histogram.ts";
import { after, type Timer } from "../limits/timers.ts";
import type { Follower } from "./follower.ts";
import { comparePositions, START, type Position } from "./position.ts";
import {
  TurnRefused,
  UnusableLog,
  type LogSession,
  type SharedLog,
  type Tip,
} from "./shared-log.ts";

/** How long the log may be silent before people are told, in milliseconds. */
const AWAY_MS = 1_500;

/** How long one waits before it connects again, in milliseconds. */
const RETRY_MS = 200;

/** How long one request to read waits for something to read, in milliseconds. */
const BLOCK_MS = 1_000;

/** How long a command may take, in milliseconds: so long, or a fifth of the lease if that is more. */
const COMMAND_TIMEOUT_MS = 2_000;

/** So often, as a part of the lease, a server gives a sign of life. */
const SIGN_OF_LIFE = 1 / 5;

export class Contact {
  readonly #log: SharedLog;
  readonly #follower: Follower;
  readonly #emit: Emit;
  readonly #commandTimeoutMs: number;
  readonly #signOfLifeMs: number;
  /** How long what was appended took to be answered. */
  readonly roundTrips = new Histogram();
  #session: LogSession | undefined;
  /** The last entry of the log, as far as it is known. */
  #end = START;
  #epoch = 0;
  #isStopped = false;
  #wasInTouch = false;
  /** Why the log refuses this server now, if it is known. */
  #refusal: string | undefined;
  /** Runs while the log owes an answer; away when it has run out. */
  #doubt: Timer | "away" | undefined;
  #pause = Promise.withResolvers<void>();

  constructor(log: SharedLog, follower: Follower, leaseMs: number, emit: Emit) {
    this.#log = log;
    this.#emit = emit;
    this.#follower = follower;
    this.#signOfLifeMs = leaseMs * SIGN_OF_LIFE;
    this.#commandTimeoutMs = Math.max(COMMAND_TIMEOUT_MS, this.#signOfLifeMs);
  }

  /** How many entries of the log are known of and not applied. */
  get entriesAhead(): number {
    const [end, applied] = [this.#end, this.#position];
    if (comparePositions(end, applied) <= 0) return 0;
    return end.generation === applied.generation ? end.counter - applied.counter : end.counter;
  }

  /** Keeps in touch until it is stopped. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      this.#startDoubt();
      try {
        await this.#visit();
      } catch (error) {
        if (error instanceof UnusableLog) {
          const { message: reason } = error;
          if (!this.#wasInTouch) return this.#emit?.({ type: "cluster unusable", reason });
          if (reason !== this.#refusal) this.#emit?.({ type: "log refused", reason });
          this.#refusal = reason;
        }
      }
      this.#session?.close();
      this.#session = undefined;
      // What still waits to write has nothing to write to.
      this.wake();
      if (!this.#isStopped) await passes(RETRY_MS);
    }
  }

  /** There may be a turn to be sent. */
  wake(): void {
    this.#pause.resolve();
  }

  /** Takes part no longer. Resolves when the log knows, or cannot be told. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#doubt !== "away") clearTimeout(this.#doubt);
    const session = this.#session;
    if (session !== undefined) await this.#bounded(session, session.leave()).catch(() => {});
    session?.close();
    this.wake();
  }

  async #visit(): Promise<void> {
    const session = await this.#log.connect();
    if (this.#isStopped) return session.close();
    this.#session = session;
    const { position } = this.#follower;
    const entering = session.enter(++this.#epoch, this.#position, this.#follower.nodes);
    const tip = await this.#bounded(session, entering);
    this.#end = tip.position;
    if (position === undefined || !(await this.#catchUp(session, tip))) {
      const snapshot = await this.#bounded(session, session.snapshot());
      await this.#bounded(session, this.#follower.restore(snapshot, session));
    }
    if (this.#isStopped) return;
    this.#follower.heard(tip);
    // All that is in the log is applied.
    this.#follower.takeBack();
    this.#wasInTouch = true;
    this.#trust();
    await Promise.race([this.#write(session, tip.position.generation), this.#read(session)]);
  }

  /** Reads to the end of the log. Returns false if something is missing. */
  async #catchUp(session: LogSession, { position: end }: Tip): Promise<boolean> {
    while (comparePositions(this.#position, end) < 0) {
      const batch = await this.#bounded(session, session.read(this.#position, 0));
      if (batch.entries.length === 0 || !this.#follower.apply(batch)) return false;
    }
    return true;
  }

  async #write(session: LogSession, generation: number): Promise<void> {
    let heardMs = performance.now();
    while (this.#session === session) {
      // Before the turn is looked for, so that none is missed that comes meanwhile.
      this.#pause = Promise.withResolvers<void>();
      const turn = this.#follower.takeTurn();
      const leftMs = heardMs + this.#signOfLifeMs - performance.now();
      if (turn === undefined && leftMs > 0) {
        await this.#pauseFor(leftMs);
        continue;
      }
      this.#startDoubt();
      const unread = this.#follower.takeUnread();
      const [sentMs, position] = [performance.now(), this.#position];
      const appending = session.append(generation, position, turn, unread);
      const tip = await this.#bounded(session, appending).catch((error: unknown) => {
        if (turn !== undefined && error instanceof TurnRefused) this.#follower.takeBack(turn);
        throw error;
      });
      heardMs = performance.now();
      this.roundTrips.observe(heardMs - sentMs);
      this.#end = tip.position;
      this.#follower.heard(tip);
      // What was read is not of this log. To enter anew begins another generation.
      if (comparePositions(tip.position, position) < 0) return;
      if (this.#session === session) this.#trust();
      // So what is read in this turn of the event loop goes into the next one of ours, and is not divided.
      await turnEnds();
      // What is said while the room is busy would be shown no earlier if it were appended now.
      const { pauseMs } = this.#follower;
      if (pauseMs > 0) await passes(pauseMs);
    }
  }

  async #read(session: LogSession): Promise<void> {
    while (this.#session === session) {
      const reading = session.read(this.#position, BLOCK_MS);
      const batch = await this.#bounded(session, reading, BLOCK_MS);
      if (this.#session !== session) return;
      this.#refusal = undefined;
      // The next visit finds out what is to be done.
      if (!this.#follower.apply(batch)) return;
      // While people are sent this, more comes, which is then read at once.
      await turnEnds();
    }
  }

  get #position(): Position {
    return this.#follower.position ?? START;
  }

  /** Ends a session that takes too long. */
  async #bounded<T>(session: LogSession, answer: Promise<T>, extraMs = 0): Promise<T> {
    const timer = after(this.#commandTimeoutMs + extraMs, () => session.close());
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Not while it stops: then nobody is told any more. */
  #startDoubt(): void {
    if (this.#isStopped) return;
    this.#doubt ??= after(AWAY_MS, () => {
      this.#doubt = "away";
      this.#follower.setAway(true);
    });
  }

  #trust(): void {
    const doubt = this.#doubt;
    this.#doubt = undefined;
    if (doubt === "away") this.#follower.setAway(false);
    else clearTimeout(doubt);
  }

  async #pauseFor(ms: number): Promise<void> {
    const pause = this.#pause;
    const timer = after(Math.ceil(ms), () => pause.resolve());
    await pause.promise;
    clearTimeout(timer);
  }
}

function passes(ms: number): Promise<void> {
  return new Promise((resolve) => after(ms, resolve));
}

/** The rest of this turn of the event loop has come, and all were sent what it brought. */
function turnEnds(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
