/**
 * An operator's conversation: a command a line, each answered by what it says and then `ok`, or by `*** ` and why
 * nothing was done.
 *
 * People see a prompt, scripts do not. A script has sent its first command before a prompt is due. From then on
 * nothing is prompted. A script that was slower is taken for a person, but it does not wait for the next prompt, and
 * so what it is told last is the answer to its last command.
 */
import type { CommandTable } from "../conversation/command-table.ts";
import type { Conversation } from "../conversation/conversation.ts";
import type { Client } from "../conversation/session.ts";
import { FAILED, QUIT, type Outcome } from "../conversation/speaker.ts";
import type { LeaveReason } from "../events.ts";
import { after, type Timer } from "../limits/timers.ts";
import { ANSWERS, GOODBYES, lineTooLong, NO_EDITOR } from "../text/messages.ts";
import type { Member } from "../room/member.ts";
import { safeText } from "../text/safe-text.ts";
import { fail } from "./operator.ts";
import type { Operated, OperatedChat, OperatedServer, Operator } from "./operator.ts";
import type { Sources } from "../operator/metric.ts";

const PROMPT = "natter> ";

/** How long somebody has to be silent, at the beginning or after a command, to be prompted, in milliseconds. */
const PROMPT_DELAY_MS = 250;

export class OperatorSession implements Conversation, Operator {
  readonly name = undefined;
  readonly needsNoSlash = true;
  readonly server: OperatedServer;
  readonly chat: OperatedChat;
  readonly readSources: () => Sources;
  readonly #table: CommandTable<Operator>;
  readonly #client: Client;
  #phase: "operating" | "left" = "operating";
  /** Who it is in the log. */
  readonly #label: string;
  /** Runs until a prompt is due. */
  #promptTimer: Timer | undefined;
  /** Whether it was prompted once, and so seems to be no script. */
  #isPerson = false;
  /** Ends that it is shown the log. */
  #unfollow: (() => void) | undefined;

  constructor(operated: Operated, table: CommandTable<Operator>, client: Client, label: string) {
    this.server = operated.server;
    this.chat = operated.chat;
    this.readSources = operated.readSources;
    this.#table = table;
    this.#client = client;
    this.#label = label;
  }

  get phase(): "operating" | "left" {
    return this.#phase;
  }

  get owner(): Client["owner"] {
    return this.#client.owner;
  }

  /** The line editor shows what is typed in a row of its own, and the log comes at any time. */
  get prompt(): string {
    const isBusy = this.#unfollow !== undefined || this.owner?.terminal.isEdited;
    return this.#isIdle && !isBusy ? PROMPT : "";
  }

  get commands(): string[] {
    return this.#table.wordsFor(this);
  }

  get people(): Iterable<Member> {
    return this.chat.context.room.members;
  }

  isSecret(): boolean {
    return false;
  }

  list(candidates: readonly string[]): void {
    this.tell(ANSWERS.candidates(candidates));
  }

  start(): void {
    this.#promptSoon();
  }

  line(text: string): Outcome {
    clearTimeout(this.#promptTimer);
    if (this.#isPerson) this.#promptSoon();
    const line = safeText(text).trim();
    // The line editor takes away the row in which it was typed.
    if (this.owner?.terminal.isEdited) this.answer(`${PROMPT}${line}\n`);
    const outcome = line === "" ? FAILED : this.#table.run(this, line.replace(/^(?![/／])/, "/"));
    if (outcome === QUIT) return QUIT;
    if (outcome !== FAILED) this.answer("ok\n");
  }

  /** When such a line is over, an empty one comes, after which a prompt is due. */
  lineTooLong(limitBytes: number): void {
    fail(this, lineTooLong(limitBytes).trimEnd());
  }

  answer(text: string): void {
    this.#client.outbox.answer(text);
  }

  tell(text: string): void {
    this.answer(text);
    this.#client.outbox.flush();
  }

  refuseEditor(): void {
    this.tell(`*** ${NO_EDITOR}${this.prompt}`);
  }

  note(command: string, argument: string): void {
    this.chat.operations.note(this.#label, `${command} ${argument}`.trimEnd());
  }

  toggleWatch(): void {
    if (this.#unfollow !== undefined) return this.#stopWatching();
    this.#unfollow = this.chat.log?.follow((text) => this.#run(() => this.#show(text)));
  }

  /** Somebody who waits for no answer is told why it ends. To others that would look like an answer. */
  leave(reason: LeaveReason): void {
    if (this.#phase === "left") return;
    if (this.#isIdle && reason === "server shutdown") this.answer(GOODBYES[reason]);
    this.#phase = "left";
    clearTimeout(this.#promptTimer);
    this.#stopWatching();
  }

  /** Whether a person has been silent for a while. */
  get #isIdle(): boolean {
    return this.#isPerson && this.#promptTimer === undefined;
  }

  #promptSoon(): void {
    this.#promptTimer = after(PROMPT_DELAY_MS, () => {
      this.#promptTimer = undefined;
      this.#isPerson = true;
      this.#run(() => this.tell(this.prompt));
    });
  }

  /** What `action` throws, which a timer or somebody else has set off, concerns this operator alone. */
  #run(action: () => void): void {
    this.owner?.run(action);
  }

  /** Of the log lines are left out for an operator that does not read, and it is told how many. */
  #show(text: string): void {
    this.#client.outbox.tell(text);
    this.#client.outbox.flush();
  }

  #stopWatching(): void {
    this.#unfollow?.();
    this.#unfollow = undefined;
  }
}
