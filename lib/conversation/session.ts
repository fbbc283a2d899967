/**
 * One client's conversation. It is told what happened (a line came, the stay is over) and says what to
 * do about it to the room and to the client's outbox. It knows nothing of sockets, timers and bytes.
 *
 *     naming ⇄ claiming ──the name is free──▶ chatting ──▶ left
 *        └────────┴───────────────────────────────────────┘
 *
 * While it claims a name, nothing of its client's input may be read. On one machine that takes no time.
 */
import type { CommandTable } from "./command-table.ts";
import type { Conversation } from "./conversation.ts";
import type { Emit, LeaveReason } from "../events.ts";
import type { Budget } from "../limits/budget.ts";
import { refusesLength } from "./message-limit.ts";
import { ANSWERS, greeting, idleWarning, lineTooLong, nameTaken } from "../text/messages.ts";
import { NO_EDITOR, notice, past } from "../text/messages.ts";
import { refuseName } from "./name-refusal.ts";
import { readName } from "../text/names.ts";
import type { Settings } from "../options/settings.ts";
import type { Outbox } from "../room/broadcast.ts";
import type { Journal } from "../room/journal.ts";
import type { Member } from "../room/member.ts";
import type { Room } from "../room/room.ts";
import { safeText } from "../text/safe-text.ts";
import type { Outcome, Speaker } from "./speaker.ts";
import type { TerminalOwner } from "./terminal.ts";

type State =
  | { readonly phase: "naming" }
  | { readonly phase: "claiming"; readonly member: Member }
  | { readonly phase: "chatting"; readonly member: Member; readonly speaker: Speaker }
  | { readonly phase: "left"; readonly reason: LeaveReason };

/** What conversations share. */
export interface SessionContext {
  readonly room: Room;
  readonly journal: Journal;
  readonly commands: CommandTable<Speaker>;
  readonly emit: Emit;
  readonly welcome: { readonly text: string };
  readonly settings: Pick<Settings, "nameLimit" | "messageLimitBytes" | "prompt" | "greeting">;
}

/** The client that the conversation is with. */
export interface Client {
  /** Where it is. */
  readonly label: string;
  readonly outbox: Outbox;
  /** Whose terminal it is at, if that can be changed. */
  readonly owner?: TerminalOwner;
  /** What it may spend on joining, and on other names: both show on all screens. */
  readonly joins: Budget;
}

/** What nobody sees: invisible, blank, or a mark between lines of annotations. */
const UNSEEN_START = /^[\p{Default_Ignorable_Code_Point}\p{White_Space}\u2800\ufff9-\ufffb]+/u;

/** One slash, as any keyboard types it: a Chinese or Japanese one types a full-width one. */
const COMMAND = /^[/／](?![/／])/;
const TWO_SLASHES = /^[/／]{2}/;

const NAMING: State = { phase: "naming" };

export class Session implements Conversation {
  readonly #context: SessionContext;
  readonly #client: Client;
  readonly #onClaimed: () => void;
  #state: State = NAMING;
  #hasStarted = false;

  /** @param onClaimed is called when it is known whether its client has the name that it gave */
  constructor(context: SessionContext, client: Client, onClaimed: () => void) {
    this.#context = context;
    this.#client = client;
    this.#onClaimed = onClaimed;
  }

  start(): void {
    this.#hasStarted = true;
    this.#answer(this.#context.welcome.text + this.#context.settings.prompt);
  }

  get phase(): State["phase"] {
    return this.#state.phase;
  }

  get prompt(): string {
    const { prompt } = this.#context.settings;
    const isAsked = this.#hasStarted && this.#state.phase === "naming";
    return isAsked ? prompt.slice(prompt.lastIndexOf("\n") + 1) : "";
  }

  get name(): string | undefined {
    return this.#speaking?.member.name;
  }

  get commands(): string[] {
    return this.#speaking ? this.#context.commands.wordsFor(this.#speaking) : [];
  }

  get people(): Iterable<Member> {
    return this.#context.room.members;
  }

  isSecret(line: string): boolean {
    return this.#context.commands.isSecret(line);
  }

