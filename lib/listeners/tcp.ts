/** Plain TCP: each socket that `Bun.listen` accepts becomes a link. */
import { formatAddress } from "../text/address.ts";
import { callerAt } from "./caller.ts";
import type { ListenContext, Listener } from "./listener.ts";
import { PeerReads } from "./peer-reads.ts";
import { limitReceiveBuffer } from "./receive-buffer.ts";
import { handlersOf, SocketLink, type Socket, type SocketOwner } from "./socket-link.ts";

export interface TcpPlace {
  readonly hostname: string;
  readonly port: number;
}

/** Twice this, in bytes, is what the system keeps of a client's input. */
const RECEIVE_BUFFER_BYTES = 131_072;

/**
 * Listens on an address.
 *
 * @throws {Error} the system refuses the address; `code` is `EADDRINUSE`, `EADDRNOTAVAIL` or `EACCES`,
 *   or missing if the host name cannot be resolved
 */
export function listenTcp({ hostname, port }: TcpPlace, context: ListenContext): Listener {
  const { door, keepAliveMs, reusePort, trustLoopback } = context;
  // Bun takes it, but its types do not mention it.
  const shared: object = { reusePort };
  const peerReads = new PeerReads();
  const listener = Bun.listen<SocketOwner | undefined>({
    hostname,
    port,
    ...shared,
    allowHalfOpen: true,
    socket: {
      open(socket: Socket) {
        const { remoteAddress } = socket;
        // It has already been reset. Nobody is there, and without an address no limit can be applied.
        if (remoteAddress === undefined) return void socket.terminate();
        const caller = callerAt(remoteAddress, socket.remotePort, trustLoopback);
        socket.setKeepAlive(true, keepAliveMs);
        new SocketLink(socket, caller, peerReads).enter(door);
      },
      ...handlersOf(door),
    },
  });
  limitReceiveBuffer((listener as { fd?: number }).fd ?? -1, RECEIVE_BUFFER_BYTES);
  return {
    url: `tcp://${formatAddress(hostname, listener.port)}`,
    port: listener.port,
    stop: () => listener.stop(),
  };
}
