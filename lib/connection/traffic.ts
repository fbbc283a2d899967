import type { Link } from "./link.ts";

/**
 * What all clients of a chat have sent and were sent, and how long they were made to wait. Connections add to it,
 * and it is read when somebody asks.
 */
export class Traffic {
  /** Bytes that arrived, before anything is taken out of them. */
  receivedBytes = 0;
  /** Bytes that the system has accepted for clients. */
  sentBytes = 0;
  /** How long lines were made to wait, because somebody has said too much or joined too often. */
  throttledMs = 0;
}

/** What carries the bytes: a link, or what stands before it. */
export type Carrier = Pick<Link, "write" | "shutdown">;

/** The last of what stands before a link: it counts what the link accepts. */
export class Meter implements Carrier {
  readonly #link: Carrier;
  readonly #traffic: Traffic;

  constructor(link: Carrier, traffic: Traffic) {
    this.#link = link;
    this.#traffic = traffic;
  }

  write(bytes: Uint8Array): number {
    const accepted = this.#link.write(bytes);
    if (accepted > 0) this.#traffic.sentBytes += accepted;
    return accepted;
  }

  shutdown(): void {
    this.#link.shutdown();
  }
}
