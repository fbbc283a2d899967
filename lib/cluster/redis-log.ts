/**
 * The log in Redis, or in Valkey, which is the same here.
 *
 * Bun's client goes deaf when it reconnects by itself, and keeps commands without bound while it is not connected.
 * So it does neither here: each session has two clients of its own, one to write and one to read, and ends with
 * the first error of either.
 */
import { RedisClient } from "bun";
import { decodeEntry, decodeLetter, shownName, type Entry } from "./entry.ts";
import { formatPosition, parsePosition, type Position } from "./position.ts";
import { explainRefusal, flawOf, refusalOf } from "./refusal.ts";
import { APPEND, ENTER, LEAVE, SNAPSHOT } from "./scripts.ts";
import {
  TurnRefused,
  UnusableLog,
  type Batch,
  type LogPerson,
  type LogSession,
  type SharedLog,
  type Snapshot,
  type Tip,
  type Turn,
} from "./shared-log.ts";

/** The most entries that are read at once. To take many large ones in takes the event loop's time. */
const READ_COUNT = 32;

/** How long it may take to connect, in milliseconds. */
const CONNECT_TIMEOUT_MS = 2_000;

export interface RedisLogOptions {
  readonly url: string;
  /** Servers that name the same room share one. */
  readonly room: string;
  readonly node: string;
  readonly leaseMs: number;
}

/** What the script says that appends, where it has not. */
const REFUSED = /STALE|FENCED/;

type StreamReply = readonly (readonly [id: string, fields: readonly string[]])[];

export class RedisLog implements SharedLog {
  readonly #options: RedisLogOptions;

  constructor(options: RedisLogOptions) {
    this.#options = options;
  }

  async connect(): Promise<LogSession> {
    const { url } = this.#options;
    const writer = createClient(url);
    const reader = createClient(url);
    const session = new RedisSession(this.#options, writer, reader);
    // One that takes the connection and then stands still would be waited for without end.
    const timer = setTimeout(() => session.close(), CONNECT_TIMEOUT_MS);
    try {
      await Promise.all([writer.connect(), reader.connect()]);
      await session.prepare();
      return session;
    } catch (error) {
      session.close();
      if (error instanceof UnusableLog) throw error;
      const refusal = await explainRefusal(url, CONNECT_TIMEOUT_MS);
      throw refusal === undefined ? error : new UnusableLog(refusal);
    } finally {
      clearTimeout(timer);
    }
  }
}

function createClient(url: string): RedisClient {
  return new RedisClient(url, {
    autoReconnect: false,
    enableOfflineQueue: false,
    connectionTimeout: CONNECT_TIMEOUT_MS,
  });
}

class RedisSession implements LogSession {
  readonly #options: RedisLogOptions;
  readonly #writer: RedisClient;
  readonly #reader: RedisClient;
  readonly #log: string;
  readonly #inbox: string;
  readonly #keys: readonly string[];
  readonly #hashes = new Map<string, string>();
  #epoch = "";

  constructor(options: RedisLogOptions, writer: RedisClient, reader: RedisClient) {
    const { room, node } = options;
    this.#options = options;
    this.#writer = writer;
    this.#reader = reader;
    const key = (name: string) => `natter:{${room}}:${name}`;
    this.#log = key("log");
    this.#inbox = key(`inbox:${node}`);
    const names = ["log", "names", "people", "spoke", "nodes", "meta", "inbox:"];
    this.#keys = names.map(key);
  }

