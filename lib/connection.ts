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
import type { Address } from "./addresses.ts";
import type { Backpressure } from "./backpressure.ts";
import { Chunk } from "./chunk.ts";
import { Deadline } from "./deadline.ts";
import { ProtocolDetector } from "./foreign-protocol.ts";
import type { Guard } from "./guard.ts";
import { LINE_TOO_LONG, type Decoded } from "./line-decoder.ts";
import type { Log } from "./log.ts";
import { GOODBYES, type LeaveReason } from "./messages.ts";
import { Pace } from "./pace.ts";
import type { Endpoints, PeerReads } from "./peer-reads.ts";
import { ReadHalf, type LineListener, type ReadPhase } from "./read-half.ts";
import type { Room } from "./room.ts";
import type { Writer } from "./send-queue.ts";
import { Session, type SessionListener } from "./session.ts";
import type { Settings } from "./settings.ts";
import type { Slices } from "./slices.ts";
import type { TotalLimit } from "./total-limit.ts";
import type { Welcome } from "./welcome.ts";
import { WriteHalf, type WriteListener } from "./write-half.ts";

/** What a connection needs of its socket. `Bun.Socket` has it, and so does a test's script. */
export interface Transport extends Writer, Endpoints {
  /** Ends the sending side; what was written before still arrives. */
  shutdown(): void;
  /** Ends the connection with a reset. Runs the `close` handler before it returns. */
  terminate(): void;
  /** Stops reading. Until `resume`, neither bytes nor the end of the input are reported. */
  pause(): void;
  resume(): void;
}

/** What all connections of one server share. */
export interface Surroundings {
  readonly room: Room;
  readonly slices: Slices;
  readonly backpressure: Backpressure;
  readonly totalLimit: TotalLimit;
  readonly peerReads: PeerReads;
  readonly log: Log;
  readonly welcome: Welcome;
  readonly settings: Settings;
  /** Called exactly once: the socket is gone and every line that it brought is dealt with. */
  readonly onEnd: (connection: Connection) => void;
}

/** Whose connection it is. */
export interface Peer {
  readonly transport: Transport;
  /** Address and port of the other side, for the log. */
  readonly label: string;
  readonly address: Address;
}

/**
 * How many times the close timeout they have who leave and go on reading, and whose socket is gone
 * while lines that it brought wait to be read.
 */
const CLOSE_TIMEOUTS_MAX = 12;

/** What ends at the deadline: the wait for a name, for the next line, for the other side to close. */
type Wait = "name" | "line" | "close" | "last lines";

export class Connection implements LineListener, SessionListener, WriteListener, Guard {
  readonly #surroundings: Surroundings;
  readonly #transport: Transport;
  readonly #label: string;
  readonly #address: Address;
  readonly #session: Session;
  readonly #readHalf: ReadHalf;
  readonly #writeHalf: WriteHalf;
  readonly #protocol = new ProtocolDetector();
  readonly #pace: Pace;
  #phase: "open" | "leaving" | "closing" | "closed" = "open";
  /** Why the socket is gone, while lines that it brought are still being read. */
  #lost: "closed" | "reset" | undefined;
  readonly #deadline = new Deadline<Connection>(this, Connection.#expire);
  #awaited: Wait = "name";
  /** How many bytes waited for a client that leaves when the deadline was last set. */
  #bytesAtDeadline = 0;
  #closeTimeoutsLeft = CLOSE_TIMEOUTS_MAX;

  constructor(surroundings: Surroundings, { transport, label, address }: Peer) {
    this.#surroundings = surroundings;
    this.#transport = transport;
    this.#label = label;
    this.#address = address;
    this.#pace = new Pace(surroundings.settings, address);
    this.#readHalf = new ReadHalf(surroundings, address.slice, transport, this);
    this.#writeHalf = new WriteHalf(surroundings, transport, this);
    this.#session = new Session(surroundings, label, this.#writeHalf, this);
  }

  /** Prompts for a name. Who is not welcome is told so by `refuse` instead. */
  start(): void {
    this.#session.start();
    this.#writeHalf.flush();
    this.#await("name", this.#surroundings.settings.nameTimeoutMs);
  }

