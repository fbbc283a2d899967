/**
 * One client's conversation: naming, then chatting, then left. It is told what happened (a line
 * came, the stay is over) and says what to do about it to the room and to the client's outbox. It
 * knows nothing of sockets, timers and bytes.
 *
 *     naming ──a free name──▶ chatting ──▶ left
 *        └───────────────────────────────────┘
 */
import type { Log } from "./log.ts";
import {
  joined,
  left,
  lineTooLong,
  nameRefused,
  nameTaken,
  PROMPT,
  said,
  type LeaveReason,
} from "./messages.ts";
import { findFlaw, readName, suggestName } from "./names.ts";
import type { Member, Outbox, Room } from "./room.ts";
import { safeText } from "./text.ts";

type State =
  | { readonly phase: "naming" }
  | { readonly phase: "chatting"; readonly member: Member }
  | { readonly phase: "left" };

export interface SessionContext {
  readonly room: Room;
  readonly log: Log;
  /** Longest name, in code points. */
  readonly settings: { readonly nameLimit: number };
}

const NAMING: State = { phase: "naming" };
const LEFT: State = { phase: "left" };

export class Session {
  readonly #context: SessionContext;
  /** Where the client is, for the log. */
  readonly #address: string;
  readonly #outbox: Outbox;
  #state: State = NAMING;

  constructor(context: SessionContext, address: string, outbox: Outbox) {
    this.#context = context;
    this.#address = address;
    this.#outbox = outbox;
  }

  /** Begins the conversation: the prompt waits in the outbox. */
  start(): void {
    this.#tell(PROMPT);
  }

  get phase(): State["phase"] {
    return this.#state.phase;
  }

  /** A line came, without its end. */
  line(text: string): void {
    const state = this.#state;
    switch (state.phase) {
      case "naming":
        return this.#claimName(readName(text, this.#context.settings.nameLimit));
      case "chatting":
        return this.#say(state.member, safeText(text).trim());
      case "left":
        return;
      default:
        state satisfies never;
    }
  }

  /** A line over the limit began; what follows of it is being discarded. */
  lineTooLong(limitBytes: number): void {
    this.#tell(lineTooLong(limitBytes));
  }

  /** The stay is over. Only the first call counts. */
  leave(reason: LeaveReason): void {
    const state = this.#state;
    this.#state = LEFT;
    if (state.phase !== "chatting") return;
    const { room, log } = this.#context;
    room.leave(state.member);
    room.announce(left(state.member.name));
    log.left(state.member.name, this.#address, reason);
  }

  #claimName(name: string): void {
    const { room, log, settings } = this.#context;
    const { nameLimit } = settings;
    if (name === "") return this.#tell(PROMPT);
    const flaw = findFlaw(name, nameLimit);
    if (flaw !== undefined) {
      const candidate = suggestName(name, nameLimit);
      const suggestion = candidate && !room.has(candidate) ? candidate : undefined;
      return this.#tell(nameRefused(flaw, nameLimit, suggestion) + PROMPT);
    }
    const member = room.join(name, this.#outbox);
    if (member === undefined) return this.#tell(nameTaken(name) + PROMPT);
    this.#state = { phase: "chatting", member };
    room.announce(joined(name), member);
    log.joined(name, this.#address);
  }

  #say(member: Member, text: string): void {
    if (text === "") return;
    this.#context.room.publish(said(member.name, text), member);
    this.#context.log.said(member.name, text);
  }

  /** Says something to this client alone, after all that was published before. */
  #tell(text: string): void {
    if (this.#state.phase === "chatting") this.#context.room.settle(this.#state.member);
    this.#outbox.tell(text);
  }
}
