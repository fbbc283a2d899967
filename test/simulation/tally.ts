import type { LeaveReason } from "../../lib/events.ts";
import { Tally } from "../../bench/tally.ts";

/** What may go wrong in a simulation. Each must have happened, or nothing was shown. */
export const FAULTS = [
  "a write is taken in part",
  "a write is not taken at all",
  "a write fails",
  "a drain comes late",
  "a drain is spurious",
  "a client half-closes",
  "a client closes altogether",
  "a client is reset",
  "a reset loses input",
  "a write meets a reset first",
  "a client goes while lines of it wait",
  "a client lingers",
  "a line arrives in pieces",
  "a line lacks its end",
  "a line is too long",
  "a message is too long",
  "a line waits for the pace",
  "a reader holds the room",
  "an address has said too much",
  "an address has used up its slice",
  "the clock leaps",
  "a join waits",
  "a name is taken",
  "a name is refused",
  "a change of name is not affordable",
  "lines are skipped",
  "all queues together are too long",
  "Telnet is answered",
  "the server is full",
  "an address is full",
  "somebody is turned away at the door",
  "another protocol knocks",
  "no name is given",
  "somebody is idle",
  "somebody is warned",
  "somebody is warned and speaks",
  "somebody is too slow",
  "somebody does not close",
  "somebody quits",
  "somebody comes back to who ignores it",
  "a private line is hidden",
  "the server stops",
] as const;

export type Fault = (typeof FAULTS)[number];

/** What it is that somebody is sent home for this, where it is a fault. */
export const FAULT_OF: { readonly [Reason in LeaveReason]?: Fault } = {
  quit: "somebody quits",
  "idle timeout": "somebody is idle",
  "no name given": "no name is given",
  "server full": "the server is full",
  "address full": "an address is full",
  "HTTP request": "another protocol knocks",
  "SSH client": "another protocol knocks",
  "TLS handshake": "another protocol knocks",
};

export type FaultTally = Tally<Fault>;

export function faultTally(): FaultTally {
  return new Tally(FAULTS);
}
