/**
 * One socket: its decoder, session, send queue and timers. Its life:
 *
 *     open ──▶ closing ──▶ closed
 *       └────────────────────┘
 *
 * Closing takes one path, whoever starts it: leave the room, say goodbye if there is one, let the
 * queue drain, shut down the sending side, read and discard until the other side closes too, and
 * at a deadline terminate. Ending the socket at once would be shorter and would lose what is
 * queued here, and by a reset also what the kernel has already accepted.
 *
 * The socket's `close` handler comes exactly once, also from inside a call to `terminate`. It is
 * the only place that cleans up, and every phase is set before a call that may run it.
 */
import type { Backpressure } from "./backpressure.ts";
import { LINE_TOO_LONG, LineDecoder } from "./line-decoder.ts";
import type { Log } from "./log.ts";
import { GOODBYES, type LeaveReason } from "./messages.ts";
import type { Settings } from "./options.ts";
import type { Room } from "./room.ts";
import { Chunk, SendQueue, type Writer } from "./send-queue.ts";
import { Session } from "./session.ts";

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
}

type Timer = ReturnType<typeof setTimeout>;

export class Connection {
  readonly #context: ConnectionContext;
  readonly #decoder: LineDecoder;
  readonly #queue: SendQueue;
  readonly #session: Session;
  #phase: "open" | "closing" | "closed" = "open";
  /** Ends the wait for a name, then for each next line, and at last for the other side to close. */
  #deadline: Timer | undefined;
  /** Runs while bytes wait for the socket. */
  #stall: Timer | undefined;
  #isPaused = false;
  #hadToWait = false;
  #isShutDown = false;

  constructor(context: ConnectionContext) {
    const { transport, address, room, log, settings } = context;
    this.#context = context;
    this.#decoder = new LineDecoder(settings.lineLimitBytes);
    this.#queue = new SendQueue(transport, settings.queueLimitBytes);
    this.#session = new Session({ room, log, address, outbox: this });
    this.#deadline = after(settings.nameTimeoutMs, () => this.close("no name given"));
    this.flush();
  }

  /** Bytes arrived. They are this connection's from here on. */
  received(bytes: Uint8Array): void {
    if (this.#phase !== "open") return;
    this.#decoder.push(bytes);
    this.#readLines();
  }

  /** The other side will send nothing more, but may still read. */
  ended(): void {
    if (this.#phase !== "open") return;
    this.#decoder.end();
    this.#readLines();
  }

  /** The room is no longer held: goes on where `#readLines` stopped. */
  resume(): void {
    this.#isPaused = false;
    this.#context.transport.resume();
    this.#readLines();
  }

  /** The socket may have space again. */
  drained(): void {
    this.#afterWrite(this.#queue.drain());
  }

  /** The socket is gone, with an error if it was reset. */
  closed(error: Error | undefined): void {
    this.#phase = "closed";
    this.#session.leave(error === undefined ? "closed" : "reset");
    this.#context.backpressure.forget(this);
    clearTimeout(this.#deadline);
    clearTimeout(this.#stall);
  }

  /** Something of ours threw while it dealt with this client, which alone pays for it. */
  failed(error: Error): void {
    this.#context.log.failed(this.#context.address, error);
    this.#abort("internal error");
  }

  /** Ends the stay: everything queued and a goodbye are delivered, within the close timeout. */
  close(reason: LeaveReason): void {
    if (this.#phase !== "open") return;
    this.#phase = "closing";
    this.#session.leave(reason);
    this.enqueue(Chunk.of(GOODBYES[reason]));
    clearTimeout(this.#deadline);
    const { transport, backpressure, settings } = this.#context;
    backpressure.forget(this);
    if (this.#isPaused) transport.resume();
    this.#deadline = setTimeout(() => transport.terminate(), settings.closeTimeoutMs);
    this.flush();
  }

  enqueue(chunk: Chunk): void {
    this.#queue.push(chunk);
  }

  flush(): void {
    this.#afterWrite(this.#queue.flush());
  }

  #readLines(): void {
    while (this.#phase === "open") {
      if (this.#context.backpressure.held) {
        this.#pause();
        break;
      }
      const line = this.#decoder.next();
      if (line === undefined) {
        if (this.#decoder.ended) this.close("closed");
        break;
      }
      if (line === LINE_TOO_LONG) {
        this.#session.lineTooLong(this.#context.settings.lineLimitBytes);
      } else {
        this.#readLine(line);
      }
    }
    // Once it is in the room, what it is told goes out when the room's turn ends.
    if (this.#session.phase === "naming") this.flush();
  }

  #pause(): void {
    this.#context.backpressure.wait(this);
    if (!this.#isPaused) this.#context.transport.pause();
    this.#isPaused = true;
  }

  #readLine(line: string): void {
    const phase = this.#session.phase;
    this.#session.line(line);
    if (phase === "chatting") {
      this.#deadline?.refresh();
    } else if (this.#session.phase === "chatting") {
      clearTimeout(this.#deadline);
      const { idleTimeoutMs } = this.#context.settings;
      this.#deadline = after(idleTimeoutMs, () => this.close("idle timeout"));
    }
  }

  #afterWrite(acceptedBytes: number): void {
    const { bytes } = this.#queue;
    if (bytes > 0 || this.#hadToWait) {
      this.#hadToWait = bytes > 0;
      this.#watchReader(bytes, acceptedBytes);
    }
    if (bytes === 0 && this.#phase === "closing" && !this.#isShutDown) {
      this.#isShutDown = true;
      this.#context.transport.shutdown();
    }
  }

  /** Some bytes had to wait for the socket, or did until now. */
  #watchReader(bytes: number, acceptedBytes: number): void {
    const { backpressure, settings } = this.#context;
    if (this.#phase === "open") backpressure.report(this, bytes);
    if (bytes === 0) {
      clearTimeout(this.#stall);
      this.#stall = undefined;
    } else if (this.#stall === undefined) {
      this.#stall = after(settings.stallTimeoutMs, () => this.#stalled());
    } else if (acceptedBytes > 0) {
      this.#stall.refresh();
    }
  }

  /**
   * No `drain` for the stall timeout. The system reports one only when about a third of its buffer
   * is free, which takes a slow but living reader longer: it is gone only if a write fails too.
   */
  #stalled(): void {
    this.#stall = undefined;
    const acceptedBytes = this.#queue.drain();
    if (acceptedBytes === 0 && this.#queue.bytes > 0) this.#abort("too slow");
    else this.#afterWrite(acceptedBytes);
  }

  #abort(reason: LeaveReason): void {
    if (this.#phase === "closed") return;
    this.#phase = "closing";
    this.#session.leave(reason);
    this.#context.transport.terminate();
  }
}

/** A timer, or none at all where 0 stands for "never". */
function after(delayMs: number, action: () => void): Timer | undefined {
  return delayMs === 0 ? undefined : setTimeout(action, delayMs);
}
