/**
 * Runs a script against a real Chat, with everything in it but the sockets and the clock, and checks
 * after each turn of the event loop that nothing is wrong.
 */
import { originOf } from "../../lib/address.ts";
import { REFUSED_MAX } from "../../lib/admission.ts";
import { Chat } from "../../lib/chat.ts";
import { GOODBYES, type LeaveReason } from "../../lib/messages.ts";
import type { Settings } from "../../lib/settings.ts";
import type { WriteHalf } from "../../lib/write-half.ts";
import { Bucket } from "./bucket.ts";
import { Model } from "./model.ts";
import { KNOCKS, type Action, type Script, type Typed } from "./script.ts";
import { ADDRESSES, SETTINGS } from "./settings.ts";
import type { SimSocket } from "./sim-socket.ts";
import { Stay, type Step, type World } from "./stay.ts";
import { Tally } from "./tally.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { NAMES, PHRASES, type Line, type Name } from "./vocabulary.ts";

/** All of a script's waits end before this, in milliseconds. */
const SETTLE_MS_MAX = 900_000;

/** More turns than any one thing takes that happens. */
const TURNS_MAX = 1_000;

export interface Outcome {
  /** All that was read, sent and ended, in order. */
  readonly trace: readonly string[];
  /** What each client received, in order of connecting; bytes, one a character. */
  readonly received: readonly string[];
}

export interface SimulationOptions {
  readonly tally?: Tally;
  /** Is told of each step; between two actions nothing is then left to be done. */
  readonly onStep?: (step: Step) => void;
}

/** @throws {Error} something is wrong; the message says what, and ends with what came before */
export function simulate(script: Script, options: SimulationOptions = {}): Outcome {
  const clock = new VirtualClock();
  using _ = clock.install();
  return new Simulation(script, clock, options).run();
}

class Simulation implements World {
  readonly clock: VirtualClock;
  readonly settings: Settings;
  readonly model: Model;
  readonly tally: Tally;
  readonly writeMs: number;
  readonly #script: Script;
  readonly #chat: Chat;
  readonly #stays: Stay[] = [];
  readonly #trace: string[] = [];
  readonly #joins = new Map<string, Bucket>();
  readonly onStep: ((step: Step) => void) | undefined;
  #number = 0;
  #isStopping = false;
  /** The first thing that went wrong inside natter, which catches what is thrown there. */
  #failure: unknown;
  /** The total limit was exceeded in this turn, or in the one before. */
  #turnsSinceExcess = Infinity;

  constructor(script: Script, clock: VirtualClock, options: SimulationOptions) {
    const { tally = new Tally(), onStep } = options;
    this.#script = script;
    this.onStep = onStep;
    this.tally = tally;
    this.clock = clock;
    this.writeMs = script.writeMs;
    this.settings = SETTINGS[script.settings % SETTINGS.length] as Settings;
    this.model = new Model(this.settings, tally);
    this.#chat = new Chat(this.settings, () => {});
    this.#watch();
  }

