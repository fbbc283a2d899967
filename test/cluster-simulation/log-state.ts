/** What Redis holds of a room: the keys that scripts.ts names, as plain values that can be copied. */
import { comparePositions, formatPosition, type Position } from "../../lib/cluster/position.ts";

export interface StreamEntry {
  readonly position: Position;
  /** Names and values in turn. */
  readonly fields: readonly string[];
}

/** A stream. It is never changed, but replaced. */
export interface Stream {
  readonly entries: readonly StreamEntry[];
  readonly last: Position;
}

/** All entries that have been in the log, from the last one back; trimmed and deleted ones as well. */
export interface Lineage {
  readonly entry: StreamEntry;
  readonly before: Lineage | undefined;
}

export const KEYS = ["log", "names", "people", "spoke", "nodes", "meta", "inboxes"] as const;

export type Key = (typeof KEYS)[number];

export class LogState {
  log: Stream | undefined;
  names = new Map<string, string>();
  people = new Map<string, string>();
  spoke = new Map<string, string>();
  nodes = new Map<string, number>();
  meta = new Map<string, string>();
  inboxes = new Map<string, Stream>();
  lineage: Lineage | undefined;

  copy(): LogState {
    const copy = new LogState();
    copy.log = this.log;
    for (const key of KEYS) {
      if (key !== "log") Object.assign(copy, { [key]: new Map<unknown, unknown>(this[key]) });
    }
    copy.lineage = this.lineage;
    return copy;
  }

  wipe(key: Key): void {
    if (key === "log") this.log = undefined;
    else this[key].clear();
  }

  /** @throws {Error} as Redis does, if the id is not above all that were there before */
  addToLog(entry: StreamEntry): void {
    this.log = withEntry(this.log, entry);
    this.lineage = { entry, before: this.lineage };
  }

  addToInbox(node: string, entry: StreamEntry): void {
    this.inboxes.set(node, withEntry(this.inboxes.get(node), entry));
  }

  /** Deletes all but the last entries of the log. */
  trim(kept: number): void {
    if (this.log !== undefined) this.log = { ...this.log, entries: this.log.entries.slice(-kept) };
  }
}

export function withEntry(stream: Stream | undefined, entry: StreamEntry): Stream {
  const { entries = [], last = { generation: 0, counter: 0 } } = stream ?? {};
  if (comparePositions(entry.position, last) <= 0) {
    throw new Error(`ERR ${formatPosition(entry.position)} is not above the top item`);
  }
  return { entries: [...entries, entry], last: entry.position };
}

/** The entries of a stream after a position. */
export function entriesAfter(stream: Stream | undefined, last: Position): readonly StreamEntry[] {
  const entries = stream?.entries ?? [];
  const start = entries.findIndex(({ position }) => comparePositions(position, last) > 0);
  return start === -1 ? [] : entries.slice(start);
}
