/** A unix socket: a file that programs of this machine connect to. Its clients have no address, but a number. */
import { callerOnSocket } from "./caller.ts";
import { Gate, type Checks } from "./gate.ts";
import type { ListenContext, Listener } from "./listener.ts";
import { listenAtPath } from "./socket-file.ts";
import type { SocketOwner } from "./socket-link.ts";

export interface UnixPlace {
  readonly path: string;
  /** Who may connect, as the file's mode; the system's default if undefined. */
  readonly mode: number | undefined;
}

/**
 * Listens on a unix socket. A file that a server has left behind which is gone is replaced.
 *
 * @throws {Error} a server listens there, or another kind of file is there; `code` is `EADDRINUSE` or `ENOTSOCK`
 * @throws {Error} the folder is missing or may not be written to; `code` is the system's
 */
export function listenUnix(place: UnixPlace, context: ListenContext, checks: Checks): Listener {
  const { path, mode } = place;
  const gate = new Gate(context, checks);
  const socket = gate.handlers(() => {
    return callerOnSocket(context.nextNumber(), context.settings.trustLoopback);
  });
  const stop = listenAtPath(path, mode, (unix) =>
    Bun.listen<SocketOwner | undefined>({ unix, allowHalfOpen: true, socket }),
  );
  gate.url = `unix://${path}`;
  return {
    url: gate.url,
    port: 0,
    stop() {
      stop();
      gate.stop();
    },
  };
}
