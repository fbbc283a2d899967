/**
 * The sending half of a connection: its queue, the watch over a reader that stalls, and the end of
 * sending once all is sent.
 */
import type { Backpressure, Reader } from "../limits/backpressure.ts";
import { Chunk } from "../room/chunk.ts";
import { Deadline } from "./deadline.ts";
import type { Emit, LeaveReason } from "../events.ts";
import type { Outbox } from "../room/broadcast.ts";
import type { Link } from "./link.ts";
import type { Owner } from "./owner.ts";
import { SendQueue } from "./send-queue.ts";
import type { Settings } from "../options/settings.ts";
import type { Holder, TotalLimit } from "../limits/total-limit.ts";
import type { TurnEnd } from "../limits/turn-end.ts";

/** A client that has asked for more than this part of its queue's limit has to take that first. */
const ANSWERS_PART_MAX = 1 / 8;

export interface WriteHalfContext {
  readonly backpressure: Backpressure;
  readonly totalLimit: TotalLimit;
  readonly emit: Emit;
  readonly settings: Settings;
  readonly turnEnd: TurnEnd;
}

export type Carrier = Pick<Link, "write" | "shutdown">;

export class WriteHalf implements Outbox, Reader, Holder {
  readonly #context: WriteHalfContext;
  readonly #link: Link;
  /** What carries the bytes: the link, or what stands before it. */
  #carrier: Carrier;
  readonly #owner: Owner;
  readonly #queue: SendQueue;
  #phase: "open" | "finishing" | "over" = "open";
  /** Is there while bytes wait for the socket. */
  #stall: Deadline<WriteHalf> | undefined;
  /** What the program at the other end had read when that was set, if it is known. */
  #readByPeer: number | undefined;
  #isTakingAnswers = false;
  /** Whether its reader is told also what it says itself. */
  hearsItself = false;
  /** What the total limit was told last. */
  #accountedBytes = 0;

  constructor(context: WriteHalfContext, link: Link, owner: Owner) {
    this.#context = context;
    this.#link = link;
    this.#carrier = link;
    this.#owner = owner;
    this.#queue = new SendQueue(link, context.settings.queueLimitBytes, this);
  }

