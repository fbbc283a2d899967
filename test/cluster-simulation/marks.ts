/** Each line that is typed has a word that no other has, by which it is found in the log and on screens. */
import { decodeEvents } from "../../lib/cluster/entry.ts";
import { decode } from "./log-parts.ts";
import type { StreamEntry } from "./log-state.ts";

const MARK = /\bline\d+\b/;

export function markIn(text: string): string | undefined {
  return MARK.exec(text)?.[0];
}

/** The marks of what an entry says to everybody, in order. */
export function marksOf(entry: StreamEntry): string[] {
  const decoded = decode(entry);
  if (decoded.kind !== "turn") return [];
  return decodeEvents(decoded.events).flatMap(({ text }) => markIn(text) ?? []);
}
