/**
 * What people do to a room is proposed, put in order, and applied. Here that happens in one call, so
 * that one process behaves as if there were no journal. One that is shared by several machines applies
 * what it is given when its turn has come, and everywhere in the same order.
 */
import type { Emit, LeaveReason } from "../events.ts";
import type { Histogram } from "../limits/histogram.ts";
import type { TurnEnd } from "../limits/turn-end.ts";
import type { Member } from "./member.ts";
import type { Room } from "./room.ts";

/** What somebody does to a room, and what the operator does. */
export type Deed =
  | { readonly do: "join" | "rename"; readonly member: Member; readonly name: string }
  | { readonly do: "say" | "act"; readonly member: Member; readonly text: string }
  | { readonly do: "whisper"; readonly member: Member; readonly to: Member; readonly text: string }
  | { readonly do: "leave"; readonly member: Member; readonly reason: LeaveReason }
  | { readonly do: "send home"; readonly member: Member; readonly goodbye: string }
  | { readonly do: "announce"; readonly lines: string };

/** What can be told of a log that several servers share. */
export interface SharedLogFigures {
  /** How long the log took to answer. */
  readonly roundTrips: Histogram;
  /** How many entries of the log were not applied here when it was heard of last. */
  readonly entriesAhead: number;
  /** How many bytes wait to be sent to it. */
  readonly waitingBytes: number;
}

export interface Journal {
  /**
   * Has `deed` applied after all that was proposed before it, at once or later.
   *
   * @param onApplied is told whether it could be done; of an announcement also that this will never be known
   */
  propose(deed: Deed, onApplied?: (isAccepted: boolean) => void): void;
  /** Whether what is proposed has to wait, for how long nobody knows. Meanwhile nobody is idle. */
  readonly isAway: boolean;
  /** Where it is shared. */
  readonly figures?: SharedLogFigures;
  /** Resolves when all that was proposed is applied, or cannot be. From then on it proposes nothing more. */
  stop(): Promise<void> | undefined;
}

/** What a journal has to do with. */
export interface JournalHost {
  /** Only a journal has it changed. */
  readonly room: Room;
  readonly emit: Emit;
  readonly turnEnd: TurnEnd;
  /** Has all who speak wait, or go on. */
  holdEverybody(isHeld: boolean): void;
}

/** The journal of a room that is on one machine. */
export class LocalJournal implements Journal {
  readonly #room: Room;
  readonly isAway = false;

  constructor({ room }: JournalHost) {
    this.#room = room;
  }

  propose(deed: Deed, onApplied?: (isAccepted: boolean) => void): void {
    const isAccepted = this.#room.apply(deed);
    onApplied?.(isAccepted);
  }

  stop(): undefined {}
}
