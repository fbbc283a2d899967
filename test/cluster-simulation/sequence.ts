/** A random sequence of what servers ask of the log, asked of a real Redis and of the model. */
import { expect } from "bun:test";
import { encodeEvent } from "../../lib/cluster/entry.ts";
import { comparePositions, START, type Position } from "../../lib/cluster/position.ts";
import { RedisLog } from "../../lib/cluster/redis-log.ts";
import type { LogPerson, LogSession, Tip, Turn } from "../../lib/cluster/shared-log.ts";
import { decode, type Caller } from "./log-parts.ts";
import { append, enter, leave, snapshot } from "./log-scripts.ts";
import { entriesAfter, KEYS, LogState, type Key } from "./log-state.ts";
import { randomNumbers } from "./random.ts";
import { copyOfModel, copyOfRedis, keyOf, ROOM } from "./redis-copy.ts";
import type { startRedis } from "./redis-server.ts";

const NODES = ["a", "b", "c"];

/** Two nodes have leases so short that they run out, in milliseconds. */
const LEASES_MS = [40, 60, 100_000];
const PAUSE_MS = 25;

/** As in redis-log.ts. */
const READ_COUNT = 32;
/** Does the same with a real Redis and with the model, and compares what both answer and hold. */
export class Sequence {
  refusals = 0;
  readonly #redis: Awaited<ReturnType<typeof startRedis>>;
  readonly #random: (below: number) => number;
  readonly #state = new LogState();
  readonly #sessions = new Map<string, LogSession>();
  readonly #callers = new Map<string, Caller>();
  #known: Position = START;
  #nowMs = 0;
  #turns = 0;
  #epochs = 0;

  constructor(redis: Awaited<ReturnType<typeof startRedis>>, seed: number) {
    this.#redis = redis;
    this.#random = randomNumbers(seed);
  }

  readonly close = (): void => this.#sessions.forEach((session) => session.close());

  async step(): Promise<void> {
    const at = this.#random(NODES.length);
    const node = NODES[at] as string;
    const leaseMs = LEASES_MS[at] as number;
    const session = this.#sessions.get(node) ?? (await this.#connect(node, leaseMs));
    await this.#act(node, leaseMs, session);
    const { client } = this.#redis;
    expect(copyOfModel(this.#state, NODES)).toEqual(await copyOfRedis(client, NODES));
  }

  async #connect(node: string, leaseMs: number): Promise<LogSession> {
    const { url } = this.#redis;
    const session = await new RedisLog({ url, room: ROOM, node, leaseMs }).connect();
    this.#sessions.set(node, session);
    return session;
  }

  async #act(node: string, leaseMs: number, session: LogSession): Promise<void> {
    const caller = (nowMs: number) => ({
      epoch: 0,
      ...this.#callers.get(node),
      node,
      leaseMs,
      nowMs,
    });
    const drawn = this.#random(40);
    if (drawn < 6 || !this.#callers.has(node)) return this.#enter(node, leaseMs, session);
    if (drawn < 26) return this.#append(session, caller);
    if (drawn < 29) {
      const real = session
        .snapshot()
        .then(({ people, ...rest }) => ({ ...rest, people: byId(people) }));
      return this.#compare(real, (nowMs) => {
        const { people, ...rest } = snapshot(this.#state, nowMs);
        return { ...rest, people: byId(people) };
      });
    }
    if (drawn < 34) return this.#read(session);
    if (drawn < 36) return this.#leave(session, caller);
    if (drawn < 38) return Bun.sleep(this.#random(PAUSE_MS));
    if (drawn === 38) return this.#wipe(KEYS[this.#random(KEYS.length)] as Key);
    const kept = 1 + this.#random(3);
    await this.#redis.client.send("XTRIM", [keyOf("log"), "MAXLEN", String(kept)]);
    this.#state.trim(kept);
  }

  async #enter(node: string, leaseMs: number, session: LogSession): Promise<void> {
    // An old one is refused.
    const epoch = this.#random(8) === 0 ? this.#epochs : ++this.#epochs;
    this.#callers.set(node, { node, leaseMs, epoch, nowMs: 0 });
    const info: string = await this.#redis.client.send("INFO", ["server"]);
    const runId = /run_id:(\w+)/.exec(info)?.[1] ?? "";
    const known = this.#somewhere();
    const others = NODES.filter(() => this.#random(4) === 0);
    const real = session.enter(epoch, known, others);
    await this.#compare(real, (nowMs) => {
      return enter(this.#state, runId, { node, leaseMs, epoch, nowMs }, known, others);
    });
  }

