/** Somebody at a node: what it types, and what is on its screen. Its session and outbox are real, its socket is not. */
import type { Outbox } from "../../lib/room/broadcast.ts";
import { Budget } from "../../lib/limits/budget.ts";
import type { LeaveReason } from "../../lib/events.ts";
import { QUIT } from "../../lib/conversation/speaker.ts";
import { Session, type SessionContext } from "../../lib/conversation/session.ts";
import { LINE_LOST, LINES_MISSING } from "../../lib/text/messages.ts";
import { foldName } from "../../lib/text/names.ts";
import { RecordedOutbox } from "../helpers/recorded-outbox.ts";

/** A line that somebody has typed. */
export interface Typed {
  readonly kind: "name" | "talk" | "private" | "other";
  readonly text: string;
  /** A word that no other line has. */
  readonly mark?: string;
  /** The name that a private line is for. */
  readonly to?: string;
}

/** A line of which the session has been told, with how much was on the screen then. */
export type Sent = Typed & { readonly screenBytes: number };

export class Person {
  readonly label: string;
  readonly session: Session;
  readonly sent: Sent[] = [];
  /** All names that it has given. It may have had them. */
  readonly names = new Set<string>();
  readonly ignores = new Set<string>();
  /** Whether it has gone before the end, in any way. */
  isGone = false;
  /** Whether it has gone before its node did. */
  hasLeft = false;
  readonly #screen = new RecordedOutbox();
  readonly #isHeld: () => boolean;
  #input: Typed[] = [];

  /** @param isHeld whether nothing may be read now */
  constructor(label: string, context: SessionContext, isHeld: () => boolean) {
    this.#isHeld = isHeld;
    this.label = label;
    const outbox: Outbox = Object.assign(this.#screen, {
      close: (reason: LeaveReason, goodbye: string) => {
        this.#screen.tell(goodbye);
        this.leave(reason);
      },
    });
    const client = { label, outbox, joins: new Budget(1_000, 0) };
    this.session = new Session(context, client, () => this.#pump());
  }

  get screen(): string {
    return this.#screen.text;
  }

  /** What it was shown from this place on: whether lines are missing. */
  isToldOfGap(since = 0): boolean {
    return this.screen.includes(LINES_MISSING, since);
  }

  /** Whether it was told that what it had said may be lost. */
  isToldOfLoss(since = 0): boolean {
    return this.screen.includes(LINE_LOST, since);
  }

  /** Whether it may ever have had this name. */
  couldBe(name: string): boolean {
    const key = foldName(name);
    return [...this.names].some((each) => key.startsWith(foldName(each)));
  }

  type(...lines: Typed[]): void {
    this.#input.push(...lines);
    this.#pump();
  }

  /** Nothing is held any more. */
  resume(): void {
    this.#pump();
  }

  leave(reason: LeaveReason): void {
    this.isGone = true;
    this.hasLeft = true;
    this.session.leave(reason);
  }

  /** Nothing is read while it claims a name. At the prompt only names are typed. */
  #pump(): void {
    while (this.#input.length > 0 && this.session.phase !== "claiming") {
      if (this.isGone || this.#isHeld()) return;
      const typed = this.#input.shift() as Typed;
      const isAtPrompt = this.session.phase === "naming";
      if (isAtPrompt !== (typed.kind === "name")) continue;
      if (typed.kind === "name") this.names.add(typed.text);
      this.sent.push({ ...typed, screenBytes: this.screen.length });
      if (this.session.line(typed.text) === QUIT) this.leave("quit");
    }
  }
}
