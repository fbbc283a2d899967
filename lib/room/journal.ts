/**
 * What people do to a room is proposed, put in order, and applied. Here that happens in one call, so
 * that one process behaves as if there were no journal. One that is shared by several machines applies
 * what it is given when its turn has come, and everywhere in the same order.
 */
import type { LeaveReason } from "../events.ts";
import type { Member } from "./room.ts";

/** What somebody does to a room, and what the operator does. */
export type Deed =
  | { readonly do: "join" | "rename"; readonly member: Member; readonly name: string }
  | { readonly do: "say" | "act"; readonly member: Member; readonly text: string }
  | { readonly do: "leave"; readonly member: Member; readonly reason: LeaveReason }
  | { readonly do: "send home"; readonly member: Member; readonly goodbye: string }
  | { readonly do: "announce"; readonly lines: string };

/** Does it; returns false if that cannot be, since somebody else has the name, or nobody is there. */
export type Apply = (deed: Deed) => boolean;

export interface Journal {
  /**
   * Has `deed` applied after all that was proposed before it, at once or later.
   *
   * @param onApplied is told what `Apply` has returned
   */
  propose(deed: Deed, onApplied?: (isAccepted: boolean) => void): void;
}

/** The journal of a room that is on one machine. */
export class LocalJournal implements Journal {
  readonly #apply: Apply;

  constructor(apply: Apply) {
    this.#apply = apply;
  }

  propose(deed: Deed, onApplied?: (isAccepted: boolean) => void): void {
    const isAccepted = this.#apply(deed);
    onApplied?.(isAccepted);
  }
}
