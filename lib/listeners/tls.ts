/** Takes up TLS on a socket that has begun without it. */
import type { X509Certificate } from "node:crypto";
import type { Door } from "../connection/link.ts";
import type { Identity } from "./identity.ts";
import { handlersOf, type Socket, type SocketOwner } from "./socket-link.ts";

/** A socket inside TLS, with what Bun's types do not mention. */
export type SecureSocket = Socket & {
  getPeerX509Certificate(): X509Certificate | undefined;
};

/** What is told how a handshake went. */
export interface HandshakeOwner extends SocketOwner {
  secured(socket: SecureSocket, isDone: boolean): void;
}

interface Upgrade {
  readonly identity: Identity;
  readonly door: Door;
  /** What has been read already. */
  readonly initialData: Uint8Array;
}

/** The code of an error that the other side has made in the protocol. The socket is closed then. */
const PROTOCOL_ERROR = "EPROTO";

/** Has nothing to do with what Bun reports of the outer socket, which is still encrypted. */
const NOBODY: SocketOwner = { events: undefined, closed() {} };

/** Returns the socket inside. The outer one is of no use any more. */
export function takeUpTls(outer: Socket, owner: HandshakeOwner, upgrade: Upgrade): Socket {
  const { identity, door, initialData } = upgrade;
  outer.data = NOBODY;
  const handlers = handlersOf(door);
  const options = {
    data: owner,
    tls: identity.options,
    // Not in Bun's types. Without it the handshake waits for what has been read.
    initialData,
    socket: {
      ...handlers,
      handshake: (socket: Socket, isDone: boolean) => {
        // A later one would be a renegotiation, which Bun does not let happen.
        if (socket.data === owner) owner.secured(socket as SecureSocket, isDone);
      },
      error(socket: Socket, error: Error & { readonly code?: string }) {
        if (error.code !== PROTOCOL_ERROR) handlers.error(socket, error);
      },
    },
  };
  const [raw, inner] = outer.upgradeTLS(options as never) as unknown as [Socket, Socket];
  raw.data = NOBODY;
  return inner;
}
