/**
 * How long a client that is here is waited for: for a name, then for each line.
 *
 *     naming ──▶ chatting ⇄ warned
 *
 * In `warned` it has been told that its time is nearly over. Where nobody is to be warned, that is skipped.
 */
import type { Conversation } from "../conversation/conversation.ts";
import type { LeaveReason } from "../events.ts";
import type { Settings } from "../options/settings.ts";
import type { Journal } from "../room/journal.ts";
import type { Deadline } from "./deadline.ts";
import type { ReadHalf } from "./read-half.ts";

type AnyDeadline = Pick<Deadline<unknown>, "set" | "putOff" | "restart" | "changeTo">;
type PatienceSettings = Pick<Settings, "nameTimeoutMs" | "idleTimeoutMs" | "idleWarningMs">;

export class Patience {
  readonly #settings: PatienceSettings;
  readonly #deadline: AnyDeadline;
  readonly #session: Conversation;
  readonly #readHalf: ReadHalf;
  readonly #journal: Journal;
  #phase: "naming" | "chatting" | "warned" = "naming";
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

  /** A line has come. One that is no name changes nothing. */
  lineRead(): void {
    if (this.#phase === "chatting") this.#deadline.putOff();
    else if (this.#phase === "warned") this.awaitLine();
  }

  /** The settings have changed. If its client was warned of another timeout, its time begins anew. */
  adapt(): void {
    const { nameTimeoutMs, idleTimeoutMs, idleWarningMs } = this.#settings;
    if (this.#phase === "naming") this.#deadline.changeTo(nameTimeoutMs);
    else if (this.#phase === "chatting") this.#deadline.changeTo(idleTimeoutMs - idleWarningMs);
    else if (idleTimeoutMs !== this.#warnedOfMs) this.awaitLine();
  }

  /**
   * The deadline is met. Returns why the stay is over, if it is. A client whose line waits here is not idle,
   * and nobody is while nothing can be said.
   */
  judge(): LeaveReason | undefined {
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
    this.#session.warn(idleWarningMs);
    this.#deadline.set(idleWarningMs);
    return undefined;
  }
}
