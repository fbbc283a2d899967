/**
 * One socket, from the first prompt to the last byte. Its life:
 *
 *     reading ⇄ held          lines are read, or wait in the decoder while others come first
 *        │       │
 *        ▼       ▼
 *     leaving ─▶ closing      no line is read; what is queued is delivered
 *        │       │
 *        ▼       ▼
 *          closed
 *
 * Closing takes one path, whoever starts it: leave the room, say goodbye if there is one, let the
 * queue drain, shut down the sending side, read and discard until the other side closes too, and
 * at a deadline terminate. A client that leaves by itself has as much time as it goes on reading;
 * everybody else has the close timeout. Ending the socket at once would be shorter and would lose
 * what is queued here, and by a reset also what the kernel has already accepted.
 *
 * The socket's `close` handler comes exactly once, also from inside a call to `terminate`. It is
 * the only way to the end, and every phase is set before a call that may run it.
 */
import type { Backpressure, Sender } from "./backpressure.ts";
import { LINE_TOO_LONG, LineDecoder } from "./line-decoder.ts";
import type { Log } from "./log.ts";
import { GOODBYES, type LeaveReason } from "./messages.ts";
import type { Settings } from "./options.ts";
import type { Room } from "./room.ts";
import type { Writer } from "./send-queue.ts";
import { Session } from "./session.ts";
import { after, type Timer } from "./timers.ts";
import { WriteHalf } from "./write-half.ts";

/**
 * The most lines read from one connection in one turn of the event loop, so that nobody waits
 * while a large chunk of short lines is handled.
 */
const LINES_PER_TURN_MAX = 1_000;

/** What a connection needs of its socket. `Bun.Socket` has it, and so does a test's script. */
export interface Transport extends Writer {
  /** Ends the sending side; what was written before still arrives. */
  shutdown(): void;
  /** Ends the connection with a reset. Runs the `close` handler before it returns. */
  terminate(): void;
  /** Stops reading. Until `resume`, neither bytes nor the end of the input are reported. */
  pause(): void;
  resume(): void;
}

export interface ConnectionContext {
  readonly transport: Transport;
  /** Address and port of the other side, for the log. */
  readonly address: string;
  readonly room: Room;
  readonly backpressure: Backpressure;
  readonly log: Log;
  readonly settings: Settings;
  /** Called exactly once: the socket is gone and every line that it brought is dealt with. */
  readonly onEnd: () => void;
}

export class Connection implements Sender {
  readonly #context: ConnectionContext;
  readonly #decoder: LineDecoder;
  readonly #session: Session;
  readonly #writeHalf: WriteHalf;
  #phase: "reading" | "held" | "leaving" | "closing" | "closed" = "reading";
  /** Why the socket is gone, while lines that it brought are still being read. */
  #lost: "closed" | "reset" | undefined;
  /** Ends the wait for a name, then for each next line, and at last for the other side to close. */
  #deadline: Timer | undefined;
  /** How many bytes waited for a client that leaves when the deadline was last set. */
  #bytesAtDeadline = 0;

  constructor(context: ConnectionContext) {
    const { transport, address, room, backpressure, log, settings } = context;
    this.#context = context;
    this.#decoder = new LineDecoder(settings.lineLimitBytes);
    const onStall = () => this.#abort("too slow");
    this.#writeHalf = new WriteHalf({ transport, backpressure, settings, onStall });
    this.#session = new Session({ room, log, address, outbox: this.#writeHalf });
    this.#deadline = after(settings.nameTimeoutMs, () => this.close("no name given"));
    this.#writeHalf.flush();
  }

