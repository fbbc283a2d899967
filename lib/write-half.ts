/**
 * The sending half of a connection: its queue, the watch over a reader that stalls, and the end of
 * sending once all is sent.
 */
import { Chunk } from "./chunk.ts";
import type { Backpressure, Reader } from "./backpressure.ts";
import type { Settings } from "./options.ts";
import type { Outbox } from "./room.ts";
import { SendQueue, type Writer } from "./send-queue.ts";
import { after, type Timer } from "./timers.ts";

/** What may wait for a client before it is sent although its own input waits to be read. */
const CORK_BYTES_MAX = 65_536;

export interface WriteHalfContext {
  readonly transport: Writer & { shutdown(): void };
  readonly backpressure: Backpressure;
  readonly settings: Settings;
  /** The reader accepted nothing for the stall timeout. */
  readonly onStall: () => void;
}

export class WriteHalf implements Outbox, Reader {
  readonly #context: WriteHalfContext;
  readonly #queue: SendQueue;
  #phase: "open" | "corked" | "finishing" | "shut down" = "open";
  /** Runs while bytes wait for the socket. */
  #stall: Timer | undefined;

  constructor(context: WriteHalfContext) {
    this.#context = context;
    this.#queue = new SendQueue(context.transport, context.settings.queueLimitBytes);
  }

  enqueue(chunk: Chunk): void {
    this.#queue.push(chunk);
  }

  tell(text: string): void {
    this.#queue.push(Chunk.of(text));
  }

  flush(): void {
    if (this.#isCorked()) return;
    const acceptedBytes = this.#queue.flush();
    if (this.#queue.bytes > 0) this.#watch(acceptedBytes);
    else this.#shutDownIfFinished();
  }

  /** The socket may have space again. */
  drained(): void {
    if (!this.#isCorked()) this.#afterDrain(this.#queue.drain());
  }

  /**
   * Its input waits to be read. A client that has closed its socket after its last line answers
   * whatever it is sent with a reset, and that would destroy what is still unread of it.
   */
  cork(): void {
    if (this.#phase === "open") this.#phase = "corked";
  }

  uncork(): void {
    if (this.#phase !== "corked") return;
    this.#phase = "open";
    // A drain may have come meanwhile and been let pass.
    this.drained();
  }

  /** Says goodbye, which may be empty, and shuts down the sending side once all is sent. */
  finish(goodbye: string): void {
    this.uncork();
    this.#phase = "finishing";
    this.#context.backpressure.removeReader(this);
    this.#queue.pushLast(Chunk.of(goodbye));
    this.flush();
  }

  /** The socket is gone. */
  dispose(): void {
    this.#phase = "shut down";
    this.#context.backpressure.removeReader(this);
    clearTimeout(this.#stall);
  }

  #isCorked(): boolean {
    return this.#phase === "corked" && this.#queue.bytes < CORK_BYTES_MAX;
  }

  #shutDownIfFinished(): void {
    if (this.#phase !== "finishing") return;
    this.#phase = "shut down";
    this.#context.transport.shutdown();
  }

  #afterDrain(acceptedBytes: number): void {
    this.#watch(acceptedBytes);
    if (this.#queue.bytes === 0) this.#shutDownIfFinished();
  }

  #watch(acceptedBytes: number): void {
    const { backpressure, settings } = this.#context;
    const { heldBytes } = this.#queue;
    backpressure.report(this, heldBytes);
    if (heldBytes === 0) {
      clearTimeout(this.#stall);
      this.#stall = undefined;
    } else if (this.#stall === undefined) {
      this.#stall = after(settings.stallTimeoutMs, () => this.#stalled());
    } else if (acceptedBytes > 0) {
      this.#stall.refresh();
    }
  }

  /**
   * No `drain` for the stall timeout. The system reports one only when much of its buffer is free,
   * which takes a slow but living reader longer: so a write is tried before it is given up.
   */
  #stalled(): void {
    this.#stall = undefined;
    const acceptedBytes = this.#queue.drain();
    if (acceptedBytes === 0 && this.#queue.bytes > 0) return this.#context.onStall();
    this.#afterDrain(acceptedBytes);
  }
}
