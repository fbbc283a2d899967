/**
 * Runs a script: a few nodes with real rooms and journals over one model of the log. When it is over, everything is
 * put right again, and then all must be well.
 */
import { SimulationError } from "../helpers/seeds.ts";
import { Contents } from "./contents.ts";
import { checkEverything, isCalm } from "./checks.ts";
import { LogServer } from "./log-server.ts";
import { peopleOf } from "./log-parts.ts";
import { disturbLog, isLogFault } from "./log-faults.ts";
import type { Action, Script } from "./script.ts";
import { SimNode } from "./sim-node.ts";
import { clusterTally, type ClusterTally } from "./tally.ts";
import { giveName, linesOf, nameOf, talk } from "./typing.ts";
import { World } from "./world.ts";

const NODES_MAX = 4;

/** How long it may take until all is well again, in milliseconds, and in what steps one looks. */
const HEAL_MS_MAX = 60_000;
const LOOK_MS = 500;

/** So often in a row all must look well: a node takes a while to notice that it is out of touch. */
const CALM_LOOKS = 4;

/** How long it takes until everything has ended that a node has left behind. */
const END_MS = 3_500;

/** @throws {SimulationError} something is wrong; the message ends with what came before */
export function simulate(script: Script, tally = clusterTally()): readonly string[] {
  const simulation = new Simulation(script, tally);
  try {
    simulation.run();
  } catch (error) {
    throw new SimulationError(error as Error, simulation.world.trace);
  }
  return simulation.world.trace;
}

class Simulation {
  readonly world: World;
  readonly #script: Script;
  readonly #tally: ClusterTally;
  readonly #server: LogServer;
  readonly #nodes: SimNode[] = [];
  readonly #contents: Contents;
  #marks = 0;

  constructor(script: Script, tally: ClusterTally) {
    this.#script = script;
    this.#tally = tally;
    this.world = new World(script.seed);
    this.#server = new LogServer(this.world);
    this.#contents = new Contents(this.world, tally);
    this.world.onStep = () => {
      if (this.#contents.failure !== undefined) throw this.#contents.failure;
      for (const node of this.#nodes) node.check();
    };
  }

  run(): void {
    for (let count = 0; count < this.#script.nodes; count++) this.#start();
    for (const action of this.#script.actions) {
      this.world.note(JSON.stringify(action));
      this.#act(action);
      this.world.pass(0);
    }
    this.#heal();
    this.#sayLast();
    checkEverything(this.#nodes, this.#server, this.#tally);
    for (const node of this.#up) node.stop();
    this.world.pass(END_MS);
    for (const node of this.#nodes) {
      if (node.phase === "stopping") throw new Error(`${node.name} does not stop`);
      if (node.phase === "stopped") node.end();
    }
    if (peopleOf(this.#server.state).length > 0) throw new Error("people are left");
  }

  get #up(): SimNode[] {
    return this.#nodes.filter(({ phase }) => phase === "up");
  }

  #start(): void {
    if (this.#up.length === NODES_MAX) return;
    const { leaseMs, history, busyMs = 0 } = this.#script;
    const { world } = this;
    const [name, server] = [`n${this.#nodes.length + 1}`, this.#server];
    const onRead = this.#contents.read;
    const options = { world, server, name, leaseMs, history, busyMs, tally: this.#tally, onRead };
    this.#nodes.push(new SimNode(options));
  }

  #act(action: Action): void {
    const { world } = this;
    const { leaseMs } = this.#script;
    if (isLogFault(action)) {
      return disturbLog(action, this.#server, { world, tally: this.#tally, leaseMs });
    }
    if ("who" in action) return this.#have(action);
    if (action.do === "wait") return world.pass(action.ms);
    if (action.do === "start") {
      this.#tally.add("a node is started");
      return this.#start();
    }
    const node = this.#up[action.node % this.#up.length];
    if (node !== undefined) this.#actAt(node, action);
  }

  #actAt(node: SimNode, action: Extract<Action, { node: number }>): void {
    switch (action.do) {
      case "connect": {
        const person = node.connect(`${node.name} p${node.people.length + 1}`);
        return node.type(person, giveName(action.name));
      }
      case "kick":
        return node.kick(nameOf(action.name));
      case "announce":
        return node.announce(this.#mark());
      case "disturb":
        return void node.log.disturbances.push(action);
      case "stall node":
        this.#tally.add("a node stands still");
        node.clock.isStalled = true;
        return this.world.after(action.ms, () => (node.clock.isStalled = false));
      case "put":
        this.#tally.add(`${action.junk} is in the log`);
        return this.#server.put(action.junk, node.name);
      case "kill":
        this.#tally.add("a node is killed");
        return node.kill();
      case "stop":
        // It would do nothing, not even stop.
        if (node.clock.isStalled) return;
        this.#tally.add("a node is stopped");
        return node.stop();
      default:
        action satisfies never;
    }
  }

  #have(action: Extract<Action, { who: number }>): void {
    const here = this.#up.flatMap((node) => {
      return node.people.filter(({ isGone }) => !isGone).map((person) => [node, person] as const);
    });
    const [node, person] = here[action.who % here.length] ?? [];
    // A node that stands still reads nothing.
    if (node === undefined || person === undefined || node.clock.isStalled) return;
    if (action.do === "drop") return node.drop(person);
    if (person.session.phase === "naming") node.type(person, giveName(action.who));
    const [, other] = here[("name" in action ? action.name : 0) % here.length] ?? [];
    const to = [...(other?.names ?? [])].at(-1) ?? "Ann";
    node.type(person, ...linesOf(action, person, to, () => this.#mark()));
  }

  #mark(): string {
    return `line${++this.#marks}`;
  }

  /** Puts everything right, and waits until all is well. */
  #heal(): void {
    const { world } = this;
    world.note("all is put right");
    this.#server.isAway = false;
    this.#server.endStall();
    for (const { clock, log } of this.#nodes) {
      clock.isStalled = false;
      log.disturbances = [];
    }
    if (this.#up.length === 0) this.#start();
    const endMs = Math.max(world.nowMs, world.lateUntilMs) + HEAL_MS_MAX;
    let calmLooks = 0;
    while (calmLooks < CALM_LOOKS && world.nowMs < endMs) {
      world.pass(LOOK_MS);
      const isCalmNow = world.nowMs > world.lateUntilMs && isCalm(this.#nodes, this.#server);
      calmLooks = isCalmNow ? calmLooks + 1 : 0;
    }
  }

  /** Everybody who is there can talk to everybody. */
  #sayLast(): void {
    for (const node of this.#up) {
      const chatting = node.people.filter(({ session }) => session.phase === "chatting");
      for (const person of chatting) node.type(person, talk(this.#mark()));
    }
    this.world.pass(LOOK_MS);
  }
}