  run(): Outcome {
    try {
      for (const action of this.#script.actions) {
        this.#act(action);
        if (this.onStep) this.#calmDown();
        if (this.#failure !== undefined) throw this.#failure;
      }
      this.#settle();
      this.#end();
    } catch (error) {
      const { message } = error as Error;
      throw new Error(`${message}\n${this.#trace.slice(-40).join("\n")}`, { cause: error });
    }
    const received = this.#stays.map(({ person }) => person.transcript.received);
    return { trace: this.#trace, received };
  }

  payJoin(origin: string | undefined): boolean {
    if (origin === undefined) return true;
    const { joinBurst, joinRate } = this.settings;
    const bucket = this.#joins.get(origin) ?? new Bucket(joinBurst, joinRate);
    this.#joins.set(origin, bucket);
    return bucket.pay(1, this.clock.nowMs);
  }

  joinWaitMs(address: string): number {
    return this.#chat.surroundings.joinBudgets.waitMs(originOf(address));
  }

  isDue(reason: LeaveReason, origin: string | undefined): boolean {
    const admitted = this.#stays.filter(({ isAdmitted, isEnded }) => isAdmitted && !isEnded);
    switch (reason) {
      case "server shutdown":
        return this.#isStopping;
      case "server full":
        this.tally.add("the server is full");
        return admitted.length >= this.settings.maxClients;
      case "address full": {
        this.tally.add("an address is full");
        const { length } = admitted.filter((stay) => stay.origin === origin);
        return origin !== undefined && length >= this.settings.maxClientsPerAddress;
      }
      case "too slow":
        return this.#turnsSinceExcess <= 1;
      default:
        return false;
    }
  }

  trace(what: string): void {
    this.#trace.push(`${this.clock.nowMs} ${what}`);
  }

  /** Has what natter says within itself come here as well. */
  #watch(): void {
    const { backpressure, log, totalLimit } = this.#chat.surroundings;
    const { left } = log;
    log.left = (name, address, reason) => {
      this.#stays
        .find((stay) => address.endsWith(`:${stay.socket.remotePort}`))
        ?.onLeft(name, reason);
      left.call(log, name, address, reason);
    };
    log.failed = (_, error) => {
      this.#failure ??= error;
    };
    const surroundings = this.#chat.surroundings as { onEnd: Chat["surroundings"]["onEnd"] };
    const { onEnd } = surroundings;
    surroundings.onEnd = (connection) => {
      this.#stays.find(({ socket }) => socket.data === connection)?.onEnd();
      onEnd(connection);
    };
    const { report } = totalLimit;
    const held = new Map<unknown, number>();
    totalLimit.report = (holder, bytes) => {
      held.set(holder, bytes);
      if (sumOf(held) > this.settings.totalQueueLimitBytes) {
        this.tally.add("all queues together are too long");
        this.#turnsSinceExcess = 0;
      }
      report.call(totalLimit, holder, bytes);
      if (totalLimit.bytes !== sumOf(held)) this.#failure ??= new Error("the total is wrong");
    };
    const { resumeLater } = backpressure;
    backpressure.resumeLater = (sender) => {
      this.tally.add("a line waits for readers");
      resumeLater.call(backpressure, sender);
    };
  }

  #act(action: Action): void {
    switch (action.do) {
      case "connect":
        this.#connect(action.from, action.name);
        return;
      case "storm":
        for (let count = 0; count < action.count; count++) this.#connect(action.from, null);
        return;
      case "knock": {
        const stay = this.#connect(0, null);
        stay.knock = action.as;
        return stay.socket.send(Buffer.from(KNOCKS[action.as], "latin1"));
      }
      case "turn":
        return this.#turn();
      case "wait":
        return this.#wait(action.ms);
      case "stop":
        return this.#stop();
      default: {
        const here = this.#stays.filter(({ socket }) => !socket.isClosed);
        const isHere = (stay: Stay) => Number(this.model.members.has(stay.person));
        here.sort((one, other) => isHere(other) - isHere(one));
        const stay = here[action.who % here.length];
        if (stay) this.#have(stay, action);
      }
    }
  }

