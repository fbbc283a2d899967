/** A socket that already listens when the program starts: systemd's socket activation, sd_listen_fds(3). */
import { callerAt, callerOnSocket } from "./caller.ts";
import { Gate, type Checks } from "./gate.ts";
import type { ListenContext, Listener } from "./listener.ts";
import { limitReceiveBuffer, RECEIVE_BUFFER_BYTES } from "./receive-buffer.ts";
import type { SocketOwner } from "./socket-link.ts";

export interface InheritedPlace {
  readonly descriptor: number;
}

/**
 * Takes the connections of a listening socket, of TCP or unix. Its end does not end the socket, which belongs to
 * somebody else.
 *
 * @throws {Error} it is no listening socket; `code` is the system's
 */
export function listenInherited(
  { descriptor }: InheritedPlace,
  context: ListenContext,
  checks: Checks,
): Listener {
  const { settings } = context;
  const gate = new Gate(context, checks);
  const options = {
    // Bun takes it, but its types do not mention it.
    fd: descriptor,
    allowHalfOpen: true,
    socket: gate.handlers((socket) => {
      const { remoteAddress, localAddress } = socket;
      const { keepAliveMs, trustLoopback } = settings;
      // Only a unix socket has none at this end.
      if (localAddress === undefined) return callerOnSocket(context.nextNumber(), trustLoopback);
      if (remoteAddress === undefined) return undefined;
      socket.setKeepAlive(true, keepAliveMs);
      return callerAt(remoteAddress, socket.remotePort, trustLoopback);
    }),
  };
  const listener = Bun.listen<SocketOwner | undefined>(options as never);
  limitReceiveBuffer(descriptor, RECEIVE_BUFFER_BYTES);
  gate.url = `fd://${descriptor}`;
  return {
    url: gate.url,
    port: 0,
    stop() {
      listener.stop();
      gate.stop();
    },
  };
}
