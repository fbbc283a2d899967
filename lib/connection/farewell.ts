/**
 * The end of a stay whose client is still connected: how long it may take to read and to close.
 *
 * Closing takes one path, whoever starts it: leave the room, say goodbye if there is one, let the queue
 * drain, shut down the sending side, read and discard until the other side closes too, and at a deadline
 * terminate. A client that leaves by itself has the close timeout several times over while it goes on
 * reading. Everybody else has it once. To end the socket at once would be shorter. But it would lose what is
 * queued here, and by a reset also what the kernel has already accepted.
 */
import type { Link } from "./link.ts";
import type { Owner } from "./owner.ts";
import { after, type Timer } from "../limits/timers.ts";
import type { WriteHalf } from "./write-half.ts";

/**
 * How many times the close timeout a client has that leaves and goes on reading, or whose socket is gone
 * while lines that it brought wait to be read.
 */
export const CLOSE_TIMEOUTS_MAX = 12;

/** When it is first asked whether one that has quit has read everything, in milliseconds. */
const READ_CHECK_MS = 10;

export class Farewell {
  readonly #link: Link;
  readonly #writeHalf: WriteHalf;
  readonly #owner: Owner;
  /** How many bytes waited when the deadline was last set. */
  #bytes: number;
  #timeoutsLeft = CLOSE_TIMEOUTS_MAX;
  #readCheck: Timer | undefined;

  constructor(link: Link, writeHalf: WriteHalf, owner: Owner) {
    this.#link = link;
    this.#writeHalf = writeHalf;
    this.#owner = owner;
    this.#bytes = writeHalf.bytes;
  }

  /**
   * A deadline has been met. A client that leaves by itself, and has read something since the last one, may go
   * on. Everybody else's connection is ended. Returns whether this one's goes on.
   */
  judge(leavesByItself: boolean): boolean {
    this.#writeHalf.drained();
    const { bytes } = this.#writeHalf;
    const isReading = bytes < this.#bytes;
    this.#bytes = bytes;
    if (isReading && --this.#timeoutsLeft > 0 && leavesByItself) return true;
    this.#link.terminate();
    return false;
  }

  /**
   * Programs like nc wait for their user's next key when the other side has shut down. A client that has
   * asked to leave, and has read that it may, is let go at once. To ask takes time, so one that does not
   * read is asked about less and less often.
   */
  endWhenRead(delayMs = READ_CHECK_MS): void {
    if (this.#link.hasReadAll) return this.#link.terminate();
    const check = () => this.#owner.run(() => this.endWhenRead(2 * delayMs));
    this.#readCheck = after(delayMs, check);
  }

  dispose(): void {
    clearTimeout(this.#readCheck);
  }
}
