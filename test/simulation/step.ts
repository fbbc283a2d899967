import type { Connection } from "../../lib/connection/connection.ts";
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
  isClosed = false;

  /** Looks on from now on. */
  watch(connection: Connection): void {
    const { onLine, closed } = connection;
    connection.onLine = (line) => {
      this.#linesRead++;
      onLine.call(connection, line);
    };
    connection.closed = (error) => {
      this.isClosed = true;
      closed.call(connection, error);
    };
  }

  /** @param sent what the client was sent: bytes, one a character */
  describe(sent: string): string {
    const end = this.isClosed ? ", closed" : "";
    return `${this.#linesRead} lines read, ${sent.length} bytes sent${end}`;
  }
}
