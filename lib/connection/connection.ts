/**
 * One client, from the first prompt to the last byte. Its life:
 *
 *     here ──▶ going ──▶ closed
 *       └────▶ lost ───────┘
 *
 * Going means that its stay is over, and that it is still to be sent what waits. Lost means that its socket
 * is gone while lines that it brought are still to be read. Either may be skipped. What it does while it is here
 * is the session's to know, how it is read from is in `reading.ts`, and how long it is waited for in `Patience`
 * and `Farewell`.
 *
 * The link's `closed` comes exactly once, also from inside a call to `terminate`. It is the only way to
 * the end, and every phase is set before a call that may run it.
 */
import type { Address } from "../limits/addresses.ts";
import type { ChatContext } from "./chat-context.ts";
import { Editing } from "./editing.ts";
import { Deadline } from "./deadline.ts";
import { Farewell } from "./farewell.ts";
import { ProtocolDetector } from "./foreign-protocol.ts";
import { GOODBYES } from "../text/messages.ts";
import type { LeaveReason, Refusal } from "../events.ts";
import type { Owner } from "./owner.ts";
import type { Settings } from "../options/settings.ts";
import type { TerminalOwner } from "../conversation/terminal.ts";
import { Patience } from "./patience.ts";
import { ReadHalf } from "./read-half.ts";
import { readLines } from "./reading.ts";
import type { Link, LinkEvents } from "./link.ts";
import type { Conversation } from "../conversation/conversation.ts";
import { WriteHalf } from "./write-half.ts";

/** How far a stay has come: where its conversation is, and that it is over. */
export type Stage = Exclude<Conversation["phase"], "left"> | "leaving";

export class Connection implements LinkEvents, Owner, TerminalOwner {
  // Its parts, which those that deal with one client are given all together.
  readonly context: ChatContext;
  readonly link: Link;
  readonly session: Conversation;
  readonly readHalf: ReadHalf;
  readonly writeHalf: WriteHalf;
  readonly patience: Patience;
  readonly #address: Address;
  readonly #protocol = new ProtocolDetector();
  readonly #deadline = new Deadline<Connection>(this, expire);
  #phase: "here" | "going" | "lost" | "closed" = "here";
  /** Why the stay has ended, if it has; or how the socket of a lost client has. */
  #reason: LeaveReason | undefined;
  #farewell: Farewell | undefined;
  /** Is there once its client, or its listener, has asked for the line editor. */
  #editing: Editing | undefined;

