/**
 * Which clients are let in. There is a limit for all clients and a limit for one address. The limit for all
 * stays below the number of descriptors that the process may have. At that number `accept` would fail, and
 * the listener would try again and again, which takes a whole core and lets nobody in.
 */
import type { Refusal } from "../events.ts";
import type { Address } from "./addresses.ts";
import { descriptorLimit, descriptorsInUse } from "./descriptors.ts";
import type { Settings } from "../options/settings.ts";

/** Most refused clients that are still being told so. Any more are closed at once. */
export const REFUSED_MAX = 8;

/** Descriptors that are kept free for other files of the program. */
const SPARE_DESCRIPTORS = 12;

type AdmissionSettings = Pick<Settings, "maxClients" | "maxClientsPerAddress">;

export type Fullness = Extract<Refusal, "server full" | "address full">;

export class Admission {
  readonly #settings: AdmissionSettings;
  /** How many clients there are descriptors for. */
  readonly #placesMax: number;
  /** A socket with this descriptor or a higher one is too near to the limit. */
  readonly #descriptorsMax: number;
  #clients = 0;

  /** @throws {Error} so few files may be open that nobody could get in; its `code` is `EMFILE` */
  constructor(settings: AdmissionSettings) {
    this.#settings = settings;
    const limit = descriptorLimit();
    this.#descriptorsMax = limit - SPARE_DESCRIPTORS;
    const free = this.#descriptorsMax - descriptorsInUse() - REFUSED_MAX;
    if (free < 1) {
      const needed = limit + 1 - free;
      const message = `the limit on open files is ${limit}, and ${needed} is the least with which anybody can get in; raise it with ulimit -n.`;
      throw Object.assign(new Error(message), { code: "EMFILE" });
    }
    this.#placesMax = free;
  }

  /** The most clients that are let in. */
  get clientsMax(): number {
    return Math.min(this.#settings.maxClients, this.#placesMax);
  }

  /** How many are in. */
  get clients(): number {
    return this.#clients;
  }

  /** Lets one more client in, or returns why not. Each client that is let in needs a `leave` later. */
  enter(address: Address, descriptor: number): Fullness | undefined {
    if (this.#clients >= this.clientsMax || this.isScarce(descriptor)) return "server full";
    const isAddressFull = address.clients >= this.#settings.maxClientsPerAddress;
    if (isAddressFull && !address.isExempt) return "address full";
    address.clients++;
    this.#clients++;
    return undefined;
  }

  leave(address: Address): void {
    address.clients--;
    this.#clients--;
  }

  /** Whether this descriptor is so high that too few others are left. */
  isScarce(descriptor: number): boolean {
    return descriptor >= this.#descriptorsMax;
  }
}
