import type { LeaveReason } from "../../lib/events.ts";
import type { Person } from "./person.ts";
import type { SimSocket } from "./sim-socket.ts";
import type { World } from "./world.ts";

/** A timer may be late by what writes take, and by how long a drain is waited for; if it is, it waits. */
const SLACK_MS = 7_000;

/** Less than anything waits for, except what writes take. */
export const JUST_MS = 500;

/** A client that leaves and goes on reading has so many close timeouts. */
const CLOSE_TIMEOUTS_MAX = 12;

/** When what happened to one client, and so whether the server may end its stay, and whether it must. */
export class Lifetime {
  readonly #world: World;
  readonly #socket: SimSocket;
  readonly #person: Person;
  readonly #openedAtMs: number;
  lastLineAtMs = 0;
  /** When it was last warned that it is idle, if it has not spoken since. */
  #warnedAtMs: number | undefined;
  /** When it last had lines that were not read. */
  busyAtMs = 0;
  leavingSinceMs = Infinity;
  shutDownAtMs = Infinity;
  closedAtMs = Infinity;
  isTerminated = false;
  isEnded = false;
  /** The system did not take all of what was written last. */
  isBlocked = false;
  #blockedAtMs = -Infinity;
  /** The last line that was read was /quit. */
  hasQuit = false;
  /** The protocol that it speaks, if that is none of the server's. */
  knock: LeaveReason | undefined;
  #hasFailedWrite = false;
  /** Since when the system has taken nothing of what waits for it. */
  #stalledSinceMs = Infinity;

  constructor(world: World, socket: SimSocket, person: Person) {
    this.#world = world;
    this.#socket = socket;
    this.#person = person;
    this.#openedAtMs = world.clock.nowMs;
  }

  wrote(accepted: number, wanted: number): void {
    const { tally } = this.#world;
    if (this.isBlocked) this.#blockedAtMs = this.#now;
    this.isBlocked = accepted >= 0 && accepted < wanted;
    if (accepted < 0) this.#hasFailedWrite = true;
    if (accepted === wanted) this.#stalledSinceMs = Infinity;
    else if (accepted !== 0) this.#stalledSinceMs = this.#now;
    else this.#stalledSinceMs = Math.min(this.#stalledSinceMs, this.#now);
    if (accepted < 0) tally.add("a write fails");
    else if (accepted === 0) tally.add("a write is not taken at all");
    else if (accepted < wanted) tally.add("a write is taken in part");
  }

  /** It is idle, as the server says; returns whether that is so, and is said for the first time. */
  warned(): boolean {
    const { idleTimeoutMs, idleWarningMs } = this.#world.settings;
    const isDue = this.#now >= this.lastLineAtMs + idleTimeoutMs - idleWarningMs;
    const isFirst = this.#warnedAtMs === undefined;
    this.#world.tally.add("somebody is warned");
    this.#warnedAtMs = this.#now;
    return idleWarningMs > 0 && isDue && isFirst;
  }