  /** @param address what is counted for the address that `link` comes from */
  constructor(context: ChatContext, link: Link, address: Address) {
    this.context = context;
    this.link = link;
    this.#address = address;
    this.readHalf = new ReadHalf(context, link, address, this);
    this.writeHalf = new WriteHalf(context, link, this);
    const client = { label: link.label, outbox: this.writeHalf, joins: address.joins, owner: this };
    this.session = context.converse(client, () => this.run(() => this.#claimed()));
    this.patience = new Patience(context, this.#deadline, this.session, this.readHalf);
  }

  /** Prompts for a name. `refuse` is for a client that is not let in. */
  start(): void {
    const { label: client, certificate, editor } = this.link;
    this.context.emit?.({ type: "connected", client, certificate });
    if (editor !== undefined) this.terminal.begin(editor);
    this.session.start();
    this.writeHalf.flush();
    if (this.session.phase === "naming") this.patience.start();
  }

  /** Closes the connection of one that is not let in. */
  refuse(reason: Refusal): void {
    this.context.emit?.({ type: "refused", client: this.link.label, reason });
    this.close(reason);
  }

  /** How far its client's stay has come. */
  get stage(): Stage {
    const { phase } = this.session;
    return this.#phase === "here" && phase !== "left" ? phase : "leaving";
  }

  received(bytes: Uint8Array): void {
    this.context.traffic.receivedBytes += bytes.length;
    if (this.#phase !== "here") return this.#farewell?.discard(bytes.length);
    const protocol = this.#protocol.push(bytes);
    if (protocol !== undefined) return this.refuse(protocol);
    this.readHalf.received(bytes);
    readLines(this);
  }

  ended(): void {
    // A write that meets a reset uses up its error, and what follows looks like an end: the write half deals
    // with it, and half a line stays unsaid.
    if (this.writeHalf.isOver) return;
    this.readHalf.ended();
    readLines(this);
  }

  get terminal(): Editing {
    return (this.#editing ??= new Editing(this));
  }

  get editing(): Editing | undefined {
    return this.#editing;
  }

  drained(): void {
    this.#editing?.drained();
    this.writeHalf.drained();
  }

  closed(error: Error | undefined): void {
    const how = error !== undefined || this.writeHalf.isOver ? "reset" : "closed";
    this.readHalf.lost();
    if (this.#phase !== "here") return this.#end(how);
    this.#phase = "lost";
    this.#reason = how;
    this.patience.lost();
    this.writeHalf.dispose();
    readLines(this);
  }

  wake(): void {
    const { phase } = this.readHalf;
    // Not at once, as this may be in the middle of a flush.
    if (phase === "replying") this.context.backpressure.resumeLater(this.readHalf);
    else if (phase === "reading") readLines(this);
  }

  run(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.failed(error);
    }
  }

  /** This client alone is disconnected, also if leaving the room fails as well. */
  failed(error: unknown): void {
    const { emit } = this.context;
    const client = this.link.label;
    emit?.({ type: "failed", client, error });
    try {
      this.abort("internal error");
    } catch (another) {
      emit?.({ type: "failed", client, error: another });
      this.link.terminate();
    }
  }

  /** The settings have changed in this way. They count from now on, also for what waits already. */
  adapt({ keepAliveMs }: Partial<Settings>): void {
    if (this.#phase === "closed") return;
    if (keepAliveMs !== undefined && this.#phase !== "lost") this.link.keepAlive?.(keepAliveMs);
    (this.#farewell ?? this.patience).adapt();
    this.#editing?.adapt();
    this.writeHalf.adapt();
    // Last, because it may go on reading.
    this.readHalf.adapt();
  }

  /** Ends the stay: everything queued and a goodbye are delivered, within the close timeout. */
  close(reason: LeaveReason, goodbye = GOODBYES[reason]): void {
    if (this.#phase === "lost") return this.#end(reason);
    this.#farewell?.hurry();
    if (this.#phase !== "here") return;
    this.#phase = "going";
    this.#leave(reason);
    this.#farewell = new Farewell(this, this.#deadline, reason === "closed");
    this.writeHalf.finish(goodbye);
  }

  /** Ends the stay at once: nothing that waits is delivered. */
  abort(reason: LeaveReason): void {
    if (this.#phase === "closed") return;
    if (this.#phase === "lost") return this.#end(reason);
    this.#phase = "going";
    this.#leave(reason);
    this.link.terminate();
  }

  /** Its client wants to leave. */
  quit(): void {
    if (this.session.phase === "chatting") this.close("quit");
    else this.close("quit", "");
    if (this.#phase === "going") this.#farewell?.endWhenRead();
  }

  /** Every line is read, and no more will come. */
  inputOver(): void {
    if (this.#phase === "here") this.close("closed");
    else if (this.#phase === "lost") this.#end(this.#reason ?? "closed");
  }

  /** It is known whether the client has the name that it gave. */
  #claimed(): void {
    if (this.session.phase === "chatting") {
      this.readHalf.pace.hasJoined = true;
      if (this.#phase === "here") {
        this.context.backpressure.addReader(this.writeHalf, this.#address);
        this.patience.awaitLine();
      }
    }
    if (this.readHalf.phase === "claiming") this.readHalf.resume();
  }

  /** The deadline is met. */
  judge(): void {
    if (this.#farewell !== undefined) return this.#farewell.judge();
    const reason = this.patience.judge();
    if (reason !== undefined) this.close(this.#reason ?? reason);
  }

  #leave(reason: LeaveReason): void {
    this.#reason = reason;
    this.readHalf.stop();
    this.session.leave(reason);
  }

  #end(reason: LeaveReason): void {
    const hasLeft = this.#phase !== "lost";
    this.#phase = "closed";
    this.#deadline.clear();
    this.#farewell?.dispose();
    this.#editing?.dispose();
    this.readHalf.stop();
    this.writeHalf.dispose();
    try {
      if (!hasLeft) this.#leave(reason);
    } finally {
      this.context.traffic.sentBytes += this.link.writtenBytes;
      this.context.onEnd(this);
      const client = this.link.label;
      this.context.emit?.({ type: "disconnected", client, reason: this.#reason ?? reason });
    }
  }
}

/** A deadline keeps its owner, and no function of its own, which takes less memory. */
function expire(connection: Connection): void {
  connection.run(() => connection.judge());
}
