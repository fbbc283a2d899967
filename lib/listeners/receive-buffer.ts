/**
 * How much of a client's input the system takes while nobody reads it.
 *
 * Linux lets that grow to tens of mebibytes for a client that sends fast. Bun reads all of it in one turn,
 * and hands all of it over when the client resets its connection, although the socket is paused. With 20
 * connections one address could so stop the chat for seconds, and fill 900 MB. A chat needs no such window.
 */
import { dlopen } from "bun:ffi";

const SOL_SOCKET = 1;
const SO_RCVBUF = 8;

/** Twice this, in bytes, is what the system keeps of a client's input. */
export const RECEIVE_BUFFER_BYTES = 131_072;

const FUNCTIONS = {
  setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
} as const;

/**
 * Sets it for all sockets that the listening one with this descriptor accepts. Linux doubles the number, to
 * have space for what it keeps beside the bytes. Where there is no such call nothing happens.
 *
 * @param library the C library's name
 */
export function limitReceiveBuffer(
  descriptor: number,
  bytes: number,
  library = "libc.so.6",
): boolean {
  if (process.platform !== "linux") return false;
  try {
    const libc = dlopen(library, FUNCTIONS);
    const value = Int32Array.of(bytes);
    const result = libc.symbols.setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, value, 4);
    libc.close();
    return result === 0;
  } catch {
    return false;
  }
}
