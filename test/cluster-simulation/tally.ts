import { Tally } from "../../bench/tally.ts";

/** What may go wrong in a simulation. Each must have happened, or nothing was shown. */
export const FAULTS = [
  "a request is lost",
  "a reply is lost",
  "a request is done late",
  "a request is done after its session",
  "a session fails",
  "a session hangs",
  "the log stands still for less than a lease",
  "the log stands still for longer than a lease",
  "the log is away",
  "the log starts again",
  "the last writes are lost",
  "nothing is lost with the old log",
  "log is wiped",
  "names is wiped",
  "people is wiped",
  "spoke is wiped",
  "nodes is wiped",
  "meta is wiped",
  "inboxes is wiped",
  "everything is wiped",
  "the log is trimmed",
  "an unknown version is in the log",
  "nonsense is in the log",
  "nonsense of a node is in the log",
  "an id ahead is in the log",
  "a room is busy",
  "a node stands still",
  "a node is killed",
  "a node is stopped",
  "a node is started",
  "a node is reaped",
  "a name is taken",
  "a name is taken meanwhile",
  "somebody waits for a name",
  "lines are missing",
  "a line may be lost",
  "an announcement may be lost",
  "touch is lost",
  "everybody is held",
  "an entry cannot be read",
  "somebody is sent home",
  "a private line is shown",
  "an addressee has left",
] as const;

export type Fault = (typeof FAULTS)[number];

export type ClusterTally = Tally<Fault>;

export function clusterTally(): ClusterTally {
  return new Tally(FAULTS);
}
