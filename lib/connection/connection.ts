/**
 * One client, from the first prompt to the last byte. Its life:
 *
 *     here ──▶ leaving ──▶ closing ──▶ closed
 *       └────▶ lost ─────────────────▶ closed
 *
 * Leaving means that it has ended its own input; closing, that it is sent home. Lost means that its socket
 * is gone while lines that it brought are still to be read. Any of the phases between may be skipped. What
 * it does while it is here is the session's to know, and how long it is waited for, `Patience`'s.
 *
 * The link's `closed` comes exactly once, also from inside a call to `terminate`. It is the only way to
 * the end, and every phase is set before a call that may run it.
 */
import type { Address } from "../limits/addresses.ts";
import type { ChatContext } from "./chat-context.ts";
import { LEAVE } from "../editor/editor.ts";
import { Editing } from "./editing.ts";
import { Deadline } from "./deadline.ts";
import { CLOSE_TIMEOUTS_MAX, Farewell } from "./farewell.ts";
import { ProtocolDetector } from "./foreign-protocol.ts";
import { LINE_TOO_LONG, type Decoded } from "./line-decoder.ts";
import { GOODBYES } from "../text/messages.ts";
import type { LeaveReason, Refusal } from "../events.ts";
import type { Owner } from "./owner.ts";
import type { Settings } from "../options/settings.ts";
import type { TerminalOwner } from "../conversation/terminal.ts";
import { Pace } from "./pace.ts";
import { Patience } from "./patience.ts";
import { ReadHalf } from "./read-half.ts";
import type { Link, LinkEvents } from "./link.ts";
import type { Conversation } from "../conversation/conversation.ts";
import { QUIT } from "../conversation/speaker.ts";
import { WriteHalf } from "./write-half.ts";

/** How far a stay has come: where its conversation is, and that it is over. */
export type Stage = Exclude<Conversation["phase"], "left"> | "leaving";

export class Connection implements LinkEvents, Owner, TerminalOwner {
  readonly #context: ChatContext;
  readonly #link: Link;
  readonly #address: Address;
  readonly #session: Conversation;
  readonly #readHalf: ReadHalf;
  readonly #writeHalf: WriteHalf;
  readonly #protocol = new ProtocolDetector();
  readonly #pace: Pace;
  readonly #deadline = new Deadline<Connection>(this, expire);
  readonly #patience: Patience;
  #phase: "here" | "leaving" | "closing" | "lost" | "closed" = "here";
  /** Why the stay has ended, if it has; or how the socket of a lost client has. */
  #reason: LeaveReason | undefined;
  #farewell: Farewell | undefined;
  /** Is there once its client, or its listener, has asked for the line editor. */
  #editing: Editing | undefined;

  /** @param address what is counted for the address that `link` comes from */
  constructor(context: ChatContext, link: Link, address: Address) {
    this.#context = context;
    this.#link = link;
    this.#address = address;
    this.#pace = new Pace(context.settings, address);
    this.#readHalf = new ReadHalf(context, address.slice, link, this.#pace, this);
    this.#writeHalf = new WriteHalf(context, link, this);
    const client = {
      label: link.label,
      outbox: this.#writeHalf,
      joins: address.joins,
      owner: this,
    };
    this.#session = context.converse(client, () => this.run(() => this.#claimed()));
    this.#patience = new Patience(context, this.#deadline, this.#session, this.#readHalf);
  }

