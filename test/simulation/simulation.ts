/**
 * Runs a script against a real Chat, with everything in it but the sockets and the clock, and checks
 * after each turn of the event loop that nothing is wrong.
 */
import { SimulationError } from "../helpers/seeds.ts";
import { REFUSED_MAX } from "../../lib/limits/admission.ts";
import type { Settings } from "../../lib/options/settings.ts";
import { KNOCKS, type Action, type Script, type Typed } from "./script.ts";
import { ADDRESSES, SETTINGS } from "./settings.ts";
import type { SimSocket } from "./sim-socket.ts";
import { Stay } from "./stay.ts";
import type { Step } from "./step.ts";
import { faultTally, type FaultTally } from "./tally.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { NAMES, PHRASES, type Line, type Name } from "./vocabulary.ts";
import { World } from "./world.ts";

/** All of a script's waits end before this, in milliseconds. */
const SETTLE_MS_MAX = 900_000;

/** Longer than any time limit that concerns those who leave, in milliseconds. */
const FAREWELL_MS = 60_000;

/** More turns than any one thing takes that happens. */
const TURNS_MAX = 1_000;

export interface Outcome {
  /** All that was read, sent and ended, in order. */
  readonly trace: readonly string[];
  /** What each client received, in order of connecting; bytes, one a character. */
  readonly received: readonly string[];
}

export interface SimulationOptions {
  readonly tally?: FaultTally;
  /** Is told of each step; between two actions nothing is then left to be done. */
  readonly onStep?: (step: Step) => void;
}

/** @throws {SimulationError} something is wrong; the message ends with what came before */
export function simulate(script: Script, options: SimulationOptions = {}): Outcome {
  const { tally = faultTally(), onStep } = options;
  const { writeMs, lineMs = 0 } = script;
  const clock = new VirtualClock();
  const settings = SETTINGS[script.settings % SETTINGS.length] as Settings;
  using _ = clock.install();
  const world = new World({ clock, settings, tally, writeMs, lineMs, onStep });
  return new Simulation(script, world).run();
}

class Simulation {
  readonly #script: Script;
  readonly #world: World;
  #number = 0;

  constructor(script: Script, world: World) {
    this.#script = script;
    this.#world = world;
  }

