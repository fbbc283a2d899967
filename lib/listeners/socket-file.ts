/**
 * The file of a unix socket. Bun makes it without a mode, does not replace one that was left behind, and at its
 * stop removes whatever is at that path, also if it is a newer server's. So the socket is made in a folder beside it
 * that nobody else may enter, and then renamed. That replaces an old one in one step, and nobody can connect to it
 * before it has its mode.
 */
import { dlopen, read, type Pointer } from "bun:ffi";
import { chmodSync, lstatSync, mkdtempSync, renameSync, rmSync, type Stats } from "node:fs";

const AF_UNIX = 1;
const SOCK_STREAM_NONBLOCK_CLOEXEC = 0o2004001;
const ECONNREFUSED = 111;

/** The size of struct sockaddr_un in unix(7). */
const SOCKADDR_BYTES = 110;

const FUNCTIONS = {
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  connect: { args: ["i32", "ptr", "u32"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
  __errno_location: { args: [], returns: "ptr" },
} as const;

/**
 * Has `listen` listen on a socket at `path`. Returns what stops it and removes the file.
 *
 * @param mode who may connect, as the file's mode; the system's default if undefined
 * @throws {Error} a server listens there, or another kind of file is there; `code` is `EADDRINUSE` or `ENOTSOCK`
 * @throws {Error} the folder is missing or may not be written to; `code` is the system's
 */
export function listenAtPath(
  path: string,
  mode: number | undefined,
  listen: (temporaryPath: string) => { stop(): void },
): () => void {
  const file = new SocketFile(path);
  const folder = mkdtempSync(`${path}.`);
  const temporaryPath = `${folder}/s`;
  let listener: { stop(): void } | undefined;
  try {
    listener = listen(temporaryPath);
    if (mode !== undefined) chmodSync(temporaryPath, mode);
    file.publish(temporaryPath);
  } catch (error) {
    listener?.stop();
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
  return () => {
    listener.stop();
    file.remove();
  };
}

export class SocketFile {
  readonly #path: string;
  #own: Pick<Stats, "dev" | "ino"> | undefined;

  /** @throws {Error} a server listens there, or another kind of file is there; `code` is `EADDRINUSE` or `ENOTSOCK` */
  constructor(path: string) {
    this.#path = path;
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there === undefined) return;
    if (!there.isSocket()) throw failure("ENOTSOCK", `${path} is not a socket`);
    if (!isAbandoned(path)) throw failure("EADDRINUSE", `${path} is in use`);
  }

  /** The socket is made at `temporaryPath`: gives it its name. */
  publish(temporaryPath: string): void {
    const { dev, ino } = lstatSync(temporaryPath);
    this.#own = { dev, ino };
    renameSync(temporaryPath, this.#path);
  }

  /** Removes the file, if it is still this one. */
  remove(): void {
    const there = lstatSync(this.#path, { throwIfNoEntry: false });
    if (there === undefined || this.#own === undefined) return;
    if (there.dev === this.#own.dev && there.ino === this.#own.ino) {
      rmSync(this.#path, { force: true });
    }
  }
}

/** Whether nobody listens there any more. Where that cannot be found out, somebody may. */
export function isAbandoned(path: string, library = "libc.so.6"): boolean {
  if (process.platform !== "linux") return false;
  try {
    const libc = dlopen(library, FUNCTIONS);
    const { socket, connect, close, __errno_location } = libc.symbols;
    const address = Buffer.alloc(SOCKADDR_BYTES);
    address.writeUInt16LE(AF_UNIX, 0);
    address.write(path, 2);
    // Its address does not change, and nothing may come between a call and a look at it.
    const errorAt = __errno_location() as Pointer;
    const descriptor = socket(AF_UNIX, SOCK_STREAM_NONBLOCK_CLOEXEC, 0);
    const isRefused =
      connect(descriptor, address, SOCKADDR_BYTES) !== 0 && read.i32(errorAt, 0) === ECONNREFUSED;
    if (descriptor >= 0) close(descriptor);
    libc.close();
    return isRefused;
  } catch {
    return false;
  }
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
