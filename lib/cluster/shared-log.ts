import type { Entry, Whisper } from "./entry.ts";
import type { Position } from "./position.ts";

/** A log that several servers share. */
export interface SharedLog {
  /**
   * Connects to it, which takes a few seconds at most.
   *
   * @throws {UnusableLog} that will never work
   * @throws {Error} it cannot be reached now
   */
  connect(): Promise<LogSession>;
}

/** It is not what it should be, or not for us: to try again is of no use. The message says what to do. */
export class UnusableLog extends Error {}

/** A turn is not in the log, and never will be: its server has to enter anew first. */
export class TurnRefused extends Error {}

/** How far the log goes, and what the clock of the log says. */
export interface Tip {
  readonly position: Position;
  readonly nowMs: number;
}

/** Somebody in the room. */
export interface LogPerson {
  readonly id: string;
  readonly name: string;
  /** Grows with each that joins. */
  readonly order: number;
  /** When it last spoke, by the clock of the log; 0 if it has not. */
  readonly spokeAtMs: number;
}

/** All who are in the room, after an entry. */
export interface Snapshot extends Tip {
  readonly people: readonly LogPerson[];
  /** Where the generation goes on from. */
  readonly from: Position;
}

/** What a server appends at once. */
export interface Turn {
  readonly number: number;
  /** Each one claim, or one leaving, or any number of other events. */
  readonly groups: readonly string[];
  /** Who has spoken. */
  readonly authors: Iterable<string>;
  /** Private lines, by the server whose people they are for. */
  readonly letters: ReadonlyMap<string, string>;
}

export interface Batch {
  readonly entries: readonly Entry[];
  /** Under the ids of the entries after which they are shown. */
  readonly letters: ReadonlyMap<string, readonly Whisper[]>;
}

/**
 * A connection to the log, of one server. Whatever it throws is the end of it: what was asked for may have been
 * done or not. It does not bound the time that anything takes.
 */
export interface LogSession {
  /**
   * Takes part from now on.
   *
   * @param epoch grows with each session of this server
   * @param known what this server has applied
   * @param nodes the other servers that it knows
   */
  enter(epoch: number, known: Position, nodes: Iterable<string>): Promise<Tip>;
  snapshot(): Promise<Snapshot>;
  /**
   * Appends a turn; without one, it is a sign of life. What is before `unread` in the inbox is deleted.
   *
   * @param known what this server has applied: the log is refused if it is shorter
   * @throws {TurnRefused} the turn is certainly not there
   */
  append(
    generation: number,
    known: Position,
    turn: Turn | undefined,
    unread: Position | undefined,
  ): Promise<Tip>;
  /** What follows after `last`, or nothing if nothing does within the time. */
  read(last: Position, blockMs: number): Promise<Batch>;
  /** At most `count` entries that end at `last`, the newest first. */
  readBack(last: Position, count: number): Promise<readonly Entry[]>;
  /** Takes part no longer: all of this server's people are gone. */
  leave(): Promise<void>;
  close(): void;
}
