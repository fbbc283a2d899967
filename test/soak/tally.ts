import { Tally } from "../../bench/tally.ts";
import { COMMANDS } from "../../lib/conversation/commands.ts";

type CommandName = "help" | keyof typeof COMMANDS;

const WORDS = ["help", ...Object.keys(COMMANDS)] as CommandName[];

/** What happens in a soak. Each of these must happen. */
export const KINDS = [
  "connected",
  "scene cut short",
  "joined",
  "remark",
  "line cut anywhere",
  "byte at a time",
  ...WORDS.map((word) => `/${word}` as const),
  "unknown command",
  "//",
  "greeted",
  "history shown",
  "bad name",
  "name taken",
  "name passed on",
  "renamed too often",
  "joined too often",
  "longest line",
  "line too long",
  "endless line",
  "bytes at random",
  "telnet",
  "HTTP",
  "SSH",
  "TLS",
  "half-close at the prompt",
  "half-close instead of LF",
  "half-close in the room",
  "never closes",
  "reset at once",
  "reset at the prompt",
  "reset in the room",
  "reset in mid-line",
  "reset with unread input",
  "reset with unread output",
  "stalled, recovered",
  "stalled, dropped",
  "stalled, left",
  "lines skipped",
  "held",
  "slow reader",
  "paste",
  "storm",
  "server full",
  "address full",
  "no name given",
  "warned",
  "idle timeout",
  "welcome reloaded",
  "left: closed",
  "left: reset",
  "left: quit",
  "left: idle timeout",
  "left: too slow",
] as const;

export type Kind = (typeof KINDS)[number];

/** What happens only if the machine is slow. It need not happen. */
const OPTIONAL: readonly Kind[] = ["scene cut short"];

export type SoakTally = Tally<Kind>;

export function soakTally(): SoakTally {
  return new Tally(KINDS.filter((kind) => !OPTIONAL.includes(kind)));
}
