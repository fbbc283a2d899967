/**
 * What is counted for each address: its clients, what it may spend, its part of the turn, and how often
 * it has held up the room for nothing. These counts are kept after the last connection of an address has
 * gone, until none of them matters any more.
 */
import { Budget } from "./budget.ts";
import type { Settings } from "../options/settings.ts";
import { Slice } from "./slices.ts";

/** An address may not hold the room after so many of its holds were given up within this time. */
const ABANDONED_MAX = 3;
const ABANDONED_MS = 60_000;

/** How long such an address may not hold the room, in milliseconds. */
const BARRED_MS = 60_000;

type BudgetSettings = Pick<
  Settings,
  "joinBurst" | "joinRate" | "addressLineBurst" | "addressLineRate"
>;

export class Address {
  /** Whether the limits for one address do not apply, because it is this machine. */
  readonly isExempt: boolean;
  /** How many of its clients are connected and were let in. */
  clients = 0;
  /** How often its clients may join, all together. So nobody fills the screens by coming again and again. */
  readonly joins: Budget;
  /** How many lines they may say, all together. */
  readonly lines: Budget;
  /** How much of a turn they take. */
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

  /** The settings have changed. */
  adapt({ joinBurst, joinRate, addressLineBurst, addressLineRate }: BudgetSettings): void {
    this.joins.change(joinBurst, this.isExempt ? 0 : joinRate);
    this.lines.change(addressLineBurst, this.isExempt ? 0 : addressLineRate);
  }

  /** Whether its readers may hold the room. */
  get mayHold(): boolean {
    return performance.now() >= this.#barredUntilMs;
  }

  /** One of its readers held the room and did not catch up. */
  abandonHold(): void {
    const nowMs = performance.now();
    this.#abandonedAtMs = [...this.#abandonedAtMs, nowMs].slice(-ABANDONED_MAX);
    const [firstMs = 0] = this.#abandonedAtMs;
    if (this.#abandonedAtMs.length < ABANDONED_MAX || nowMs - firstMs > ABANDONED_MS) return;
    this.#barredUntilMs = nowMs + BARRED_MS;
    this.#abandonedAtMs = [];
  }

  /** Whether a new `Address` would be the same. */
  get isForgettable(): boolean {
    const quietSinceMs = Math.max(this.#barredUntilMs, this.#abandonedAtMs.at(-1) ?? -Infinity);
    const isQuiet = performance.now() - quietSinceMs > ABANDONED_MS;
    return this.clients === 0 && this.joins.isFull && this.lines.isFull && isQuiet;
  }
}

/** How many old ones are checked when a new one comes. With two, old ones go faster than new ones come. */
const LOOKED_AT = 2;

export class Addresses {
  readonly #settings: BudgetSettings;
  /** By `limitKey`. The address that was checked last is at the end. */
  readonly #known = new Map<string, Address>();

  constructor(settings: BudgetSettings) {
    this.#settings = settings;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#known.size;
  }

  /** All that are remembered. */
  get all(): Iterable<Address> {
    return this.#known.values();
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
