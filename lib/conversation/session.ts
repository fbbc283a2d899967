/**
 * One client's conversation: naming, then chatting, then left. It is told what happened (a line
 * came, the stay is over) and says what to do about it to the room and to the client's outbox. It
 * knows nothing of sockets, timers and bytes.
 *
 *     naming ──a free name──▶ chatting ──▶ left
 *        └───────────────────────────────────┘
 */
import { runCommand } from "./commands.ts";
import type { Emit, LeaveReason } from "../events.ts";
import { refusesLength } from "./message-limit.ts";
import {
  greeting,
  idleWarning,
  joined,
  left,
  lineTooLong,
  nameTaken,
  notice,
  past,
  said,
} from "./messages.ts";
import { refuseName } from "./name-refusal.ts";
import { readName } from "../text/names.ts";
import type { Settings } from "../options/settings.ts";
import type { Member, Outbox, Room } from "../room/room.ts";
import { safeText } from "../text/safe-text.ts";

type State =
  | { readonly phase: "naming" }
  | { readonly phase: "chatting"; readonly member: Member }
  | { readonly phase: "left" };

/** Those of a server's settings that a conversation needs. */
type SessionSettings = Pick<Settings, "nameLimit" | "messageLimitBytes" | "prompt" | "greeting">;

export interface SessionContext {
  readonly room: Room;
  readonly emit: Emit;
  readonly welcome: { readonly text: string };
  readonly settings: SessionSettings;
}

/** Who is asked, and told, what a command needs of the connection. */
export interface SessionListener {
  /** Whether another name may be taken now; if so, that is spent. */
  spendRename(): boolean;
  /** The client wants to leave. */
  onQuit(): void;
}

/** What nobody sees: invisible, blank, or a mark between lines of annotations. */
const UNSEEN_START = /^[\p{Default_Ignorable_Code_Point}\p{White_Space}\u2800\ufff9-\ufffb]+/u;

/** One slash, as any keyboard types it: a Chinese or Japanese one types a full-width one. */
const COMMAND = /^[/／](?![/／])/;
const TWO_SLASHES = /^[/／]{2}/;

const NAMING: State = { phase: "naming" };
const LEFT: State = { phase: "left" };

export class Session {
  readonly #context: SessionContext;
  /** Where the client is. */
  readonly #client: string;
  readonly #outbox: Outbox;
  readonly #owner: SessionListener;
  #state: State = NAMING;

  constructor(context: SessionContext, client: string, outbox: Outbox, owner: SessionListener) {
    this.#owner = owner;
    this.#context = context;
    this.#client = client;
    this.#outbox = outbox;
  }

  /** Begins the conversation: the prompt waits in the outbox. */
  start(): void {
    this.#answer(this.#context.welcome.text + this.#context.settings.prompt);
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
    const text = lineTooLong(limitBytes);
    this.#answer(this.#state.phase === "chatting" ? notice(text) : text);
  }

  /** Nothing was said for long: unless that changes, the stay is over so many milliseconds later. */
  warn(leftMs: number): void {
    const state = this.#state;
    if (state.phase === "chatting") this.#context.room.tell(state.member, idleWarning(leftMs));
  }

  /** The stay is over. Only the first call counts. */
  leave(reason: LeaveReason): void {
    const state = this.#state;
    this.#state = LEFT;
    if (state.phase !== "chatting") return;
    const { room, emit } = this.#context;
    const { name } = state.member;
    room.leave(state.member);
    room.announce(left(name));
    emit?.({ type: "left", client: this.#client, name, reason });
  }

  #claimName(name: string): void {
    const { room, emit, settings } = this.#context;
    const { nameLimit, prompt } = settings;
    if (name === "") return this.#answer(prompt);
    const refusal = refuseName(name, nameLimit, room);
    if (refusal !== undefined) return this.#answer(refusal + prompt);
    const member = room.join(name, this.#outbox);
    if (member === undefined) return this.#answer(nameTaken(name) + prompt);
    this.#state = { phase: "chatting", member };
    room.announce(joined(name), member);
    emit?.({ type: "joined", client: this.#client, name });
    if (settings.greeting) room.answer(member, greeting(name, room.size - 1));
    const { lines } = room.history;
    if (lines.length > 0) room.answer(member, past(lines));
  }

  #say(member: Member, text: string): void {
    if (text === "") return;
    // What nobody sees before a slash must not make everybody see a private line.
    const visible = text.replace(UNSEEN_START, "");
    if (COMMAND.test(visible)) return this.#obey(member, visible);
    const { room, emit, settings } = this.#context;
    const { name } = member;
    const shown = TWO_SLASHES.test(visible) ? visible.slice(1) : text;
    if (refusesLength({ member, room, settings }, shown)) return;
    room.publish(said(name, shown), member);
    emit?.({ type: "said", client: this.#client, name, text: shown });
  }

  #obey(member: Member, line: string): void {
    const { room, emit, settings } = this.#context;
    const owner = this.#owner;
    runCommand({ member, room, emit, settings, client: this.#client, owner }, line);
  }

  /** Answers this client alone, after all that was published before. */
  #answer(text: string): void {
    if (this.#state.phase === "chatting") this.#context.room.answer(this.#state.member, text);
    else this.#outbox.answer(text);
  }
}
