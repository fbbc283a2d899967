/**
 * Answers HTTP requests on a port or path of its own: one to a connection, and then it is closed.
 *
 * `Bun.serve` has no limit on connections. Somebody who reaches the port could take all descriptors, and at that
 * limit `accept` takes a whole core. So here a few connections are open at most. One more ends the oldest, which
 * has had longer than a request takes. Each has a deadline, and sends so much at most.
 */
import { listenAtPath } from "../listeners/socket-file.ts";
import type { HttpAddress } from "../options/http-address.ts";
import { formatAddress } from "../text/address.ts";
import { HttpConnection, type HttpAnswer } from "./http-connection.ts";

/** Within the descriptors that `Admission` keeps free. */
const CONNECTIONS_MAX = 4;

/** For a unix socket: its user and group may connect. */
const PATH_MODE = 0o660;

/** Something that answers until it is stopped. */
export interface HttpListener {
  /** The address and port, or the path. */
  readonly address: string;
  /** Ends all connections. */
  stop(): void;
}

/**
 * Listens on `address`.
 *
 * @param answer makes the answer to a page
 * @param failed is told what `answer` threw
 * @throws {Error} the system refuses the address
 */
export function listenHttp(
  address: HttpAddress,
  answer: (path: string) => HttpAnswer,
  failed: (error: unknown) => void,
): HttpListener {
  const open = new Set<HttpConnection>();
  const socket = handlers(open, answer, failed);
  const { name, stop } = bind(address, { allowHalfOpen: true, socket });
  return {
    address: name,
    stop() {
      stop();
      for (const connection of [...open]) connection.terminate();
    },
  };
}

function bind(
  address: HttpAddress,
  options: { readonly allowHalfOpen: true; readonly socket: Bun.SocketHandler<HttpConnection> },
): { readonly name: string; readonly stop: () => void } {
  if ("path" in address) {
    const { path } = address;
    const listen = (unix: string) => Bun.listen<HttpConnection>({ unix, ...options });
    return { name: path, stop: listenAtPath(path, PATH_MODE, listen) };
  }
  const listener = Bun.listen<HttpConnection>({ ...address, ...options });
  return {
    name: formatAddress(address.hostname, listener.port),
    stop: () => listener.stop(),
  };
}

function handlers(
  open: Set<HttpConnection>,
  answer: (path: string) => HttpAnswer,
  failed: (error: unknown) => void,
): Bun.SocketHandler<HttpConnection> {
  return {
    open(socket) {
      socket.data = new HttpConnection(socket, answer);
      open.add(socket.data);
      const [oldest] = open;
      if (open.size > CONNECTIONS_MAX) oldest?.terminate();
    },
    data: ({ data }, bytes) => data.received(bytes),
    drain: ({ data }) => data.write(),
    end: ({ data }) => data.ended(),
    close({ data }) {
      open.delete(data);
      data.closed();
    },
    error(socket, error) {
      socket.terminate();
      failed(error);
    },
  };
}
