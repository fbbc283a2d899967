/**
 * What is counted for each address: its clients, what it may spend, its part of the turn, and how often
 * it has held up the room for nothing. It outlives the connections of an address, but not for longer
 * than it takes until nothing of it counts any more.
 */
import { Budget } from "./budget.ts";
import type { Settings } from "../options/settings.ts";
import { Slice } from "./slices.ts";

/** An address that gave up so many holds within this time, in milliseconds, */
const ABANDONED_MAX = 3;
const ABANDONED_MS = 60_000;

/** holds nobody for as long as this, in milliseconds. */
const BARRED_MS = 60_000;

type BudgetSettings = Pick<
  Settings,
  "joinBurst" | "joinRate" | "addressLineBurst" | "addressLineRate"
>;

export class Address {
  /** Limits for one address leave it alone: it is this machine. */
  readonly isExempt: boolean;
  /** How many of its clients are in. */
  clients = 0;
  /** What its clients may spend together on joining, so that nobody fills the screens by coming again. */
  readonly joins: Budget;
  /** What they may say together. */
  readonly lines: Budget;
  /** What they take of a turn. */
  readonly slice: Slice;
  /** When it last gave up holds, the latest at the end. */
  #abandonedAtMs: readonly number[] = [];
  #barredUntilMs = 0;

  constructor(settings: BudgetSettings, isExempt: boolean) {
    const { joinBurst, joinRate, addressLineBurst, addressLineRate } = settings;
    this.isExempt = isExempt;
    this.joins = new Budget(joinBurst, isExempt ? 0 : joinRate);
    this.lines = new Budget(addressLineBurst, isExempt ? 0 : addressLineRate);
    this.slice = new Slice(this.lines);
  }

  /** Whether its readers may hold the room. */
  get mayHold(): boolean {
    return performance.now() >= this.#barredUntilMs;
  }

  /** A hold has ended with its reader left behind. */
  abandonHold(): void {
    const nowMs = performance.now();
    this.#abandonedAtMs = [...this.#abandonedAtMs, nowMs].slice(-ABANDONED_MAX);
    const [firstMs = 0] = this.#abandonedAtMs;
    if (this.#abandonedAtMs.length < ABANDONED_MAX || nowMs - firstMs > ABANDONED_MS) return;
    this.#barredUntilMs = nowMs + BARRED_MS;
    this.#abandonedAtMs = [];
  }

  /** Whether a new one would be the same. */
  get isForgettable(): boolean {
    const quietSinceMs = Math.max(this.#barredUntilMs, this.#abandonedAtMs.at(-1) ?? -Infinity);
    const isQuiet = performance.now() - quietSinceMs > ABANDONED_MS;
    return this.clients === 0 && this.joins.isFull && this.lines.isFull && isQuiet;
  }
}

/** How many are looked at for each that is new: stale ones become fewer faster than new ones come. */
const LOOKED_AT = 2;

export class Addresses {
  readonly #settings: BudgetSettings;
  /** By the key that limits count it under. Whoever was looked at last is at the end. */
  readonly #known = new Map<string, Address>();

  constructor(settings: BudgetSettings) {
    this.#settings = settings;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#known.size;
  }

  /**
   * What is counted under `key`.
   *
   * @param isExempt whether the limits for one address leave this one alone
   */
  of(key: string, isExempt: boolean): Address {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#forgetSome();
    const address = new Address(this.#settings, isExempt);
    this.#known.set(key, address);
    return address;
  }

  #forgetSome(): void {
    for (const [key, address] of [...this.#known.entries().take(LOOKED_AT)]) {
      this.#known.delete(key);
      if (!address.isForgettable) this.#known.set(key, address);
    }
  }
}
