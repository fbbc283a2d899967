/** A unix socket: a file that programs of this machine connect to. Its clients have no address, but a number. */
import { chmodSync } from "node:fs";
import { callerOnSocket } from "./caller.ts";
import type { ListenContext, Listener } from "./listener.ts";
import { SocketFile } from "./socket-file.ts";
import {
  handlersOf,
  SocketLink,
  UNKNOWN_READS,
  type Socket,
  type SocketOwner,
} from "./socket-link.ts";

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
export function listenUnix({ path, mode }: UnixPlace, context: ListenContext): Listener {
  const { door, trustLoopback } = context;
  const file = new SocketFile(path);
  const listener = Bun.listen<SocketOwner | undefined>({
    unix: file.temporaryPath,
    allowHalfOpen: true,
    socket: {
      open(socket: Socket) {
        const caller = callerOnSocket(context.nextNumber(), trustLoopback);
        new SocketLink(socket, caller, UNKNOWN_READS).enter(door);
      },
      ...handlersOf(door),
    },
  });
  try {
    if (mode !== undefined) chmodSync(file.temporaryPath, mode);
    file.publish();
  } catch (error) {
    listener.stop();
    throw error;
  }
  return {
    url: `unix://${path}`,
    port: 0,
    stop() {
      listener.stop();
      file.remove();
    },
  };
}