  list(candidates: readonly string[]): void {
    this.tell(ANSWERS.candidates(candidates));
  }

  tell(text: string): void {
    if (this.#speaking) this.#answer(text);
  }

  refuseEditor(): void {
    const isNaming = this.#state.phase === "naming";
    this.#answer(isNaming ? NO_EDITOR + this.#context.settings.prompt : notice(NO_EDITOR));
  }

  line(text: string): Outcome {
    const state = this.#state;
    switch (state.phase) {
      case "naming":
        return this.#claimName(readName(text, this.#context.settings.nameLimit));
      case "chatting":
        return this.#say(state.speaker, safeText(text).trim());
      case "claiming":
      case "left":
        return;
      default:
        state satisfies never;
    }
  }

  lineTooLong(limitBytes: number): void {
    const text = lineTooLong(limitBytes);
    this.#answer(this.#state.phase === "chatting" ? notice(text) : text);
  }

  warn(leftMs: number): void {
    const state = this.#state;
    if (state.phase !== "chatting") return;
    this.#context.room.tell(state.member, idleWarning(leftMs));
    this.#context.emit?.({ type: "warned", client: this.#client.label, leftMs });
  }

  leave(reason: LeaveReason): void {
    const state = this.#state;
    if (state.phase === "left") return;
    const { room, journal, emit } = this.#context;
    emit?.({ type: "leaving", client: this.#client.label, reason });
    this.#state = { phase: "left", reason };
    if (state.phase === "naming") return;
    room.detach(state.member);
    // One that is still claiming leaves when it has joined.
    if (state.phase === "chatting") journal.propose({ do: "leave", member: state.member, reason });
  }

  /** The one whose conversation it is, once it is in the chat. */
  get #speaking(): Speaker | undefined {
    return this.#state.phase === "chatting" ? this.#state.speaker : undefined;
  }

  #claimName(name: string): void {
    const { room, journal, settings } = this.#context;
    const { nameLimit, prompt } = settings;
    if (name === "") return this.#answer(prompt);
    const refusal = refuseName(name, nameLimit, room.members);
    if (refusal !== undefined) return this.#answer(refusal + prompt);
    const { label, outbox, joins } = this.#client;
    const member = room.newcomer(label, outbox);
    joins.spend(1);
    this.#state = { phase: "claiming", member };
    journal.propose({ do: "join", member, name }, (isAccepted) => {
      if (!isAccepted) joins.refund(1);
      this.#claimed(member, name, isAccepted);
    });
  }

  #claimed(member: Member, name: string, isAccepted: boolean): void {
    const { room, journal, settings } = this.#context;
    const state = this.#state;
    if (state.phase === "left") {
      if (isAccepted) journal.propose({ do: "leave", member, reason: state.reason });
      return;
    }
    if (isAccepted) {
      this.#state = { phase: "chatting", member, speaker: this.#speaker(member) };
      if (settings.greeting) room.answer(member, greeting(name, room.members.size - 1));
      const { lines } = room.history;
      if (lines.length > 0) room.answer(member, past(lines));
    } else {
      this.#state = NAMING;
      this.#answer(nameTaken(name) + settings.prompt);
    }
    this.#onClaimed();
  }

  #speaker(member: Member): Speaker {
    const { room, journal, settings } = this.#context;
    const { joins, owner } = this.#client;
    return { member, room, journal, settings, joins, owner };
  }

  #say(speaker: Speaker, text: string): Outcome {
    if (text === "") return;
    // What nobody sees before a slash must not make everybody see a private line.
    const visible = text.replace(UNSEEN_START, "");
    const { commands, journal } = this.#context;
    if (COMMAND.test(visible)) return commands.run(speaker, visible);
    const shown = TWO_SLASHES.test(visible) ? visible.slice(1) : text;
    if (refusesLength(speaker, shown)) return;
    journal.propose({ do: "say", member: speaker.member, text: shown });
  }

  /** Answers this client alone, after all that was published before. */
  #answer(text: string): void {
    if (this.#state.phase === "chatting") this.#context.room.answer(this.#state.member, text);
    else this.#client.outbox.answer(text);
  }
}
