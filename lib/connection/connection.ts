/**
 * One socket, from the first prompt to the last byte. Its life:
 *
 *     open ──▶ leaving ──▶ closing ──▶ closed
 *
 * Any phase may be skipped: only a client that ends its own input is leaving, and a socket that is
 * gone has nothing to close.
 *
 * Closing takes one path, whoever starts it: leave the room, say goodbye if there is one, let the
 * queue drain, shut down the sending side, read and discard until the other side closes too, and
 * at a deadline terminate. A client that leaves by itself has the close timeout several times over
 * while it goes on reading; everybody else has it once. Ending the socket at once would be shorter,
 * and would lose what is queued here and, by a reset, also what the kernel has already accepted.
 *
 * The socket's `close` handler comes exactly once, also from inside a call to `terminate`. It is
 * the only way to the end, and every phase is set before a call that may run it.
 *
 * An error of ours must not concern anybody else. What a socket handler throws Bun reports to
 * `failed`; for whatever else enters here, by a timer or set off by another client, there is `run`.
 */
import type { Address } from "../limits/addresses.ts";
import type { Backpressure } from "../limits/backpressure.ts";
import { Chunk } from "../room/chunk.ts";
import type { Timer } from "../limits/timers.ts";
import { Deadline } from "./deadline.ts";
import { ProtocolDetector } from "./foreign-protocol.ts";
import type { ErrorBoundary } from "./error-boundary.ts";
import { LINE_TOO_LONG, type Decoded } from "./line-decoder.ts";
import { GOODBYES } from "../conversation/messages.ts";
import type { Emit, LeaveReason, Refusal } from "../events.ts";
import { Pace } from "./pace.ts";
import { ReadHalf, type LineListener, type ReadPhase } from "./read-half.ts";
import type { Room } from "../room/room.ts";
import type { Link, LinkEvents } from "./link.ts";
import { Session, type SessionListener } from "../conversation/session.ts";
import type { Settings } from "../options/settings.ts";
import type { Slices } from "../limits/slices.ts";
import type { TotalLimit } from "../limits/total-limit.ts";
import type { Welcome } from "../conversation/welcome.ts";
import { WriteHalf, type WriteListener } from "./write-half.ts";

/** What all connections of one server share. */
export interface ChatContext {
  readonly room: Room;
  readonly slices: Slices;
  readonly backpressure: Backpressure;
  readonly totalLimit: TotalLimit;
  readonly emit: Emit;
  readonly welcome: Welcome;
  readonly settings: Settings;
  /** Called exactly once: the socket is gone and every line that it brought is dealt with. */
  readonly onEnd: (connection: Connection) => void;
}

/**
 * How many times the close timeout they have who leave and go on reading, and whose socket is gone
 * while lines that it brought wait to be read.
 */
const CLOSE_TIMEOUTS_MAX = 12;

/** How often it is asked whether one that leaves has read everything, in milliseconds. */
const READ_CHECK_MS = 20;

/**
 * What ends at the deadline: the wait for a name, for the next line until there is a warning and after
 * it, for the other side to close.
 */
type Awaited = "name" | "line" | "line after the warning" | "close" | "last lines";