  /** Has Redis know the scripts, each by a hash. */
  async prepare(): Promise<void> {
    const sections = ["server", "memory"].map((name) => ask(this.#writer, "INFO", [name]));
    const flaw = flawOf((await Promise.all(sections)).join("\n"));
    if (flaw !== undefined) throw new UnusableLog(flaw);
    for (const script of [ENTER, SNAPSHOT, APPEND, LEAVE]) {
      this.#hashes.set(script, await ask(this.#writer, "SCRIPT", ["LOAD", script]));
    }
  }

  async enter(epoch: number, known: Position, nodes: Iterable<string>): Promise<Tip> {
    this.#epoch = String(epoch);
    const { node, leaseMs } = this.#options;
    const { generation, counter } = known;
    const args = [node, this.#epoch, leaseMs, generation, counter, ...nodes];
    const [gen, n, nowMs] = await this.#run<string[]>(ENTER, args);
    return { position: parsePosition(`${gen}-${n}`), nowMs: Number(nowMs) };
  }

  async snapshot(): Promise<Snapshot> {
    type Reply = [gen: string, n: string, nowMs: string, from: string, string[], string[]];
    const [gen, n, nowMs, from, people, spoke] = await this.#run<Reply>(SNAPSHOT, []);
    return {
      position: parsePosition(`${gen}-${n}`),
      nowMs: Number(nowMs),
      from: parsePosition(from),
      people: readPeople(people, new Map(pairs(spoke))),
    };
  }

  async append(
    generation: number,
    known: Position,
    turn: Turn | undefined,
    unread: Position | undefined,
  ): Promise<Tip> {
    const { node, leaseMs } = this.#options;
    const { number = "", groups = [], authors = [], letters = new Map() } = turn ?? {};
    const before = unread === undefined ? "" : formatPosition(unread);
    const counter = known.generation === generation ? known.counter : 0;
    const head = [node, this.#epoch, generation, leaseMs, number, before, [...authors].join("\n")];
    const args = [...head, counter, letters.size, ...[...letters].flat(), ...groups];
    const [n, nowMs] = await this.#run<string[]>(APPEND, args).catch((error: Error) => {
      throw REFUSED.test(error.message) ? new TurnRefused(error.message) : error;
    });
    return { position: { generation, counter: Number(n) }, nowMs: Number(nowMs) };
  }

  async read(last: Position, blockMs: number): Promise<Batch> {
    const id = formatPosition(last);
    const wait = blockMs === 0 ? [] : ["BLOCK", String(blockMs)];
    const args = ["COUNT", String(READ_COUNT), ...wait, "STREAMS", this.#log, id];
    type Reply = Record<string, StreamReply> | null;
    const reply = await ask<Reply>(this.#reader, "XREAD", args);
    const entries = readEntries(reply?.[this.#log] ?? []);
    return { entries, letters: await this.#readLetters(entries) };
  }

  /** The letters that came with `entries`, which say whether there are any. */
  async #readLetters(entries: readonly Entry[]): Promise<Batch["letters"]> {
    const withLetters = entries.filter((entry) => {
      return entry.kind === "turn" && entry.letterNodes.includes(this.#options.node);
    });
    const [first, last] = [withLetters.at(0), withLetters.at(-1)];
    if (first === undefined || last === undefined) return new Map();
    const range = [first, last].map(({ position }) => formatPosition(position));
    const letters = await ask<StreamReply>(this.#reader, "XRANGE", [this.#inbox, ...range]);
    return new Map(letters.map(([id, fields]) => [id, decodeLetter(fields)]));
  }

  async readBack(last: Position, count: number): Promise<readonly Entry[]> {
    const args = [this.#log, formatPosition(last), "-", "COUNT", String(count)];
    return readEntries(await ask<StreamReply>(this.#reader, "XREVRANGE", args));
  }

  async leave(): Promise<void> {
    await this.#run(LEAVE, [this.#options.node, this.#epoch]);
  }

  close(): void {
    this.#writer.close();
    this.#reader.close();
  }

  #run<Reply>(script: string, args: readonly (string | number)[]): Promise<Reply> {
    const hash = this.#hashes.get(script) ?? "";
    const keys = [String(this.#keys.length), ...this.#keys];
    return ask(this.#writer, "EVALSHA", [hash, ...keys, ...args.map(String)]);
  }
}

/** @throws {UnusableLog} it is refused, and would be again */
async function ask<Reply>(client: RedisClient, command: string, args: string[]): Promise<Reply> {
  try {
    return await client.send(command, args);
  } catch (error) {
    const refusal = refusalOf(error instanceof Error ? error.message : String(error));
    throw refusal === undefined ? error : new UnusableLog(refusal);
  }
}

function readEntries(reply: StreamReply): Entry[] {
  return reply.map(([id, fields]) => decodeEntry(id, fields));
}

function readPeople(list: readonly string[], spoke: ReadonlyMap<string, string>): LogPerson[] {
  // The field without a name holds the generation.
  return pairs(list).flatMap(([id, person]) => {
    const [, order, name] = person.split("\n");
    const shown = shownName(name ?? "");
    if (id === "" || shown === "") return [];
    return { id, name: shown, order: Number(order), spokeAtMs: Number(spoke.get(id) ?? 0) };
  });
}

function pairs(list: readonly string[]): [string, string][] {
  return Array.from({ length: list.length / 2 }, (_, at) => [
    list[2 * at] ?? "",
    list[2 * at + 1] ?? "",
  ]);
}
