import type { ChatEvent } from "../../lib/events.ts";
import type { Departure } from "./sim-socket.ts";

/** What happens outside of the server, and how everybody stands when nothing is left to be done. */
export type Step =
  | { readonly do: "connect" }
  | { readonly do: "send"; readonly id: number; readonly bytes: Uint8Array }
  | { readonly do: "depart"; readonly id: number; readonly how: Departure }
  | { readonly do: "stop" }
  | { readonly do: "calm"; readonly nowMs: number; readonly standings: readonly string[] };

/** How far one client has come: a real one stands as a simulated one when as much has happened to it. */
export class Standing {
  #linesRead = 0;
  #isOver = false;

  /** Something has happened to this client. */
  take({ type }: ChatEvent): void {
    if (type === "line read") this.#linesRead++;
    if (type === "disconnected") this.#isOver = true;
  }

  /** @param sent what the client was sent: bytes, one a character */
  describe(sent: string): string {
    const end = this.#isOver ? ", over" : "";
    return `${this.#linesRead} lines read, ${sent.length} bytes sent${end}`;
  }
}