  /** It has said a line, which was read at `nowMs`. */
  spoke(nowMs: number): void {
    if (this.#warnedAtMs !== undefined) this.#world.tally.add("somebody is warned and speaks");
    this.#warnedAtMs = undefined;
    this.lastLineAtMs = nowMs;
  }

  /** Whether the server may send it home for `reason` now. */
  mayLeave(reason: LeaveReason, origin: string | undefined): boolean {
    const { settings } = this.#world;
    const isAt = (phase: Person["phase"], deadlineMs: number) =>
      this.#person.phase === phase && this.#now >= deadlineMs;
    switch (reason) {
      case "closed":
      case "reset":
        return this.#socket.hasDeparted || this.#hasFailedWrite;
      case "quit":
        return this.hasQuit;
      case "idle timeout":
        return isAt("chatting", this.lastLineAtMs + settings.idleTimeoutMs) && this.#isSilent;
      case "no name given":
        return isAt("naming", this.#openedAtMs + settings.nameTimeoutMs);
      case "too slow":
        return this.#isTooSlow;
      case "internal error":
        return false;
      case "HTTP request":
      case "SSH client":
      case "TLS handshake":
        return reason === this.knock;
      default:
        return this.#world.isDue(reason, origin);
    }
  }

  /** What is wrong with the server's terminating it now, if anything is. */
  faultOfTerminating(): string | undefined {
    const { settings, tally } = this.#world;
    if (this.#now >= this.leavingSinceMs + settings.closeTimeoutMs) {
      tally.add("somebody does not close");
      return this.#faultOfGivingUp();
    }
    if (this.#isTooSlow) tally.add("somebody is too slow");
    else if (!this.#hasFailedWrite) return "was terminated";
    return undefined;
  }

  /** Whether it has only just taken what waited for it, if it has. */
  get hasJustRead(): boolean {
    return this.isBlocked || this.#now <= this.#blockedAtMs + JUST_MS;
  }

  /** What must have ended by now and has not. */
  get overdue(): string | undefined {
    const { leaptAtMs } = this.#world;
    const isOver = (atMs: number) => this.#now > Math.max(atMs, leaptAtMs) + SLACK_MS;
    return this.#deadlines().find(([, atMs]) => isOver(atMs))?.[0];
  }

  /** Whether what it typed may stay unread because of how it left. */
  get mayLoseLines(): boolean {
    const isCutShort = this.#now >= this.closedAtMs + this.#closeTimeoutsMs;
    return this.isTerminated || this.#socket.losesInput || isCutShort;
  }

  /** Whether a timer of the server's runs for it. */
  get isTimed(): boolean {
    return !this.isEnded && this.#waitMs > 0;
  }

  get #now(): number {
    return this.#world.clock.nowMs;
  }

  /** Whether it has been warned for long enough, if it has to be. */
  get #isSilent(): boolean {
    const { idleWarningMs } = this.#world.settings;
    return idleWarningMs === 0 || this.#now >= (this.#warnedAtMs ?? Infinity) + idleWarningMs;
  }

  /** How long the server waits for a name, for a line, or after its warning. */
  get #waitMs(): number {
    const { idleTimeoutMs, idleWarningMs, nameTimeoutMs } = this.#world.settings;
    if (this.#person.phase === "naming") return nameTimeoutMs;
    return this.#warnedAtMs === undefined ? idleTimeoutMs - idleWarningMs : idleWarningMs;
  }

  get #waitsSinceMs(): number {
    if (this.#person.phase === "naming") return this.#openedAtMs;
    return this.#warnedAtMs ?? this.lastLineAtMs;
  }

  get #closeTimeoutsMs(): number {
    return this.#world.settings.closeTimeoutMs * CLOSE_TIMEOUTS_MAX;
  }

  get #isTooSlow(): boolean {
    const { stallTimeoutMs } = this.#world.settings;
    const isStalled = stallTimeoutMs > 0 && this.#now >= this.#stalledSinceMs + stallTimeoutMs;
    return isStalled || this.#world.isDue("too slow", undefined);
  }

  #deadlines(): [what: string, atMs: number][] {
    if (this.isEnded) return [];
    const { stallTimeoutMs } = this.#world.settings;
    const { phase } = this.#person;
    const deadlines: [string, number][] = [
      ["leaving", this.leavingSinceMs + this.#closeTimeoutsMs],
      ["gone", this.closedAtMs + this.#closeTimeoutsMs],
    ];
    if (this.#socket.isClosed) return deadlines;
    if (this.#waitMs > 0 && phase !== "left") {
      deadlines.push([phase, Math.max(this.#waitsSinceMs, this.busyAtMs) + this.#waitMs]);
    }
    if (stallTimeoutMs > 0) deadlines.push(["stalled", this.#stalledSinceMs + stallTimeoutMs]);
    return deadlines;
  }

  /** The close timeout is over: it must be the client that has kept the connection open. */
  #faultOfGivingUp(): string | undefined {
    const isSent = this.#stalledSinceMs === Infinity && this.#socket.isReading;
    if (this.shutDownAtMs === Infinity && isSent) return "was never shut down";
    const { leaptAtMs } = this.#world;
    const isJustShutDown = this.#now < Math.max(this.shutDownAtMs, leaptAtMs) + JUST_MS;
    const isNoticed = isJustShutDown || !this.#socket.hasDeparted;
    return this.shutDownAtMs < Infinity && !isNoticed ? "closed, and nobody noticed" : undefined;
  }
}
