/**
 * Who is let in: so many clients in all, and so many of one address. The limit for all stays below
 * the number of descriptors that the process may have: at that limit `accept` fails and the
 * listener tries again and again, which takes a whole core and lets nobody in.
 */
import { LOOPBACK } from "./address.ts";
import { descriptorLimit, descriptorsInUse } from "./descriptors.ts";
import type { Settings } from "./settings.ts";

/** Most clients that are refused and are being told so. Any more are closed at once. */
export const REFUSED_MAX = 8;

/** Descriptors for what the program opens beside its clients. */
const SPARE_DESCRIPTORS = 8;

export type Refusal = "server full" | "address full";

export class Admission {
  /** The most clients that are let in. */
  readonly clientsMax: number;
  readonly #clientsPerAddressMax: number;
  /** A socket with this descriptor or a higher one is too near to the limit. */
  readonly #descriptorsMax: number;
  readonly #clientsByOrigin = new Map<string, number>();
  #clients = 0;

  constructor(settings: Settings) {
    this.#descriptorsMax = descriptorLimit() - SPARE_DESCRIPTORS;
    const free = this.#descriptorsMax - descriptorsInUse() - REFUSED_MAX;
    this.clientsMax = Math.max(1, Math.min(settings.maxClients, free));
    this.#clientsPerAddressMax = settings.maxClientsPerAddress;
  }

  /** How many are in. */
  get clients(): number {
    return this.#clients;
  }

  /** Lets one more client in, whom `leave` must follow; or says why not. */
  enter(origin: string, descriptor: number): Refusal | undefined {
    if (this.#clients >= this.clientsMax || this.isScarce(descriptor)) return "server full";
    const clients = this.#clientsByOrigin.get(origin) ?? 0;
    if (origin !== LOOPBACK && clients >= this.#clientsPerAddressMax) return "address full";
    this.#clientsByOrigin.set(origin, clients + 1);
    this.#clients++;
    return undefined;
  }

  leave(origin: string): void {
    this.#clients--;
    const clients = this.#clientsByOrigin.get(origin) ?? 0;
    if (clients > 1) this.#clientsByOrigin.set(origin, clients - 1);
    else this.#clientsByOrigin.delete(origin);
  }

  /** Whether so few descriptors are left, when this one was given out, that none may be kept. */
  isScarce(descriptor: number): boolean {
    return descriptor >= this.#descriptorsMax;
  }
}
