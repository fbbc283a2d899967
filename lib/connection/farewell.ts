/**
 * The end of a stay whose client is still connected: how long it may take to read and to close.
 *
 * Closing takes one path, whoever starts it: leave the room, say goodbye if there is one, let the queue
 * drain, shut down the sending side, read and discard until the other side closes too, and at a deadline
 * terminate. A client that leaves by itself has the close timeout several times over while it goes on
 * reading. Everybody else has it once. To end the socket at once would be shorter. But it would lose what is
 * queued here, and by a reset also what the kernel has already accepted.
 */
import type { AnyDeadline } from "./deadline.ts";
import type { Link } from "./link.ts";
import type { Owner } from "./owner.ts";
import type { Settings } from "../options/settings.ts";
import { after, type Timer } from "../limits/timers.ts";
import type { WriteHalf } from "./write-half.ts";

/**
 * How many times the close timeout a client has that leaves and goes on reading, or whose socket is gone
 * while lines that it brought wait to be read.
 */
export const CLOSE_TIMEOUTS_MAX = 12;

/** When so many bytes are discarded, reading pauses for as long as they take at this pace, in bytes a millisecond. */
const DISCARDED_BYTES_MAX = 65_536;
const DISCARDED_BYTES_PER_MS = 256;

/** When it is first asked whether one that has quit has read everything, in milliseconds. */
const READ_CHECK_MS = 10;

/** The connection of the one who goes. */
export interface Going extends Owner {
  readonly context: { readonly settings: Pick<Settings, "closeTimeoutMs"> };
  readonly link: Link;
  readonly writeHalf: WriteHalf;
}

export class Farewell {
  readonly #going: Going;
  readonly #deadline: AnyDeadline;
  /** Whether nobody wants it to go but itself. */
  #isByItself: boolean;
  /** How many bytes waited when the deadline was last set. */
  #bytes: number;
  #timeoutsLeft = CLOSE_TIMEOUTS_MAX;
  #discardedBytes = 0;
  #pause: Timer | undefined;
  #readCheck: Timer | undefined;

  /** @param deadline is set for the one who goes */
  constructor(going: Going, deadline: AnyDeadline, isByItself: boolean) {
    this.#going = going;
    this.#deadline = deadline;
    this.#isByItself = isByItself;
    this.#bytes = going.writeHalf.bytes;
    deadline.set(going.context.settings.closeTimeoutMs, 0);
  }

  /** It is sent home too, and may not take its time. */
  hurry(): void {
    this.#isByItself = false;
  }

  /** The settings have changed. */
  adapt(): void {
    this.#deadline.changeTo(this.#going.context.settings.closeTimeoutMs);
  }

  /**
   * The deadline is met. A client that leaves by itself, and has read something since the last one, may go
   * on. Everybody else's connection is ended.
   */
  judge(): void {
    const { link, writeHalf } = this.#going;
    writeHalf.drained();
    const { bytes } = writeHalf;
    const isReading = bytes < this.#bytes;
    this.#bytes = bytes;
    if (isReading && --this.#timeoutsLeft > 0 && this.#isByItself) this.#deadline.restart();
    else link.terminate();
  }

  /**
   * Programs like nc wait for their user's next key when the other side has shut down. A client that has
   * asked to leave, and has read that it may, is let go at once. To ask takes time, so one that does not
   * read is asked about less and less often.
   */
  endWhenRead(delayMs = READ_CHECK_MS): void {
    const { link } = this.#going;
    if (link.hasReadAll) return link.terminate();
    const check = () => this.#going.run(() => this.endWhenRead(2 * delayMs));
    this.#readCheck = after(delayMs, check);
  }

  /**
   * So many bytes have arrived that nobody wants. It must be read from, since only then is it known when it closes.
   * But to read takes time, however little is done with it.
   */
  discard(bytes: number): void {
    this.#discardedBytes += bytes;
    if (this.#discardedBytes < DISCARDED_BYTES_MAX) return;
    const { link } = this.#going;
    const pauseMs = Math.ceil(this.#discardedBytes / DISCARDED_BYTES_PER_MS);
    this.#discardedBytes = 0;
    link.pause();
    clearTimeout(this.#pause);
    this.#pause = after(pauseMs, () => this.#going.run(() => link.resume()));
  }

  dispose(): void {
    clearTimeout(this.#pause);
    clearTimeout(this.#readCheck);
  }
}
