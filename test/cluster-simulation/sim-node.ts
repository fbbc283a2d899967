/** A server of the simulation: a real room and a real journal, on a clock of its own, over the model of the log. */
import { ClusterJournal } from "../../lib/cluster/cluster-journal.ts";
import { TO_SPEAKERS } from "../../lib/conversation/speaker.ts";
import { CommandTable } from "../../lib/conversation/command-table.ts";
import { COMMANDS } from "../../lib/conversation/commands.ts";
import type { SessionContext } from "../../lib/conversation/session.ts";
import type { ChatEvent } from "../../lib/events.ts";
import { TurnEnd } from "../../lib/limits/turn-end.ts";
import { resolveOptions } from "../../lib/options/settings.ts";
import { History } from "../../lib/room/history.ts";
import { Room } from "../../lib/room/room.ts";
import { announced, sentHome } from "../../lib/text/messages.ts";
import { foldName } from "../../lib/text/names.ts";
import type { LogServer } from "./log-server.ts";
import type { StreamEntry } from "./log-state.ts";
import { ModelLog } from "./model-log.ts";
import { NodeClock } from "./node-clock.ts";
import { Person, type Typed } from "./person.ts";
import { Progress } from "./progress.ts";
import type { ClusterTally } from "./tally.ts";
import type { World } from "./world.ts";

export interface SimNodeOptions {
  readonly world: World;
  readonly server: LogServer;
  readonly name: string;
  readonly leaseMs: number;
  readonly history: number;
  readonly busyMs: number;
  readonly tally: ClusterTally;
  readonly onRead: (entries: readonly StreamEntry[]) => void;
}

export class SimNode {
  readonly name: string;
  readonly clock: NodeClock;
  readonly log: ModelLog;
  readonly people: Person[] = [];
  /** What was announced here, and what is known of it. */
  readonly announcements = new Map<string, "open" | "said" | "lost">();
  phase: "up" | "killed" | "stopping" | "stopped" = "up";
  isInTouch = true;
  /** Whether nobody may be read. */
  isHeld = false;
  readonly progress: Progress;
  /** What it has done wrong, which it may have caught itself. */
  #failure: Error | undefined;
  readonly #options: SimNodeOptions;
  readonly #context: SessionContext;

  constructor(options: SimNodeOptions) {
    const { world, server, name, leaseMs, history, busyMs, tally, onRead } = options;
    this.#options = options;
    this.name = name;
    this.progress = new Progress(name);
    this.clock = new NodeClock(world.random(10_000));
    world.clocks.add(this.clock);
    this.log = new ModelLog({
      world,
      server,
      node: name,
      clock: this.clock,
      leaseMs,
      tally,
      onRead: (entries) => {
        onRead(entries);
        this.progress.hasRead(entries);
      },
    });
    const emit = (event: ChatEvent) => this.#take(event);
    const turnEnd = new TurnEnd();
    const room = new Room(4_096, { history: new History(history), emit, turnEnd });
    // Here it takes no time to write to people.
    const get = () => {
      if (busyMs > 0) tally.add("a room is busy");
      return busyMs;
    };
    Object.defineProperty(room, "pauseMs", { get });
    let journal: ClusterJournal | undefined;
    this.#run(() => {
      const holdEverybody = (isHeld: boolean) => {
        this.isHeld = isHeld;
        if (isHeld) tally.add("everybody is held");
        else turnEnd.run("read", this.#resumeAll);
      };
      const host = { room, emit, turnEnd, holdEverybody };
      journal = new ClusterJournal(this.log, host, { node: name, leaseMs, history });
    });
    const commands = new CommandTable(TO_SPEAKERS, COMMANDS);
    const settings = resolveOptions({ greeting: true });
    const welcome = { text: "" };
    this.#context = { room, journal: journal!, commands, emit, settings, welcome };
  }

  get room(): Room {
    return this.#context.room;
  }

  get journal(): ClusterJournal {
    return this.#context.journal as ClusterJournal;
  }

  connect(label: string): Person {
    const person = new Person(label, this.#context, () => this.isHeld);
    this.people.push(person);
    this.#run(() => person.session.start());
    return person;
  }

  type(person: Person, ...lines: Typed[]): void {
    this.#run(() => person.type(...lines));
  }

  drop(person: Person): void {
    this.#run(() => person.leave("closed"));
  }

  announce(text: string): void {
    const lines = announced(text);
    this.announcements.set(text, "open");
    this.#run(() => {
      this.journal.propose({ do: "announce", lines }, (isSaid) => {
        this.announcements.set(text, isSaid ? "said" : "lost");
        if (!isSaid) this.#options.tally.add("an announcement may be lost");
      });
    });
  }

  kick(name: string): void {
    const member = this.room.members.find(foldName(name));
    if (member === undefined) return;
    const goodbye = sentHome("");
    this.#run(() => this.journal.propose({ do: "send home", member, goodbye }));
    this.#options.tally.add("somebody is sent home");
  }

  kill(): void {
    this.phase = "killed";
    this.#gone();
  }

  /** As Chat.close() does. */
  stop(): void {
    this.phase = "stopping";
    const { world } = this.#options;
    this.#run(async () => {
      await this.journal.stop();
      this.room.dissolve();
      for (const person of this.people) person.session.leave("server shutdown");
      this.phase = "stopped";
      world.note(`${this.name} has stopped`);
    });
  }

  /** It has stopped, and nothing of it is left. */
  end(): void {
    if (this.clock.timers > 0) throw new Error(`${this.name} has stopped and has timers`);
    this.#gone();
  }

  #gone(): void {
    this.clock.isDead = true;
    this.#options.world.clocks.delete(this.clock);
    for (const person of this.people) person.isGone = true;
  }

  /** What it has applied follows what it had applied, or people were told of a gap. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.progress.check(this.journal.position);
  }

  readonly #resumeAll = (): void => this.people.forEach((person) => person.resume());

  #run(code: () => void): void {
    this.clock.run(this.#options.world.nowMs, code);
    this.#options.world.onStep();
  }

  #fail(reason: string): void {
    this.#failure ??= new Error(`${this.name}: ${reason}`);
  }

  #take(event: ChatEvent): void {
    const { world, tally } = this.#options;
    switch (event.type) {
      case "lost touch":
      case "in touch": {
        const isInTouch = event.type === "in touch";
        if (this.phase === "stopped") return this.#fail(`${event.type} after its stop`);
        if (isInTouch === this.isInTouch) return this.#fail(`${event.type} twice`);
        this.isInTouch = isInTouch;
        if (!isInTouch) tally.add("touch is lost");
        return world.note(`${this.name}: ${event.type}`);
      }
      case "lines missing":
        this.progress.hasGap();
        tally.add("lines are missing");
        return world.note(`${this.name}: lines missing`);
      case "entry unreadable":
        return tally.add("an entry cannot be read");
      case "cluster unusable":
        return this.#fail(event.reason);
      case "failed":
        return this.#fail(String((event.error as Error).stack));
      case "joined":
      case "left":
        return world.note(`${this.name}: ${event.type} ${event.client} ${event.name}`);
      default:
    }
  }
}
