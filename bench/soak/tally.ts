/** How often each kind of thing happened in a soak. Each of them must happen, or it is not one. */
export const KINDS = [
  "connected",
  "scene cut short",
  "joined",
  "remark",
  "line cut anywhere",
  "byte at a time",
  "/help",
  "/who",
  "/nick",
  "/me",
  "/msg",
  "/reply",
  "/ignore",
  "/unignore",
  "/quit",
  "unknown command",
  "//",
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
  "idle timeout",
  "welcome reloaded",
  "left: closed",
  "left: reset",
  "left: quit",
  "left: idle timeout",
  "left: too slow",
] as const;

export type Kind = (typeof KINDS)[number];

/** What happens only if the machine is slow, and need not. */
const OPTIONAL: readonly Kind[] = ["scene cut short"];

export class Tally {
  readonly #counts = new Map<Kind, number>(KINDS.map((kind) => [kind, 0]));

  add(kind: Kind, times = 1): void {
    this.#counts.set(kind, this.of(kind) + times);
  }

  /** Takes a count that somebody else keeps. */
  set(kind: Kind, times: number): void {
    this.#counts.set(kind, times);
  }

  of(kind: Kind): number {
    return this.#counts.get(kind) ?? 0;
  }

  get missing(): Kind[] {
    return KINDS.filter((kind) => this.of(kind) === 0 && !OPTIONAL.includes(kind));
  }
}
