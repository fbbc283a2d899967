/** How people get into a chat on this machine. It is what `Bun.connect` takes, and can be sent as JSON. */
import { join } from "node:path";

export type Way =
  | { readonly hostname: string; readonly port: number }
  | { readonly hostname: string; readonly port: number; readonly tls: Bun.TLSOptions }
  | { readonly unix: string };

export type WayName = "plain" | "tls" | "unix";

/** The way to a server that was told to use this port, or this folder for its socket. */
export function wayTo(name: WayName, port: number, folder: string): Way {
  const plain = { hostname: "127.0.0.1", port };
  switch (name) {
    case "plain":
      return plain;
    case "tls":
      // The server's certificate was made for this run, and nobody has signed it.
      return { ...plain, tls: { rejectUnauthorized: false } };
    case "unix":
      return { unix: socketIn(folder) };
    default:
      return name satisfies never;
  }
}

/** Where a server listens that is reached over a unix socket. */
export function socketIn(folder: string): string {
  return join(folder, "chat.sock");
}