  async #append(session: LogSession, caller: (nowMs: number) => Caller): Promise<void> {
    const turn = this.#random(4) === 0 ? undefined : this.#turn();
    const unread = this.#random(3) === 0 ? this.#somewhere() : undefined;
    const generation = this.#random(20) === 0 ? 5 : this.#known.generation;
    const known = this.#random(10) === 0 ? this.#somewhere() : this.#known;
    const real = session.append(generation, known, turn, unread);
    await this.#compare(real, (nowMs) => {
      return append(this.#state, caller(nowMs), generation, known, turn, unread);
    });
  }

  async #read(session: LogSession): Promise<void> {
    const last = this.#somewhere();
    const { entries } = await session.read(last, 0);
    expect(entries).toEqual(entriesAfter(this.#state.log, last).slice(0, READ_COUNT).map(decode));
    const back = await session.readBack(this.#known, 5);
    const all = (this.#state.log?.entries ?? []).map(decode);
    const end = all.findLastIndex(({ position }) => comparePositions(position, this.#known) <= 0);
    expect(back).toEqual(all.slice(Math.max(0, end - 4), end + 1).toReversed());
  }

  async #leave(session: LogSession, caller: (nowMs: number) => Caller): Promise<void> {
    await session.leave();
    const [last] = await this.#redis.client.send("XREVRANGE", [
      keyOf("log"),
      "+",
      "-",
      "COUNT",
      "1",
    ]);
    const fields: string[] = last?.[1] ?? [];
    leave(this.#state, caller(Number(fields[3])));
  }

  async #wipe(key: Key): Promise<void> {
    const names = key === "inboxes" ? NODES.map((node) => `inbox:${node}`) : [key];
    await this.#redis.client.send("DEL", names.map(keyOf));
    this.#state.wipe(key);
  }

  /** The model is told when Redis did it. */
  async #compare<Answer extends Tip>(
    real: Promise<Answer>,
    model: (nowMs: number) => Answer,
  ): Promise<void> {
    let answer: Answer;
    try {
      answer = await real;
    } catch (error) {
      this.refusals++;
      const [reason = ""] = /STALE|FENCED/.exec((error as Error).message) ?? [];
      expect(reason).not.toBe("");
      expect(() => model(this.#nowMs)).toThrow(reason);
      return;
    }
    this.#nowMs = answer.nowMs;
    this.#known = answer.position;
    expect(model(answer.nowMs)).toEqual(answer);
  }

  /** Mostly the end of the log, as far as it is known. */
  #somewhere(): Position {
    const { generation, counter } = this.#known;
    const drawn = this.#random(10);
    if (drawn === 0) return START;
    if (drawn === 1) return { generation, counter: counter + this.#random(3) };
    if (drawn === 2) return { generation: generation - 1, counter };
    return { generation, counter: Math.max(0, counter - this.#random(6)) };
  }

  #turn(): Turn {
    const groups = Array.from({ length: this.#random(4) }, () => this.#group());
    const letters = new Map<string, string>();
    if (this.#random(3) === 0) letters.set(NODES[this.#random(3)] as string, "a:1\nb:1\nhello");
    const authors = this.#random(2) === 0 ? [] : [String(this.#random(3))];
    return { number: ++this.#turns, groups, authors, letters };
  }

  #group(): string {
    const who = String(this.#random(3));
    const name = ["Ann", "Bob", "Cid"][this.#random(3)] as string;
    switch (this.#random(5)) {
      case 0:
      case 1:
        return encodeEvent("join", who, name.toLowerCase(), name);
      case 2:
        return encodeEvent("rename", who, name.toLowerCase(), name);
      case 3:
        return encodeEvent("leave", who, "", "");
      default:
        return encodeEvent("say", who, name, "hello");
    }
  }
}

function byId(people: readonly LogPerson[]): LogPerson[] {
  return people.toSorted((one, other) => (one.id < other.id ? -1 : 1));
}
