/** TCP: each socket that `Bun.listen` accepts becomes a link. */
import { formatAddress } from "../text/address.ts";
import { callerAt } from "./caller.ts";
import { Gate, type Checks } from "./gate.ts";
import type { ListenContext, Listener } from "./listener.ts";
import { limitReceiveBuffer, RECEIVE_BUFFER_BYTES } from "./receive-buffer.ts";
import type { SocketOwner } from "./socket-link.ts";

export interface TcpPlace {
  readonly hostname: string;
  readonly port: number;
}

/**
 * Listens on an address.
 *
 * @throws {Error} the system refuses the address; `code` is `EADDRINUSE`, `EADDRNOTAVAIL` or `EACCES`,
 *   or missing if the host name cannot be resolved
 */
export function listenTcp(place: TcpPlace, context: ListenContext, checks: Checks): Listener {
  const { hostname, port } = place;
  const { settings } = context;
  // Bun takes it, but its types do not mention it.
  const shared: object = { reusePort: settings.reusePort };
  const gate = new Gate(context, checks);
  const listener = Bun.listen<SocketOwner | undefined>({
    hostname,
    port,
    ...shared,
    allowHalfOpen: true,
    socket: gate.handlers((socket) => {
      const { remoteAddress } = socket;
      // It has already been reset. Nobody is there, and without an address no limit can be applied.
      if (remoteAddress === undefined) return undefined;
      socket.setKeepAlive(true, settings.keepAliveMs);
      return callerAt(remoteAddress, socket.remotePort, settings.trustLoopback);
    }),
  });
  limitReceiveBuffer((listener as { fd?: number }).fd ?? -1, RECEIVE_BUFFER_BYTES);
  gate.url = `${checks.identity ? "tls" : "tcp"}://${formatAddress(hostname, listener.port)}`;
  return {
    url: gate.url,
    port: listener.port,
    stop() {
      listener.stop();
      gate.stop();
    },
  };
}
