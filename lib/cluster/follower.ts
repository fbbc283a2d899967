/** What contact with the log needs of those who deal with it. */
import type { Position } from "./position.ts";
import type { Batch, LogSession, Snapshot, Tip, Turn } from "./shared-log.ts";

/** What is done with what the log says. */
export interface Follower {
  /** The last entry that is applied. Nothing yet, if that is undefined. */
  readonly position: Position | undefined;
  /** What is before this in the inbox is dealt with, if anything was there since this was called last. */
  takeUnread(): Position | undefined;
  readonly nodes: Iterable<string>;
  /** For how long nobody is shown what is said, in milliseconds, because the room is busy. */
  readonly pauseMs: number;
  /** The next turn to be sent, if there is one. */
  takeTurn(): Turn | undefined;
  /** A turn that was taken, or all that were and are not applied, will never be in the log. */
  takeBack(turn?: Turn): void;
  /** Returns false if something is missing before an entry. Those before that are applied. */
  apply(batch: Batch): boolean;
  /** Takes over what is so now, since not everything that came before can be read. */
  restore(snapshot: Snapshot, session: LogSession): Promise<void>;
  /** The log has answered. */
  heard(tip: Tip): void;
  /** Everything waits; or it goes on. */
  setAway(isAway: boolean): void;
}