  /** Closes the connection of one that is not let in. */
  refuse(reason: LeaveReason): void {
    this.#surroundings.log.refused(this.#label, reason);
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
    const { closeTimeoutMs } = this.#surroundings.settings;
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
    const { log } = this.#surroundings;
    log.failed(this.#label, error);
    try {
      this.#abort("internal error");
    } catch (another) {
      log.failed(this.#label, another);
      this.#transport.terminate();
    }
  }

  /** Ends the stay: everything queued and a goodbye are delivered, within the close timeout. */
  close(reason: LeaveReason): void {
    if (this.#phase === "leaving") this.#phase = "closing";
    if (this.#phase !== "open") return;
    if (this.#lost !== undefined) return this.#end(reason);
    this.#phase = reason === "closed" ? "leaving" : "closing";
    this.#readHalf.stop();
    this.#session.leave(reason);
    this.#bytesAtDeadline = this.#writeHalf.bytes;
    this.#await("close", this.#surroundings.settings.closeTimeoutMs);
    this.#writeHalf.finish(GOODBYES[reason]);
  }

  delayMs(line: Decoded): number {
    // Telnet's commands are no name that could have to wait.
    const mayJoin = this.#session.phase === "naming" && typeof line !== "object";
    return this.#pace.delayMs(mayJoin);
  }

  mustTakeAnswers(): boolean {
    return this.#writeHalf.mustTakeAnswers();
  }

  onAnswersTaken(): void {
    this.#readHalf.answersTaken();
  }

  onLine(line: Decoded): void {
    const { backpressure, settings } = this.#surroundings;
    this.#pace.spendLine(line);
    if (line === LINE_TOO_LONG) return this.#session.lineTooLong(settings.lineLimitBytes);
    if (typeof line !== "string") return this.#answer(line.answers);

    const { phase } = this.#session;
    this.#session.line(line);
    if (phase === "chatting") {
      if (this.#lost === undefined) this.#deadline.putOff();
    } else if (this.#session.phase === "chatting") {
      this.#pace.spendJoin();
      backpressure.addReader(this.#writeHalf, this.#address);
      if (this.#lost === undefined) this.#await("line", settings.idleTimeoutMs);
    }
  }

  onPause(phase: ReadPhase): void {
    if (phase === "held") this.#writeHalf.cork();
    // That would take too long, or for ever, and what it sent is here already.
    if (phase === "delayed" || phase === "replying") this.#writeHalf.uncork();
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
  }

  onStall(): void {
    this.#abort("too slow");
  }

  /** While the socket is paused, its close handler may not come. */
  onGone(): void {
    if (this.#lost === undefined) this.#transport.terminate();
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
    const othersComeFirst = this.#readHalf.isHeld || this.#pace.isForOthers;
    if (othersComeFirst && this.#readHalf.isLineWaiting) this.#deadline.restart();
    else this.close("no name given");
  }

  /** Who has a line waiting here is not idle. */
  #idle(): void {
    if (this.#readHalf.isLineWaiting) this.#deadline.restart();
    else this.close("idle timeout");
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
      this.#transport.terminate();
    }
  }

  #await(what: Wait, timeoutMs: number): void {
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
        return this.#idle();
      case "close":
        return this.#giveUp();
      case "last lines":
        return this.#end(this.#lost ?? "closed");
      default:
        this.#awaited satisfies never;
    }
  }

  #abort(reason: LeaveReason): void {
    if (this.#phase === "closed") return;
    if (this.#lost !== undefined) return this.#end(reason);
    this.#phase = "closing";
    this.#readHalf.stop();
    this.#session.leave(reason);
    this.#transport.terminate();
  }

  #end(reason: LeaveReason): void {
    this.#phase = "closed";
    this.#deadline.clear();
    this.#readHalf.stop();
    this.#writeHalf.dispose();
    try {
      this.#session.leave(reason);
    } finally {
      this.#surroundings.onEnd(this);
    }
  }
}
