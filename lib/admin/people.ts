/** Who is connected, as an operator sees it. */
import type { Connection } from "../connection/connection.ts";
import type { Room } from "../room/room.ts";
import { foldName } from "../text/names.ts";

export interface Person {
  /** Undefined before it has given one. */
  readonly name: string | undefined;
  /** Undefined if it is connected to another server of the room. */
  readonly connection: PersonConnection | undefined;
  /** For how long it has said nothing to everyone, in milliseconds; undefined before it has joined. */
  readonly silentMs: number | undefined;
}

interface PersonConnection {
  readonly client: string;
  readonly listener: string;
  readonly stage: string;
  readonly queuedBytes: number;
}

/** So many are listed at most. */
const ROWS_MAX = 1_000;

const HEAD = ["NAME", "ADDRESS", "LISTENER", "STAGE", "QUEUED", "SILENT FOR"];

/** All who are connected here, and after them those in the room who are connected to other servers. */
export function* peopleOf(connections: Iterable<Connection>, room: Room): Generator<Person> {
  const nowMs = performance.now();
  for (const connection of connections) {
    const { link, session, stage, writeHalf } = connection;
    const { name } = session;
    const member = name === undefined ? undefined : room.members.find(foldName(name));
    const { label: client, listener } = link;
    yield {
      name,
      connection: { client, listener, stage, queuedBytes: writeHalf.bytes },
      silentMs: member && nowMs - member.spokeAtMs,
    };
  }
  for (const { client, name, spokeAtMs } of room.members) {
    if (client === undefined) yield { name, connection: undefined, silentMs: nowMs - spokeAtMs };
  }
}

/** A table with a row for each, and a column for what an operator may want to know. */
export function describePeople(people: Iterable<Person>): string {
  const rows: string[][] = [];
  let others = 0;
  for (const person of people) {
    if (rows.length < ROWS_MAX) rows.push(row(person));
    else others++;
  }
  return table([HEAD, ...rows]) + (others > 0 ? `and ${others} more\n` : "");
}

function row({ name = "-", connection, silentMs }: Person): string[] {
  const silence = silentMs === undefined ? "-" : time(silentMs);
  if (connection === undefined) return [name, "-", "another server", "chatting", "-", silence];
  const { client, listener, stage, queuedBytes } = connection;
  return [name, client, listener, stage, String(queuedBytes), silence];
}

/** In whole seconds, or minutes, or hours. */
function time(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds}s`;
  return seconds < 3_600 ? `${Math.floor(seconds / 60)}m` : `${Math.floor(seconds / 3_600)}h`;
}

/** Each column as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const cells of rows) {
    cells.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, Bun.stringWidth(cell));
    });
  }
  const line = (cells: readonly string[]) => {
    const padded = cells.map((cell, column) => {
      return cell + " ".repeat((widths[column] ?? 0) - Bun.stringWidth(cell));
    });
    return `${padded.join("  ").trimEnd()}\n`;
  };
  return rows.map(line).join("");
}
