/**
 * How long a client that is here is waited for: for a name, then for each line. Lines of a client whose socket is
 * gone may be read for some time too.
 *
 *     naming ──▶ chatting ⇄ warned
 *        └───────────┴────────┴──▶ lost
 *
 * In `warned` it has been told that its time is nearly over. Where nobody is to be warned, that is skipped.
 */
import type { Conversation } from "../conversation/conversation.ts";
import type { LeaveReason } from "../events.ts";
import type { Settings } from "../options/settings.ts";
import type { Journal } from "../room/journal.ts";
import type { AnyDeadline } from "./deadline.ts";
import { CLOSE_TIMEOUTS_MAX } from "./farewell.ts";
import type { ReadHalf } from "./read-half.ts";

type PatienceSettings = Pick<
  Settings,
  "nameTimeoutMs" | "idleTimeoutMs" | "idleWarningMs" | "closeTimeoutMs"
>;

export class Patience {
  readonly #settings: PatienceSettings;
  readonly #deadline: AnyDeadline;
  readonly #session: Conversation;
  readonly #readHalf: ReadHalf;
  readonly #journal: Journal;
  #phase: "naming" | "chatting" | "warned" | "lost" = "naming";
  /** The idle timeout that its client was warned of last. */
  #warnedOfMs = 0;

  /** @param deadline is set for the client whose `session` and `readHalf` these are */
  constructor(
    { settings, journal }: { settings: PatienceSettings; journal: Journal },
    deadline: AnyDeadline,
    session: Conversation,
    readHalf: ReadHalf,
  ) {
    this.#settings = settings;
    this.#deadline = deadline;
    this.#session = session;
    this.#readHalf = readHalf;
    this.#journal = journal;
  }

  /** Waits for a name. */
  start(): void {
    this.#deadline.set(this.#settings.nameTimeoutMs);
  }

  /** Waits for a line. */
  awaitLine(): void {
    const { idleTimeoutMs, idleWarningMs } = this.#settings;
    this.#phase = "chatting";
    this.#deadline.set(idleTimeoutMs - idleWarningMs);
  }

  /** Its socket is gone, and lines that it brought wait to be read. */
  lost(): void {
    this.#phase = "lost";
    this.#deadline.set(this.#settings.closeTimeoutMs * CLOSE_TIMEOUTS_MAX);
  }

  /** A line has come. One that is no name changes nothing. */
  lineRead(): void {
    if (this.#phase === "chatting") this.#deadline.putOff();
    else if (this.#phase === "warned") this.awaitLine();
  }

  /** The settings have changed. If its client was warned of another timeout, its time begins anew. */
  adapt(): void {
    const { nameTimeoutMs, idleTimeoutMs, idleWarningMs, closeTimeoutMs } = this.#settings;
    if (this.#phase === "naming") this.#deadline.changeTo(nameTimeoutMs);
    else if (this.#phase === "lost") this.#deadline.changeTo(closeTimeoutMs * CLOSE_TIMEOUTS_MAX);
    else if (this.#phase === "chatting") this.#deadline.changeTo(idleTimeoutMs - idleWarningMs);
    else if (idleTimeoutMs !== this.#warnedOfMs) this.awaitLine();
  }

  /**
   * The deadline is met. Returns why the stay is over, if it is. A client whose line waits here is not idle,
   * and nobody is while nothing can be said.
   */
  judge(): LeaveReason | undefined {
    if (this.#phase === "lost") return "closed";
    const { isNameWaiting, isLineWaiting } = this.#readHalf;
    const isNaming = this.#phase === "naming";
    if ((isNaming ? isNameWaiting : isLineWaiting) || this.#journal.isAway) {
      this.#deadline.restart();
      return undefined;
    }
    if (isNaming) return "no name given";
    const { idleWarningMs } = this.#settings;
    if (this.#phase === "warned" || idleWarningMs === 0) return "idle timeout";
    this.#phase = "warned";
    this.#warnedOfMs = this.#settings.idleTimeoutMs;
    this.#session.warn?.(idleWarningMs);
    this.#deadline.set(idleWarningMs);
    return undefined;
  }
}
