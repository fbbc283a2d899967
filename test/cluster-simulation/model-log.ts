/** The log as one node reaches it. */
import { decodeLetter, type Entry } from "../../lib/cluster/entry.ts";
import { comparePositions, formatPosition, type Position } from "../../lib/cluster/position.ts";
import type {
  Batch,
  LogSession,
  SharedLog,
  Snapshot,
  Tip,
  Turn,
} from "../../lib/cluster/shared-log.ts";
import { decode, type Caller } from "./log-parts.ts";
import { append, enter, leave, snapshot } from "./log-scripts.ts";
import type { LogServer } from "./log-server.ts";
import type { StreamEntry } from "./log-state.ts";
import { Lane, Wire, type Disturbance, type RequestKind, type WireOptions } from "./wire.ts";

export interface ModelLogOptions extends Omit<WireOptions, "disturbanceOf"> {
  readonly leaseMs: number;
  /** Is told what has been read. */
  readonly onRead: (entries: readonly StreamEntry[]) => void;
}

/** How long it may take to connect, as in redis-log.ts. */
const CONNECT_TIMEOUT_MS = 2_000;

export class ModelLog implements SharedLog {
  readonly options: ModelLogOptions;
  disturbances: Disturbance[] = [];

  constructor(options: ModelLogOptions) {
    this.options = options;
  }

  async connect(): Promise<LogSession> {
    const session = new ModelSession(this);
    const timer = setTimeout(() => session.close(), CONNECT_TIMEOUT_MS);
    try {
      await session.prepare();
      return session;
    } finally {
      clearTimeout(timer);
    }
  }

  /** What goes wrong with this request, if anything does. */
  disturbanceOf(kind: RequestKind): Disturbance | undefined {
    const at = this.disturbances.findIndex(({ on }) => on === kind || on === "any");
    return at === -1 ? undefined : this.disturbances.splice(at, 1)[0];
  }
}

class ModelSession implements LogSession {
  readonly #log: ModelLog;
  readonly #wire: Wire;
  readonly #writer = new Lane();
  readonly #reader = new Lane();
  #epoch = 0;

  constructor(log: ModelLog) {
    this.#log = log;
    const disturbanceOf = (kind: RequestKind) => log.disturbanceOf(kind);
    this.#wire = new Wire({ ...log.options, disturbanceOf });
  }

  async prepare(): Promise<void> {
    await this.#wire.ask("connect", this.#writer, (answer) => {
      if (this.#log.options.server.isAway) throw new Error("refused");
      answer(undefined);
    });
  }

  async enter(epoch: number, known: Position, nodes: Iterable<string>): Promise<Tip> {
    this.#epoch = epoch;
    const { server } = this.#log.options;
    const others = [...nodes];
    return this.#write("enter", (state, caller) => {
      return enter(state, server.runId, caller, known, others);
    });
  }

  async snapshot(): Promise<Snapshot> {
    return this.#write("snapshot", (state, { nowMs }) => snapshot(state, nowMs));
  }

  async append(
    generation: number,
    known: Position,
    turn: Turn | undefined,
    unread: Position | undefined,
  ): Promise<Tip> {
    return this.#write("append", (state, caller) => {
      return append(state, caller, generation, known, turn, unread);
    });
  }

  async leave(): Promise<void> {
    await this.#write("leave", leave);
  }

  async read(last: Position, blockMs: number): Promise<Batch> {
    const { server, world, onRead } = this.#log.options;
    const found = await this.#wire.ask<readonly StreamEntry[]>("read", this.#reader, (answer) => {
      const callOff = server.read(last, blockMs > 0, answer);
      if (blockMs > 0) {
        world.after(blockMs, () => {
          callOff();
          answer([]);
        });
      }
    });
    const entries = found.map(decode);
    const letters = await this.#readLetters(entries);
    onRead(found);
    return { entries, letters };
  }

  async #readLetters(entries: readonly Entry[]): Promise<Batch["letters"]> {
    const { server, node } = this.#log.options;
    const withLetters = entries.filter((entry) => {
      return entry.kind === "turn" && entry.letterNodes.includes(node);
    });
    const [first, last] = [withLetters.at(0)?.position, withLetters.at(-1)?.position];
    if (first === undefined || last === undefined) return new Map();
    const letters = await this.#wire.ask<readonly StreamEntry[]>(
      "letters",
      this.#reader,
      (answer) => {
        const waiting = server.state.inboxes.get(node)?.entries ?? [];
        answer(
          waiting.filter(({ position }) => {
            return comparePositions(position, first) >= 0 && comparePositions(position, last) <= 0;
          }),
        );
      },
    );
    return new Map(
      letters.map(({ position, fields }) => [formatPosition(position), decodeLetter(fields)]),
    );
  }

  async readBack(last: Position, count: number): Promise<readonly Entry[]> {
    return this.#wire.ask("read", this.#reader, (answer) => {
      const entries = this.#log.options.server.state.log?.entries ?? [];
      const before = entries.filter(({ position }) => comparePositions(position, last) <= 0);
      answer(before.toReversed().slice(0, count).map(decode));
    });
  }

  close(): void {
    this.#wire.close();
  }

  #write<Answer>(
    kind: "enter" | "append" | "snapshot" | "leave",
    script: (state: LogServer["state"], caller: Caller) => Answer,
  ): Promise<Answer> {
    const { server, world, node, leaseMs } = this.#log.options;
    const epoch = this.#epoch;
    return this.#wire.ask(kind, this.#writer, (answer) => {
      answer(server.write((state) => script(state, { node, epoch, leaseMs, nowMs: world.nowMs })));
    });
  }
}
