/** A conversation as its connection knows it: with somebody who is to talk in the chat, or with an operator. */
import type { Typist } from "../editor/editor.ts";
import type { LeaveReason } from "../events.ts";
import type { Outcome } from "./speaker.ts";

export interface Conversation extends Typist {
  /** Before a name is given, until it is known who has it, and in the chat; or as an operator. */
  readonly phase: "naming" | "claiming" | "chatting" | "operating" | "left";
  /** What its client has been asked and has not answered, as far as that stands in its last row. */
  readonly prompt: string;
  /** Begins it. What its client is told first waits in the outbox. */
  start(): void;
  /** A line came, without its end. Returns what a command of its came to. */
  line(text: string): Outcome;
  /** A line over the limit began; what follows of it is being discarded. */
  lineTooLong(limitBytes: number): void;
  /** Tells its client alone, once it is not asked for a name any more. */
  tell(text: string): void;
  /** Tells its client alone that it has no line editor. */
  refuseEditor(): void;
  /**
   * Nothing was said for long: unless that changes, the stay is over so many milliseconds later. An operator may be
   * silent for as long as it likes.
   */
  warn?(leftMs: number): void;
  /** The stay is over. Only the first call counts. */
  leave(reason: LeaveReason): void;
}