  /** Bytes arrived. They are this connection's from here on. */
  received(bytes: Uint8Array): void {
    if (this.#isOver()) return;
    this.#decoder.push(bytes);
    this.#readLines();
  }

  /** The other side will send nothing more, but may still read. */
  ended(): void {
    if (this.#isOver()) return;
    this.#decoder.end();
    this.#readLines();
  }

  /** Goes on where `#readLines` stopped. */
  resume(): void {
    if (this.#phase !== "held") return;
    this.#phase = "reading";
    if (this.#lost === undefined) this.#context.transport.resume();
    this.#readLines();
    // Only the next turn shows whether that was all.
    if (this.#phase === "reading") setImmediate(() => this.#uncork());
  }

  /** The socket may have space again. */
  drained(): void {
    this.#writeHalf.drained();
  }

  /** The socket is gone, with an error if it was reset. */
  closed(error: Error | undefined): void {
    this.#lost = error === undefined ? "closed" : "reset";
    if (this.#phase === "held") this.#writeHalf.dispose();
    else this.#end(this.#lost);
  }

  /** Our own code threw while handling this client: only this client is disconnected. */
  failed(error: Error): void {
    this.#context.log.failed(this.#context.address, error);
    this.#abort("internal error");
  }

  /** Ends the stay: everything queued and a goodbye are delivered, within the close timeout. */
  close(reason: LeaveReason): void {
    if (this.#phase === "leaving") this.#phase = "closing";
    if (this.#isOver()) return;
    if (this.#lost !== undefined) return this.#end(reason);
    const { transport, settings } = this.#context;
    if (this.#phase === "held") transport.resume();
    this.#phase = reason === "closed" ? "leaving" : "closing";
    this.#session.leave(reason);
    clearTimeout(this.#deadline);
    this.#bytesAtDeadline = this.#writeHalf.bytes;
    this.#deadline = setTimeout(() => this.#giveUp(), settings.closeTimeoutMs);
    this.#writeHalf.finish(GOODBYES[reason]);
  }

  /** The close timeout is over. Who leaves and has read something meanwhile gets another. */
  #giveUp(): void {
    this.#writeHalf.drained();
    const { bytes } = this.#writeHalf;
    if (this.#phase === "leaving" && bytes > 0 && bytes < this.#bytesAtDeadline) {
      this.#bytesAtDeadline = bytes;
      this.#deadline?.refresh();
    } else {
      this.#context.transport.terminate();
    }
  }

  #end(reason: LeaveReason): void {
    this.#phase = "closed";
    this.#session.leave(reason);
    this.#context.backpressure.removeSender(this);
    this.#writeHalf.dispose();
    clearTimeout(this.#deadline);
    this.#context.onEnd();
  }

  #abort(reason: LeaveReason): void {
    if (this.#phase === "closed") return;
    if (this.#lost !== undefined) return this.#end(reason);
    this.#phase = "closing";
    this.#session.leave(reason);
    this.#context.transport.terminate();
  }

  #isOver(): boolean {
    return this.#phase !== "reading" && this.#phase !== "held";
  }

  #readLines(): void {
    for (let count = 0; this.#phase === "reading"; count++) {
      if (count === LINES_PER_TURN_MAX || !this.#context.backpressure.mayRead(this)) {
        this.#hold();
        break;
      }
      const line = this.#decoder.next();
      if (line === undefined) {
        if (this.#lost !== undefined) this.#end(this.#lost);
        else if (this.#decoder.ended) this.close("closed");
        break;
      }
      this.#readLine(line);
    }
    // Once it is in the room, what it is told goes out when the room's turn ends.
    if (this.#session.phase === "naming") this.#writeHalf.flush();
  }

  #hold(): void {
    this.#phase = "held";
    if (this.#lost === undefined) this.#context.transport.pause();
    this.#writeHalf.cork();
    this.#context.backpressure.resumeLater(this);
  }

  #uncork(): void {
    if (this.#phase === "reading") this.#writeHalf.uncork();
  }

  #readLine(line: string | typeof LINE_TOO_LONG): void {
    const { backpressure, settings } = this.#context;
    if (line === LINE_TOO_LONG) return this.#session.lineTooLong(settings.lineLimitBytes);

    const { phase } = this.#session;
    this.#session.line(line);
    backpressure.spend(this, line.length);
    if (phase === "chatting") {
      this.#deadline?.refresh();
    } else if (this.#session.phase === "chatting") {
      backpressure.addReader(this.#writeHalf);
      clearTimeout(this.#deadline);
      this.#deadline = after(settings.idleTimeoutMs, () => this.#idle());
    }
  }

  /** A connection that is held is not idle: its lines may be waiting here. */
  #idle(): void {
    if (this.#phase === "held") this.#deadline?.refresh();
    else this.close("idle timeout");
  }
}