  /** Prompts for a name. `refuse` is for a client that is not let in. */
  start(): void {
    const { label: client, certificate, editor } = this.#link;
    this.#context.emit?.({ type: "connected", client, certificate });
    if (editor !== undefined) this.terminal.begin(editor);
    this.#session.start();
    this.#writeHalf.flush();
    if (this.#session.phase === "naming") this.#patience.start();
  }

  /** Closes the connection of one that is not let in. */
  refuse(reason: Refusal): void {
    this.#context.emit?.({ type: "refused", client: this.#link.label, reason });
    this.close(reason);
  }

  /** How far its client's stay has come. */
  get stage(): Stage {
    const { phase } = this.#session;
    return this.#phase === "here" && phase !== "left" ? phase : "leaving";
  }

  /** The URL of the listener that its client came by. */
  get listener(): string {
    return this.#link.listener;
  }

  /** How many bytes its client was sent, as far as the system has accepted them. */
  get sentBytes(): number {
    return this.#link.writtenBytes;
  }

  received(bytes: Uint8Array): void {
    this.#context.traffic.receivedBytes += bytes.length;
    const protocol = this.#phase === "here" ? this.#protocol.push(bytes) : undefined;
    if (protocol !== undefined) return this.refuse(protocol);
    this.#readHalf.received(bytes);
    this.#read();
  }

  ended(): void {
    // A write that meets a reset uses up its error, and what follows looks like an end: `wake` deals
    // with it, and half a line stays unsaid.
    if (this.#writeHalf.isOver) return;
    this.#readHalf.ended();
    this.#read();
  }

  get terminal(): Editing {
    return (this.#editing ??= new Editing({
      context: this.#context,
      link: this.#link,
      session: this.#session,
      readHalf: this.#readHalf,
      writeHalf: this.#writeHalf,
      owner: this,
    }));
  }

  drained(): void {
    this.#editing?.drained();
    this.#writeHalf.drained();
  }