  #connect(from: number, name: number | null): Stay {
    const { host, origin } = ADDRESSES[from % ADDRESSES.length] as (typeof ADDRESSES)[number];
    const stay = new Stay(this, this.#stays.length, host, origin);
    stay.socket.joinsChunks = this.#script.joinsChunks;
    this.trace(`${stay.id} connects from ${host}`);
    if (this.#isStopping) return stay;
    this.onStep?.({ do: "connect" });
    this.#stays.push(stay);
    const refused =
      this.#stays.filter(({ isAdmitted, isEnded }) => !isAdmitted && !isEnded).length - 1;
    this.#chat.open(stay.socket);
    if (stay.socket.data === undefined) {
      this.tally.add("somebody is turned away at the door");
      stay.isEnded = true;
      const reason = this.isDue("server full", origin) ? "server full" : "address full";
      if (!this.isDue(reason, origin) || refused < REFUSED_MAX) {
        throw new Error(`${stay.id} was turned away at the door`);
      }
      stay.person.told(GOODBYES[reason]);
    }
    if (name !== null) stay.type([this.#line({ phrase: "name", name })], []);
    return stay;
  }

  #line({ phrase, name }: Typed): Line {
    return PHRASES[phrase](this.#number++, NAMES[name % NAMES.length] as Name);
  }

  #have(stay: Stay, action: Extract<Action, { who: number }>): void {
    const { socket } = stay;
    switch (action.do) {
      case "type":
        return stay.type(
          action.lines.map((typed) => this.#line(typed)),
          action.cuts,
        );
      case "begin":
        return stay.begin(this.#line(action.line), action.cut);
      case "telnet":
        return stay.negotiate(action.option);
      case "read":
        socket.isDrainLate = action.isLate;
        if (action.isLate && action.bytes !== 0) this.tally.add("a drain comes late");
        return socket.read(action.bytes === -1 ? Infinity : action.bytes);
      case "drain":
        this.tally.add("a drain is spurious");
        return socket.drain();
      case "depart":
        return stay.depart(this.#mayReset(socket) ? action.how : "half-close", action.isWhole);
      case "linger":
        this.tally.add("a client lingers");
        stay.lingers = true;
        return;
      default:
        action satisfies never;
    }
  }

  /** What a real reset destroys of what has not been read is up to the system. */
  #mayReset({ isPaused }: SimSocket): boolean {
    return this.onStep === undefined || !isPaused;
  }

  /** One turn of the event loop: the sockets, then what was put off, then the timers. */
  #turn(): void {
    for (const { socket } of this.#stays) socket.poll();
    this.clock.turn();
    this.#turnsSinceExcess++;
    if (this.#failure !== undefined) throw this.#failure;
    this.#check();
    // Whoever is told goodbye, and has read that, goes.
    for (const { lingers, socket } of this.#stays) if (!lingers) socket.answerShutdown();
  }

  /** Goes to where the clock will be in `ms`, and on the way has all happen that is due. */
  #wait(ms: number): void {
    const untilMs = this.clock.nowMs + ms;
    this.#calmDown();
    while (this.clock.nextMs <= untilMs) {
      this.clock.nowMs = Math.max(this.clock.nowMs, this.clock.nextMs);
      this.#calmDown();
    }
    this.clock.nowMs = Math.max(this.clock.nowMs, untilMs);
    this.#calmDown();
  }

  /** Turns until nothing is left to be done but to wait. */
  #calmDown(): void {
    let turns = 0;
    do {
      if (turns++ > TURNS_MAX) throw new Error("it never calms down");
      this.#turn();
    } while (this.clock.immediates > 0 || this.#stays.some(({ socket }) => socket.isReady));
    const standings = this.#stays.map((stay) => stay.standing);
    this.onStep?.({ do: "calm", nowMs: this.clock.nowMs, standings });
  }

  #stop(): void {
    if (this.#isStopping) return;
    this.tally.add("the server stops");
    this.trace("the server stops");
    this.onStep?.({ do: "stop" });
    this.#isStopping = true;
    this.model.dissolve();
    void this.#chat.close();
  }

  #check(): void {
    for (const stay of this.#stays) stay.check();
    const { room } = this.#chat.surroundings;
    const names = Array.from(room.members, ({ name }) => name);
    const expected = Array.from(this.model.members, ({ name }) => name);
    if (names.join() !== expected.join()) throw new Error(`${names} are here, not ${expected}`);
    const keys = new Set(Array.from(room.members, ({ key }) => key));
    if (keys.size !== names.length) throw new Error(`two of ${names} are the same`);
    const admitted = this.#stays.filter(({ isAdmitted, isEnded }) => isAdmitted && !isEnded);
    if (this.#chat.clients !== admitted.length) {
      throw new Error(`${this.#chat.clients} clients are counted, not ${admitted.length}`);
    }
    if (admitted.length > this.settings.maxClients) throw new Error("too many clients");
    this.#checkQueues();
  }

  /** While a turn's lines wait, and a line that was begun, a queue may hold so much more. */
  #checkQueues(): void {
    const { queueLimitBytes, lineLimitBytes } = this.settings;
    for (const { name, outbox } of this.#chat.surroundings.room.members) {
      const { bytes } = outbox as WriteHalf;
      if (bytes > queueLimitBytes + 2 * lineLimitBytes)
        throw new Error(`${bytes} wait for ${name}`);
    }
  }

  /** Everybody reads again, and in the end everything has come. */
  #settle(): void {
    for (const { socket } of this.#stays) {
      socket.isDrainLate = false;
      socket.read(Infinity);
    }
    const untilMs = this.clock.nowMs + SETTLE_MS_MAX;
    do this.#wait(1_000);
    while (this.clock.nowMs < untilMs && this.#stays.some((stay) => stay.isBusy));
    // A flush may still be due, if only of notices that nobody is there to read.
    this.#wait(1_000);
    for (const stay of this.#stays) if (!stay.socket.isClosed) stay.checkAllCame();
    if (this.#stays.some(({ person }) => person.transcript.skippedLines > 0)) {
      this.tally.add("lines are skipped");
    }
    const timers = this.#stays.filter((stay) => stay.isTimed).length;
    if (this.clock.timers !== timers)
      throw new Error(`${this.clock.timers} timers run, not ${timers}`);
  }

  /** Everybody goes, and nothing is left of them. */
  #end(): void {
    for (const stay of this.#stays) {
      stay.depart("half-close", true);
      // Real sockets are seen to in no given order.
      if (this.onStep) this.#calmDown();
    }
    this.#wait(60_000);
    const { room, totalLimit } = this.#chat.surroundings;
    const left = {
      clients: this.#chat.clients,
      members: room.size,
      timers: this.clock.timers,
      immediates: this.clock.immediates,
      queues: totalLimit.size,
      queuedBytes: totalLimit.bytes,
      open: this.#stays.filter(({ socket }) => !socket.isClosed).length,
      stays: this.#stays.filter(({ isEnded }) => !isEnded).length,
    };
    const wrong = Object.entries(left).filter(([, count]) => count !== 0);
    if (wrong.length > 0) throw new Error(`left behind: ${wrong.join(" ")}`);
  }
}

function sumOf(bytes: Map<unknown, number>): number {
  return [...bytes.values()].reduce((sum, each) => sum + each, 0);
}