export class Connection
  implements LinkEvents, LineListener, SessionListener, WriteListener, ErrorBoundary
{
  readonly #context: ChatContext;
  readonly #link: Link;
  readonly #address: Address;
  readonly #session: Session;
  readonly #readHalf: ReadHalf;
  readonly #writeHalf: WriteHalf;
  readonly #protocol = new ProtocolDetector();
  readonly #pace: Pace;
  #phase: "open" | "leaving" | "closing" | "closed" = "open";
  /** Why the stay has ended, if it has. */
  #reason: LeaveReason | undefined;
  /** Why the socket is gone, while lines that it brought are still being read. */
  #lost: "closed" | "reset" | undefined;
  readonly #deadline = new Deadline<Connection>(this, Connection.#expire);
  #awaited: Awaited = "name";
  /** How many bytes waited for a client that leaves when the deadline was last set. */
  #bytesAtDeadline = 0;
  #closeTimeoutsLeft = CLOSE_TIMEOUTS_MAX;
  #readCheck: Timer | undefined;

  /** @param address what is counted for the address that `link` comes from */
  constructor(context: ChatContext, link: Link, address: Address) {
    this.#context = context;
    this.#link = link;
    this.#address = address;
    this.#pace = new Pace(context.settings, address);
    this.#readHalf = new ReadHalf(context, address.slice, link, this);
    this.#writeHalf = new WriteHalf(context, link, this);
    this.#session = new Session(context, link.label, this.#writeHalf, this);
  }

  /** Prompts for a name. Who is not welcome is told so by `refuse` instead. */
  start(): void {
    this.#context.emit?.({ type: "connected", client: this.#link.label });
    this.#session.start();
    this.#writeHalf.flush();
    this.#await("name", this.#context.settings.nameTimeoutMs);
  }

  /** Closes the connection of one that is not let in. */
  refuse(reason: Refusal): void {
    this.#context.emit?.({ type: "refused", client: this.#link.label, reason });
    this.close(reason);
  }

  /** Bytes arrived. They are this connection's from here on. */
  received(bytes: Uint8Array): void {
    const protocol = this.#phase === "open" ? this.#protocol.push(bytes) : undefined;
    if (protocol === undefined) this.#readHalf.received(bytes);
    else this.refuse(protocol);
  }

  /** The other side will send nothing more, but may still read. */
  ended(): void {
    // A write that meets a reset uses up its error, and what follows looks like an end: `onGone`
    // deals with it, and half a line stays unsaid.
    if (!this.#writeHalf.isOver) this.#readHalf.ended();
  }

  /** The socket may have space again. */
  drained(): void {
    this.#writeHalf.drained();
  }

  /** The socket is gone, with an error if it was reset. */
  closed(error: Error | undefined): void {
    const isReset = error !== undefined || this.#writeHalf.isOver;
    this.#lost = isReset ? "reset" : "closed";
    if (this.#phase !== "open") return this.#end(this.#lost);
    const { closeTimeoutMs } = this.#context.settings;
    this.#await("last lines", closeTimeoutMs * CLOSE_TIMEOUTS_MAX);
    this.#writeHalf.dispose();
    this.#readHalf.lost();
  }

  run(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.failed(error);
    }
  }

  /** Only this client is disconnected, and be it that leaving the room fails as well. */
  failed(error: unknown): void {
    const { emit } = this.#context;
    emit?.({ type: "failed", client: this.#link.label, error });
    try {
      this.abort("internal error");
    } catch (another) {
      emit?.({ type: "failed", client: this.#link.label, error: another });
      this.#link.terminate();
    }
  }

  /** Ends the stay: everything queued and a goodbye are delivered, within the close timeout. */
  close(reason: LeaveReason, goodbye = GOODBYES[reason]): void {
    if (this.#phase === "leaving") this.#phase = "closing";
    if (this.#phase !== "open") return;
    if (this.#lost !== undefined) return this.#end(reason);
    this.#reason = reason;
    this.#phase = reason === "closed" ? "leaving" : "closing";
    this.#readHalf.stop();
    this.#session.leave(reason);
    this.#bytesAtDeadline = this.#writeHalf.bytes;
    this.#await("close", this.#context.settings.closeTimeoutMs);
    this.#writeHalf.finish(goodbye);
  }

  delayMs(line: Decoded): number {
    // Telnet's commands are no name that could have to wait.
    const mayJoin = this.#session.phase === "naming" && typeof line !== "object";
    const delayMs = this.#pace.delayMs(mayJoin);
    if (delayMs > 0) {
      this.#context.emit?.({ type: "rate-limited", client: this.#link.label, delayMs });
    }
    return delayMs;
  }

  mustTakeAnswers(): boolean {
    return this.#writeHalf.mustTakeAnswers();
  }

  onAnswersTaken(): void {
    this.#readHalf.answersTaken();
  }

  onLine(line: Decoded): void {
    const { backpressure, settings } = this.#context;
    this.#pace.spendLine(line);
    if (line === LINE_TOO_LONG) return this.#session.lineTooLong(settings.lineLimitBytes);
    if (typeof line !== "string") return this.#answer(line.answers);

    const { phase } = this.#session;
    this.#session.line(line);
    if (phase === "chatting") {
      if (this.#awaited === "line") this.#deadline.putOff();
      else if (this.#awaited === "line after the warning") this.#awaitLine();
    } else if (this.#session.phase === "chatting") {
      this.#pace.spendJoin();
      backpressure.addReader(this.#writeHalf, this.#address);
      if (this.#lost === undefined) this.#awaitLine();
    }
  }

  onPause(phase: ReadPhase): void {
    if (phase === "backpressured") this.#writeHalf.cork();
    // That would take too long, or for ever, and what it sent is here already.
    if (phase === "throttled" || phase === "replying") this.#writeHalf.uncork();
    // Once it is in the room, what it is told goes out when the room's turn ends.
    if (this.#session.phase === "naming") this.#writeHalf.flush();
  }

  onCaughtUp(): void {
    this.#writeHalf.uncork();
  }

  onInputOver(): void {
    if (this.#lost === undefined) this.close("closed");
    else this.#end(this.#lost);
  }

  spendRename(): boolean {
    return this.#pace.spendRename();
  }

  onQuit(): void {
    this.close("quit");
    this.#endWhenRead();
  }

  /**
   * Programs like nc wait for their user's next key when the other side has shut down. Who has asked to
   * leave, and has read that it may, is let go at once.
   */
  #endWhenRead(): void {
    if (this.#phase !== "closing") return;
    if (this.#link.hasReadAll) this.#link.terminate();
    else this.#readCheck = setTimeout(() => this.run(() => this.#endWhenRead()), READ_CHECK_MS);
  }

  onSentHome(reason: LeaveReason, goodbye: string): void {
    this.close(reason, goodbye);
  }

  onStall(): void {
    this.abort("too slow");
  }

  /** While the socket is paused, its close handler may not come. */
  onGone(): void {
    if (this.#lost === undefined) this.#link.terminate();
  }

  /**
   * Telnet has no place in the room's order: an answer goes out by itself. It is no line, although
   * one of its bytes may be an LF.
   */
  #answer(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#writeHalf.enqueue(new Chunk(bytes, 0));
    this.#writeHalf.flush();
  }

  /** A name may have been given that may not be read yet, because others came first. */
  #nameless(): void {
    const othersComeFirst = this.#readHalf.isBackpressured || this.#pace.isForOthers;
    if (othersComeFirst && this.#readHalf.isLineWaiting) this.#deadline.restart();
    else this.close("no name given");
  }

  #awaitLine(): void {
    const { idleTimeoutMs, idleWarningMs } = this.#context.settings;
    this.#await("line", idleTimeoutMs - idleWarningMs);
  }

  /** Who has a line waiting here is not idle. */
  #idle(): void {
    const { idleWarningMs } = this.#context.settings;
    if (this.#readHalf.isLineWaiting) this.#deadline.restart();
    else if (this.#awaited === "line" && idleWarningMs > 0) this.#warn(idleWarningMs);
    else this.close("idle timeout");
  }

  #warn(leftMs: number): void {
    this.#session.warn(leftMs);
    this.#await("line after the warning", leftMs);
  }

  /** The close timeout is over. Who leaves and has read something meanwhile gets another. */
  #giveUp(): void {
    this.#writeHalf.drained();
    const { bytes } = this.#writeHalf;
    const isReading = this.#phase === "leaving" && bytes < this.#bytesAtDeadline;
    if (isReading && --this.#closeTimeoutsLeft > 0) {
      this.#bytesAtDeadline = bytes;
      this.#deadline.restart();
    } else {
      this.#link.terminate();
    }
  }

  #await(what: Awaited, timeoutMs: number): void {
    this.#awaited = what;
    this.#deadline.set(timeoutMs);
  }

  static #expire(connection: Connection): void {
    connection.run(() => connection.#expired());
  }

  #expired(): void {
    switch (this.#awaited) {
      case "name":
        return this.#nameless();
      case "line":
      case "line after the warning":
        return this.#idle();
      case "close":
        return this.#giveUp();
      case "last lines":
        return this.#end(this.#lost ?? "closed");
      default:
        this.#awaited satisfies never;
    }
  }

  /** Ends the stay at once: nothing that waits is delivered. */
  abort(reason: LeaveReason): void {
    if (this.#phase === "closed") return;
    if (this.#lost !== undefined) return this.#end(reason);
    this.#reason = reason;
    this.#phase = "closing";
    this.#readHalf.stop();
    this.#session.leave(reason);
    this.#link.terminate();
  }

  #end(reason: LeaveReason): void {
    this.#phase = "closed";
    this.#deadline.clear();
    clearTimeout(this.#readCheck);
    this.#readHalf.stop();
    this.#writeHalf.dispose();
    try {
      this.#session.leave(reason);
    } finally {
      this.#context.onEnd(this);
      const client = this.#link.label;
      this.#context.emit?.({ type: "disconnected", client, reason: this.#reason ?? reason });
    }
  }
}