  enqueue(chunk: Chunk): void {
    if (this.#phase !== "over") this.#queue.push(chunk);
  }

  tell(text: string): void {
    this.enqueue(Chunk.of(text));
  }

  answer(text: string): void {
    this.enqueue(Chunk.answer(text));
  }

  /** Telnet has no place in the room's order: an answer goes out by itself, and is no line. */
  answerTelnet(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.enqueue(new Chunk(bytes, 0));
    this.flush();
  }

  /** Whether the reader has to take first what it asked for. If so, its owner is woken when it has. */
  mustTakeAnswers(): boolean {
    const bytesMax = this.#context.settings.queueLimitBytes * ANSWERS_PART_MAX;
    if (this.#queue.answerBytes > bytesMax) this.#isTakingAnswers = true;
    return this.#isTakingAnswers;
  }

  /** From now on everything goes to the link by way of this one. */
  sendThrough(carrier: Carrier): void {
    this.#carrier = carrier;
    this.#queue.writer = carrier;
  }

  /** How many bytes wait. */
  get bytes(): number {
    return this.#queue.bytes;
  }

  /** Nothing more can be sent: the sending side is shut down, or the socket was reset. */
  get isOver(): boolean {
    return this.#phase === "over";
  }

  flush(): void {
    this.#sent(this.#queue.flush());
  }

  send(chunk: Chunk, isLent = false): void {
    if (this.#phase === "open") return this.#sent(this.#queue.send(chunk, isLent));
    this.enqueue(isLent ? chunk.copy() : chunk);
    this.flush();
  }

  /** The socket may have space again. */
  drained(): void {
    this.#watch(this.#queue.drain());
  }

  retry(): void {
    this.#owner.run(() => this.drained());
  }

  cutTo(bytes: number): void {
    this.#owner.run(() => {
      this.#queue.cutTo(bytes);
      this.#account();
      this.#noteAnswersTaken();
    });
  }

  /** The settings have changed. */
  adapt(): void {
    if (this.#phase === "over") return;
    const { queueLimitBytes, stallTimeoutMs } = this.#context.settings;
    this.#stall?.changeTo(stallTimeoutMs);
    this.#queue.limitTo(queueLimitBytes);
    this.#account();
    this.#noteAnswersTaken();
  }

  giveUp(): void {
    this.#owner.run(() => this.#owner.abort("too slow"));
  }

  get client(): string {
    return this.#link.label;
  }

  onSkipped(count: number): void {
    this.#context.emit?.({ type: "lines skipped", client: this.client, count });
  }

  close(reason: LeaveReason, goodbye: string): void {
    this.#owner.run(() => this.#owner.close(reason, goodbye));
  }

  failed(error: unknown): void {
    this.#owner.failed(error);
  }

  /** Says goodbye, which may be empty, and shuts down the sending side once all is sent. */
  finish(goodbye: string): void {
    this.#phase = "finishing";
    this.#context.backpressure.removeReader(this);
    this.#queue.pushLast(Chunk.of(goodbye));
    this.flush();
  }

  /** The socket is gone. */
  dispose(): void {
    this.#phase = "over";
    this.#context.backpressure.removeReader(this);
    this.#stall?.clear();
    this.#queue.clear();
    this.#account();
    this.#noteAnswersTaken();
  }

  #noteAnswersTaken(): void {
    if (!this.#isTakingAnswers || this.#queue.answerBytes > 0) return;
    this.#isTakingAnswers = false;
    this.#owner.wake();
  }

  #account(): void {
    const bytes = this.#queue.blockedBytes;
    if (bytes === this.#accountedBytes) return;
    this.#accountedBytes = bytes;
    this.#context.totalLimit.report(this, bytes);
  }

  #shutDownIfFinished(): void {
    if (this.#phase !== "finishing") return;
    this.#phase = "over";
    this.#carrier.shutdown();
  }

  #sent(acceptedBytes: number): void {
    // Where all went out at once, which is nearly always, there is nothing to watch.
    if (acceptedBytes < 0 || !this.#queue.isEmpty) return this.#watch(acceptedBytes);
    this.#noteAnswersTaken();
    this.#shutDownIfFinished();
  }

  /** A write has shown that the socket is closed, which may not be known otherwise while it is paused. */
  #closed(): void {
    if (this.#phase === "over") return;
    this.dispose();
    this.#context.turnEnd.run("end", () => this.#owner.run(() => this.#link.terminate()));
  }

  #watch(acceptedBytes: number): void {
    if (acceptedBytes < 0) return this.#closed();
    this.#account();
    this.#noteAnswersTaken();
    const { backpressure, settings } = this.#context;
    const { answerBytes, chargedBytes } = this.#queue;
    // What a reader has asked for itself holds up nobody else.
    backpressure.report(this, chargedBytes - answerBytes);
    if (chargedBytes === 0) {
      this.#stall?.clear();
      this.#stall = undefined;
      this.#shutDownIfFinished();
    } else if (this.#stall === undefined) {
      this.#stall = new Deadline<WriteHalf>(this, (half) => half.#owner.run(() => half.#stalled()));
      this.#stall.set(settings.stallTimeoutMs);
      this.#readByPeer = this.#link.readByPeer;
    } else if (acceptedBytes > 0) {
      this.#stall.putOff();
    }
  }

  /**
   * No `drain` for the stall timeout. The system reports one only when much of its buffer is free,
   * which takes a slow but living reader longer: so a write is tried before it is given up. Where it is
   * known what the reader has read, that counts alone: a system takes a little more of what one is
   * sent that reads nothing.
   */
  #stalled(): void {
    const before = this.#readByPeer;
    this.#stall = undefined;
    const acceptedBytes = this.#queue.drain();
    this.#watch(acceptedBytes);
    if (acceptedBytes < 0 || this.#queue.chargedBytes === 0) return;
    const now = this.#readByPeer;
    const isKnown = before !== undefined && now !== undefined;
    const isReading = isKnown ? now > before : acceptedBytes > 0;
    if (!isReading) this.#owner.abort("too slow");
  }
}