  run(): Outcome {
    const { log, onStep, stays } = this.#world;
    try {
      for (const action of this.#script.actions) {
        this.#act(action);
        if (onStep) this.#calmDown();
      }
      this.#settle();
      this.#end();
    } catch (error) {
      throw new SimulationError(error as Error, log);
    }
    return { trace: log, received: stays.map(({ person }) => person.transcript.received) };
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
        if (stay === undefined) return;
        stay.lifetime.knock = action.as;
        return stay.socket.send(Buffer.from(KNOCKS[action.as], "latin1"));
      }
      case "turn":
        return this.#turn();
      case "wait":
        return this.#wait(action.ms);
      case "leap":
        return this.#leap(action.ms);
      case "stop":
        return this.#stop();
      default: {
        const here = this.#world.stays.filter(({ socket }) => !socket.isClosed);
        const isHere = (stay: Stay) => Number(this.#world.model.members.has(stay.person));
        here.sort((one, other) => isHere(other) - isHere(one));
        const stay = here[action.who % here.length];
        if (stay) this.#have(stay, action);
      }
    }
  }

  /** Somebody connects, if anybody still can. */
  #connect(from: number, name: number | null): Stay | undefined {
    if (this.#world.isStopping) return undefined;
    const { host, origin } = ADDRESSES[from % ADDRESSES.length] as (typeof ADDRESSES)[number];
    const stay = new Stay(this.#world, this.#world.stays.length, host, origin);
    stay.socket.joinsChunks = this.#script.joinsChunks;
    this.#world.trace(`${stay.id} connects from ${host}`);
    this.#world.onStep?.({ do: "connect" });
    const refused = this.#world.refused.length;
    this.#world.stays.push(stay);
    const connection = this.#world.chat.accept(stay.socket);
    if (connection !== undefined) {
      stay.socket.data = connection;
    } else {
      this.#world.tally.add("somebody is turned away at the door");
      stay.socket.end();
      if (refused < REFUSED_MAX) throw new Error(`${stay.id} was turned away at the door`);
    }
    if (name !== null) stay.client.type([this.#line({ phrase: "name", name })], []);
    return stay;
  }

  #line({ phrase, name }: Typed): Line {
    return PHRASES[phrase](this.#number++, NAMES[name % NAMES.length] as Name);
  }

  #have(stay: Stay, action: Extract<Action, { who: number }>): void {
    const { socket } = stay;
    switch (action.do) {
      case "type":
        return stay.client.type(
          action.lines.map((typed) => this.#line(typed)),
          action.cuts,
        );
      case "begin":
        return stay.client.begin(this.#line(action.line), action.cut);
      case "telnet":
        stay.person.transcript.expectTelnet();
        return stay.client.negotiate(action.verb, action.option);
      case "read":
        socket.isDrainLate = action.isLate;
        if (action.isLate && action.bytes !== 0) this.#world.tally.add("a drain comes late");
        return socket.read(action.bytes === -1 ? Infinity : action.bytes);
      case "drain":
        this.#world.tally.add("a drain is spurious");
        return socket.drain();
      case "depart":
        return stay.client.depart(
          this.#mayReset(socket) ? action.how : "half-close",
          action.isWhole,
        );
      case "linger":
        this.#world.tally.add("a client lingers");
        stay.client.lingers = true;
        return;
      default:
        action satisfies never;
    }
  }

  /** What a real reset destroys of what has not been read is up to the system. */
  #mayReset({ isPaused }: SimSocket): boolean {
    return this.#world.onStep === undefined || !isPaused;
  }

  /** One turn of the event loop: the sockets, then what was put off, then the timers. */
  #turn(): void {
    for (const { socket } of this.#world.stays) socket.poll();
    this.#world.turn();
    this.#world.check();
    // A client that is told goodbye, and has read that, goes.
    for (const { client, socket } of this.#world.stays) {
      if (!client.lingers) socket.answerShutdown();
    }
  }

  /** Goes to where the clock will be in `ms`, and on the way has all happen that is due. */
  #wait(ms: number): void {
    const untilMs = this.#world.clock.nowMs + ms;
    this.#calmDown();
    while (this.#world.clock.nextMs <= untilMs) {
      this.#world.clock.nowMs = Math.max(this.#world.clock.nowMs, this.#world.clock.nextMs);
      this.#calmDown();
    }
    this.#world.clock.nowMs = Math.max(this.#world.clock.nowMs, untilMs);
    this.#calmDown();
  }

  /** The process stood still for so long: all timers are late, and run before a socket is read. */
  #leap(ms: number): void {
    this.#world.tally.add("the clock leaps");
    this.#world.clock.nowMs += ms;
    this.#world.leaptAtMs = this.#world.clock.nowMs;
    this.#world.turn();
    this.#calmDown();
  }

  /** Turns until nothing is left to be done but to wait. */
  #calmDown(): void {
    let turns = 0;
    do {
      if (turns++ > TURNS_MAX) throw new Error("it never calms down");
      this.#turn();
    } while (
      this.#world.clock.immediates > 0 ||
      this.#world.stays.some(({ socket }) => socket.isReady)
    );
    const standings = this.#world.stays.map((stay) => stay.standing);
    this.#world.onStep?.({ do: "calm", nowMs: this.#world.clock.nowMs, standings });
  }

  #stop(): void {
    if (this.#world.isStopping) return;
    this.#world.tally.add("the server stops");
    this.#world.trace("the server stops");
    this.#world.onStep?.({ do: "stop" });
    this.#world.isStopping = true;
    this.#world.model.dissolve();
    void this.#world.chat.close();
  }

  /** Everybody reads again, and in the end everything has come. */
  #settle(): void {
    for (const { socket } of this.#world.stays) {
      socket.isDrainLate = false;
      socket.read(Infinity);
    }
    const untilMs = this.#world.clock.nowMs + SETTLE_MS_MAX;
    do this.#wait(1_000);
    while (this.#world.clock.nowMs < untilMs && this.#world.stays.some((stay) => stay.isBusy));
    // A flush may still be due, if only of notices that nobody is there to read.
    this.#wait(1_000);
    for (const stay of this.#world.stays) if (!stay.socket.isClosed) stay.checkAllCame();
    if (this.#world.stays.some(({ person }) => person.transcript.skippedLines > 0)) {
      this.#world.tally.add("lines are skipped");
    }
    const timers = this.#world.stays.filter(({ lifetime }) => lifetime.isTimed).length;
    if (this.#world.clock.timers !== timers)
      throw new Error(`${this.#world.clock.timers} timers run, not ${timers}`);
  }

  /** Everybody goes, and nothing is left of them. */
  #end(): void {
    for (const stay of this.#world.stays) {
      stay.client.depart("half-close", true);
      // Real sockets are seen to in no given order.
      if (this.#world.onStep) this.#calmDown();
    }
    this.#wait(FAREWELL_MS);
    this.#world.checkNothingLeft();
  }
}
