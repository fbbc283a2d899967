/**
 * The line editor of one connection, and how it comes to be used:
 *
 *     plain ──offer──▶ offered ──the client agrees──▶ keys ──its terminal is known──▶ edited
 *       ◀──taken back────┘                                                              │
 *       ◀──────────────────────the command, or the client────────────────────────────────┘
 *
 * In keys each key is sent already, but nothing is shown, since a dumb terminal shows less. Without Telnet the
 * way is from plain to edited.
 */
import { Editor, type LEAVE } from "../editor/editor.ts";
import { Negotiation } from "../editor/negotiation.ts";
import type { Conversation } from "../conversation/conversation.ts";
import type { Habit, Terminal } from "../conversation/terminal.ts";
import { after, type Timer } from "../limits/timers.ts";
import { ANSWERS } from "../text/messages.ts";
import type { Keyboard } from "./arrivals.ts";
import type { ChatContext } from "./chat-context.ts";
import type { EditorOffer, Link } from "./link.ts";
import type { Owner } from "./owner.ts";
import type { ReadHalf } from "./read-half.ts";
import type { TelnetCommands } from "./telnet.ts";
import type { WriteHalf } from "./write-half.ts";

/** How long an answer to the offer is waited for, in milliseconds. */
const ANSWER_MS = 2_000;

/** Answers to what a client asks for are not sent to one that leaves more bytes than this unread. */
const OWED_BYTES_MAX = 4_096;

/** What of a connection the editor is between. */
export interface Edited extends Owner {
  readonly context: ChatContext;
  readonly link: Link;
  readonly session: Conversation;
  readonly readHalf: ReadHalf;
  readonly writeHalf: WriteHalf;
}

export class Editing implements Terminal, Keyboard {
  readonly #edited: Edited;
  #editor: Editor | undefined;
  #phase: "plain" | "offered" | "keys" | "edited" = "plain";
  #negotiation: Negotiation | undefined;
  /** Whether the client has asked for it, and is told what comes of it. */
  #isAskedFor = false;
  #timer: Timer | undefined;

  constructor(edited: Edited) {
    this.#edited = edited;
  }

  get isEdited(): boolean {
    return this.#phase === "edited";
  }

  toggleEditor(isRaw: boolean): void {
    if (this.#phase === "offered") return this.#takeBack();
    if (this.#phase !== "plain") {
      this.#end();
      return this.#edited.session.tell(ANSWERS.editor(false));
    }
    const { editor, dialect } = this.#edited.link;
    this.#isAskedFor = true;
    this.begin(isRaw || editor === "raw" || dialect !== "telnet" ? "raw" : "telnet");
  }

  toggle(habit: Habit): boolean {
    return this.#usedEditor().toggle(habit);
  }

  /** Offers the editor, or begins with it at once. */
  begin(offer: EditorOffer): void {
    const { readHalf } = this.#edited;
    const { telnet } = readHalf;
    const editor = this.#usedEditor();
    if (offer === "raw" || telnet === undefined) {
      readHalf.beginKeys(this);
      return this.#edit();
    }
    this.#phase = "offered";
    this.#negotiation = new Negotiation();
    telnet.options = this.#negotiation;
    editor.display.outlet.send(Negotiation.offer());
    this.#timer = after(ANSWER_MS, () => this.#edited.run(() => this.#late()));
  }

  /**
   * Telnet's commands may have been read, and by them something agreed. Returns whether what waits is something
   * else from now on: keys, or lines.
   */
  heard(): boolean {
    const negotiation = this.#negotiation;
    if (negotiation === undefined) return false;
    const { display } = this.#usedEditor();
    display.outlet.send(negotiation.takeReplies());
    const { columns, rows } = negotiation.window;
    if (display.resize(columns, rows)) this.#showLater();
    const wasOffered = this.#phase === "offered";
    const hasBegun = wasOffered && negotiation.phase === "agreed";
    if (hasBegun) {
      this.#phase = "keys";
      this.#edited.readHalf.beginKeys(this);
    }
    const isOver = !wasOffered && negotiation.phase === "over";
    if (isOver) this.#end();
    else if (this.#phase === "keys" && negotiation.isTypeSettled) this.#edit();
    return hasBegun || isOver;
  }

  drained(): void {
    this.#editor?.display.drained();
  }

  /** The settings have changed. */
  adapt(): void {
    this.#editor?.limitTo(this.#edited.context.settings.lineLimitBytes);
  }

  /** The connection is over. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#phase = "plain";
  }

  get pending(): string {
    return this.#usedEditor().pending;
  }

  push(bytes: Uint8Array, commands?: TelnetCommands): void {
    const editor = this.#usedEditor();
    editor.push(bytes);
    if (commands === undefined) return;
    if (editor.display.outlet.owedBytes < OWED_BYTES_MAX)
      editor.display.outlet.send(commands.answers);
    this.heard();
  }

  next(): string | typeof LEAVE | undefined {
    return this.#usedEditor().next();
  }

  readonly #showLater = (): void => {
    // After what the turn brings is sent: usually that shows the line too.
    this.#edited.context.turnEnd.run("read", this.#show);
  };

  readonly #show = (): void => {
    if (this.#phase !== "edited") return;
    const { context, readHalf } = this.#edited;
    context.slices.begin();
    this.#edited.run(() => this.#usedEditor().show());
    context.slices.charge(readHalf);
  };

  /** The editor, through which everything is sent once it is there. */
  #usedEditor(): Editor {
    if (this.#editor === undefined) {
      const { link, context, session, writeHalf } = this.#edited;
      this.#editor = new Editor(link, session, {
        bytesMax: context.settings.lineLimitBytes,
        showLater: this.#showLater,
      });
      writeHalf.sendThrough(this.#editor);
    }
    return this.#editor;
  }

  #edit(): void {
    const { session, writeHalf } = this.#edited;
    clearTimeout(this.#timer);
    this.#phase = "edited";
    writeHalf.hearsItself = true;
    this.#usedEditor().display.start(session.prompt, this.#negotiation?.terminal ?? "");
    this.#showLater();
    if (this.#isAskedFor) session.tell(ANSWERS.editor(true));
  }

  #end(): void {
    const { readHalf, writeHalf } = this.#edited;
    const editor = this.#usedEditor();
    editor.display.stop();
    const isKeys = this.#phase !== "offered";
    this.#takeBack();
    writeHalf.hearsItself = false;
    if (isKeys) readHalf.endKeys(editor.takeTyped());
  }

  /** What was offered, and may be agreed, is no longer so. */
  #takeBack(): void {
    clearTimeout(this.#timer);
    this.#phase = "plain";
    const { telnet } = this.#edited.readHalf;
    if (this.#negotiation === undefined || telnet === undefined) return;
    this.#negotiation = undefined;
    telnet.options = undefined;
    this.#usedEditor().display.outlet.send(Negotiation.end());
  }

  /** The time for an answer is over. */
  #late(): void {
    const { session, writeHalf } = this.#edited;
    if (this.#phase === "keys") return this.#edit();
    if (this.#phase !== "offered") return;
    this.#takeBack();
    session.refuseEditor();
    writeHalf.flush();
  }
}