  closed(error: Error | undefined): void {
    const how = error !== undefined || this.#writeHalf.isOver ? "reset" : "closed";
    this.#readHalf.lost();
    if (this.#phase !== "here") return this.#end(how);
    this.#phase = "lost";
    this.#reason = how;
    this.#deadline.set(this.#context.settings.closeTimeoutMs * CLOSE_TIMEOUTS_MAX);
    this.#writeHalf.dispose();
    this.#read();
  }

  wake(): void {
    const { phase } = this.#readHalf;
    const isConnected = this.#phase !== "lost" && this.#phase !== "closed";
    if (this.#writeHalf.isReset && isConnected) this.#link.terminate();
    // Not at once, as this may be in the middle of a flush.
    else if (phase === "replying") this.#context.backpressure.resumeLater(this.#readHalf);
    else if (phase === "reading") this.#read();
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
    const { emit } = this.#context;
    const client = this.#link.label;
    emit?.({ type: "failed", client, error });
    try {
      this.abort("internal error");
    } catch (another) {
      emit?.({ type: "failed", client, error: another });
      this.#link.terminate();
    }
  }

  /** The settings have changed in this way. They count from now on, also for what waits already. */
  adapt({ keepAliveMs }: Partial<Settings>): void {
    const { closeTimeoutMs } = this.#context.settings;
    if (this.#phase === "closed") return;
    if (keepAliveMs !== undefined && this.#phase !== "lost") this.#link.keepAlive?.(keepAliveMs);
    if (this.#phase === "here") this.#patience.adapt();
    else if (this.#phase !== "lost") this.#deadline.changeTo(closeTimeoutMs);
    else this.#deadline.changeTo(closeTimeoutMs * CLOSE_TIMEOUTS_MAX);
    this.#editing?.adapt();
    this.#writeHalf.adapt();
    // Last, because it may go on reading.
    this.#readHalf.adapt();
  }

  /** Ends the stay: everything queued and a goodbye are delivered, within the close timeout. */
  close(reason: LeaveReason, goodbye = GOODBYES[reason]): void {
    if (this.#phase === "leaving") this.#phase = "closing";
    if (this.#phase === "lost") return this.#end(reason);
    if (this.#phase !== "here") return;
    this.#phase = reason === "closed" ? "leaving" : "closing";
    this.#leave(reason);
    this.#farewell = new Farewell(this.#link, this.#writeHalf, this);
    this.#deadline.set(this.#context.settings.closeTimeoutMs, 0);
    this.#writeHalf.finish(goodbye);
  }

  /** Ends the stay at once: nothing that waits is delivered. */
  abort(reason: LeaveReason): void {
    if (this.#phase === "closed") return;
    if (this.#phase === "lost") return this.#end(reason);
    this.#phase = "closing";
    this.#leave(reason);
    this.#link.terminate();
  }

  /** Reads until nothing is left, or the next line has to wait. */
  #read(): void {
    let line: Decoded | undefined;
    while ((line = this.#readHalf.next()) !== undefined) {
      this.#take(line);
      if (this.#session.phase === "claiming") this.#readHalf.wait("claiming");
      else if (this.#writeHalf.mustTakeAnswers()) this.#readHalf.wait("replying");
    }
    const { phase, delayMs } = this.#readHalf;
    if (phase === "over") return this.#inputOver();
    // What came as lines is read, and the rest may be keys.
    if (phase === "reading" && this.#editing?.heard()) return this.#read();
    const client = this.#link.label;
    if (phase === "throttled") this.#context.emit?.({ type: "rate-limited", client, delayMs });
    // Once it is in the room, what it is told goes out when the room's turn ends.
    if (this.#phase === "here" && this.#session.phase !== "chatting") this.#writeHalf.flush();
  }

  #take(line: Decoded): void {
    const { emit, settings } = this.#context;
    if (typeof line === "object") return this.#writeHalf.answerTelnet(line.answers);
    if (line === LEAVE) return this.#quit();
    emit?.({ type: "line read", client: this.#link.label });
    if (line === LINE_TOO_LONG) return this.#session.lineTooLong(settings.lineLimitBytes);
    const outcome = this.#session.line(line);
    if (this.#phase === "here") this.#patience.lineRead();
    if (outcome === QUIT) this.#quit();
  }

  #quit(): void {
    if (this.#session.phase === "chatting") this.close("quit");
    else this.close("quit", "");
    if (this.#phase === "closing") this.#farewell?.endWhenRead();
  }

  #inputOver(): void {
    if (this.#phase === "here") this.close("closed");
    else if (this.#phase === "lost") this.#end(this.#reason ?? "closed");
  }

  /** It is known whether the client has the name that it gave. */
  #claimed(): void {
    if (this.#session.phase === "chatting") {
      this.#pace.hasJoined = true;
      if (this.#phase === "here") {
        this.#context.backpressure.addReader(this.#writeHalf, this.#address);
        this.#patience.awaitLine();
      }
    }
    if (this.#readHalf.phase === "claiming") this.#readHalf.resume();
  }

  /** The deadline is met. */
  judge(): void {
    switch (this.#phase) {
      case "here": {
        const reason = this.#patience.judge();
        return reason && this.close(reason);
      }
      case "leaving":
      case "closing":
        if (this.#farewell?.judge(this.#phase === "leaving")) this.#deadline.restart();
        return;
      case "lost":
        return this.#end(this.#reason ?? "closed");
      case "closed":
        return;
      default:
        this.#phase satisfies never;
    }
  }

  #leave(reason: LeaveReason): void {
    const { emit } = this.#context;
    this.#reason = reason;
    if (this.#session.phase !== "left")
      emit?.({ type: "leaving", client: this.#link.label, reason });
    this.#readHalf.stop();
    this.#session.leave(reason);
  }

  #end(reason: LeaveReason): void {
    const hasLeft = this.#phase !== "lost";
    this.#phase = "closed";
    this.#deadline.clear();
    this.#farewell?.dispose();
    this.#editing?.dispose();
    this.#readHalf.stop();
    this.#writeHalf.dispose();
    try {
      if (!hasLeft) this.#leave(reason);
    } finally {
      this.#context.traffic.sentBytes += this.sentBytes;
      this.#context.onEnd(this);
      const client = this.#link.label;
      this.#context.emit?.({ type: "disconnected", client, reason: this.#reason ?? reason });
    }
  }
}

/** A deadline keeps its owner, and no function of its own, which takes less memory. */
function expire(connection: Connection): void {
  connection.run(() => connection.judge());
}
