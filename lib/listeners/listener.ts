/** What a listener is to the server, and what it is given. */
import type { Door } from "../connection/link.ts";

/** It takes connections until it is stopped. */
export interface Listener {
  /** Where it listens, as a URL with the port that it has taken. */
  readonly url: string;
  /** The port that it has taken; 0 where there is none. */
  readonly port: number;
  /** Takes no new connections. Those that were handed in go on. */
  stop(): void;
}

/** What all listeners of a server share. */
export interface ListenContext {
  readonly door: Door;
  readonly keepAliveMs: number;
  /** Whether others may listen on the same port, and get a part of its connections. */
  readonly reusePort: boolean;
  /** Whether this machine's own clients are exempt from the limits for one address. */
  readonly trustLoopback: boolean;
  /** The number of the next client that has no address. */
  nextNumber(): number;
}
