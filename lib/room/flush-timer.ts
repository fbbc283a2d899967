/**
 * When a room's next flush is due. A flush writes to every member, and so takes as long for one line
 * as for a hundred: milliseconds, where there are a thousand members.
 *
 * What somebody says goes out as soon as the turn ends. Only after a flush that took several lines
 * along does the next one wait for as long as that one took: then more are on their way, and talk
 * collapses into few large writes while at least half of the time is left to read. That somebody
 * has joined or left is less pressing, and waits for longer unless something is said: so a thousand
 * who come one after the other do not cost a flush each.
 *
 * What a turn that outgrows its limit makes leave early is a flush like any other here.
 *
 * In a room so small that a flush takes less than a fraction of a timer's tick nothing waits.
 */
import { Histogram } from "../limits/histogram.ts";
import type { Timer } from "../limits/timers.ts";
import type { TurnEnd } from "../limits/turn-end.ts";

/** What is to be sent: something said, or only a notice of who is here. */
export type Urgency = "talk" | "notice";

/** A flush with fewer lines says that the room is quiet, however large it is. */
const BUSY_LINES_MIN = 4;

/** Notices wait for this many times as long as the last flush took, */
const NOTICE_PAUSES = 8;

/** but not longer than this, in milliseconds, unless the flush itself took longer. */
const NOTICE_PAUSE_MS_MAX = 100;

/** A shorter pause is none, in milliseconds: a timer would make it one of a whole millisecond. */
const PAUSE_MS_MIN = 0.3;

export class FlushTimer {
  readonly #turnEnd: TurnEnd;
  readonly #flush: () => void;
  /** How long flushes took. */
  readonly durations = new Histogram();
  #due: "never" | "later" | "soon" = "never";
  #timer: Timer | undefined;
  #notBeforeMs: Record<Urgency, number> = { talk: 0, notice: 0 };

  /** @param flush sends everything; it reports to `flushed` */
  constructor(turnEnd: TurnEnd, flush: () => void) {
    this.#turnEnd = turnEnd;
    this.#flush = flush;
  }

  /** For how long what is said waits, in milliseconds. */
  get pauseMs(): number {
    return this.#pauseMs("talk");
  }

  /** Something waits to be sent. */
  request(urgency: Urgency): void {
    if (this.#due === "soon" || (this.#due === "later" && urgency === "notice")) return;
    clearTimeout(this.#timer);
    const pauseMs = this.#pauseMs(urgency);
    const isAtOnce = pauseMs === 0;
    this.#due = urgency === "talk" || isAtOnce ? "soon" : "later";
    if (isAtOnce) this.#turnEnd.run("send", this.#fire);
    else this.#timer = setTimeout(this.#fire, pauseMs);
  }

  /** A flush of this many lines has just ended. */
  flushed(lines: number, startedMs: number): void {
    const endedMs = performance.now();
    const tookMs = endedMs - startedMs;
    this.durations.observe(tookMs);
    const noticePauseMs = Math.min(NOTICE_PAUSES * tookMs, NOTICE_PAUSE_MS_MAX);
    this.#notBeforeMs.talk = lines < BUSY_LINES_MIN ? 0 : endedMs + tookMs;
    this.#notBeforeMs.notice = endedMs + Math.max(tookMs, noticePauseMs);
  }

  #pauseMs(urgency: Urgency): number {
    const pauseMs = this.#notBeforeMs[urgency] - performance.now();
    return pauseMs < PAUSE_MS_MIN ? 0 : pauseMs;
  }

  readonly #fire = (): void => {
    this.#due = "never";
    this.#flush();
  };
}
