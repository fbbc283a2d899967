/**
 * How much a program on this machine has read of what it was sent.
 *
 * A reader's system opens its window in steps. On loopback, where a segment has 64 KiB, a program that reads
 * 1 kB a second takes nothing for two minutes. In that time neither a write nor TCP_INFO's count of
 * acknowledged bytes shows that it is alive. (Both move at the same moments, as was measured.) But the socket
 * of that program is on this machine too. Linux tells how much it has received and how much of that nobody
 * has read. The lookup in `sock_diag(7)` takes a few microseconds however many sockets there are, and needs
 * no privileges.
 *
 * Nothing is known of readers on other machines, or on other systems than Linux. What goes through a tunnel is
 * read by the tunnel.
 */
import { dlopen, type Library } from "bun:ffi";
import { isLoopback } from "../text/address.ts";

/** The addresses of a socket's two ends, which identify it. Once it is closed they are undefined. */
export interface Endpoints {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
}

const FUNCTIONS = {
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  send: { args: ["i32", "ptr", "usize", "i32"], returns: "i64" },
  recv: { args: ["i32", "ptr", "usize", "i32"], returns: "i64" },
  close: { args: ["i32"], returns: "i32" },
} as const;

const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const SOCK_RAW_NONBLOCK_CLOEXEC = 0o2004003;
const NETLINK_SOCK_DIAG = 4;
const SOCK_DIAG_BY_FAMILY = 20;
const NLM_F_REQUEST = 1;
const IPPROTO_TCP = 6;
const INET_DIAG_INFO = 2;
const ALL = 0xffffffff;

/** The size of struct nlmsghdr and inet_diag_req_v2 together. */
const REQUEST_BYTES = 72;
const REPLY_BYTES = 4_096;

/** Where a reply has the number of unread bytes, and where its attributes begin. */
const RECEIVE_QUEUE_AT = 72;
const ATTRIBUTES_AT = 88;

/** `tcpi_bytes_received` in struct tcp_info, after an attribute's header. */
const BYTES_RECEIVED_AT = 4 + 128;

export class PeerReads {
  #libc: Library<typeof FUNCTIONS> | undefined;
  readonly #library: string;
  #isAvailable = process.platform === "linux";
  // With an ArrayBuffer of their own the bytes stay at the same address.
  readonly #request = Buffer.from(new ArrayBuffer(REQUEST_BYTES));
  readonly #reply = Buffer.from(new ArrayBuffer(REPLY_BYTES));

  /** @param library the C library's name; if there is no such library, nothing is known */
  constructor(library = "libc.so.6") {
    this.#library = library;
  }

  /** How many bytes the program at the other end has read; `undefined` if that is not known here. */
  of({ remoteAddress, remotePort, localAddress, localPort }: Endpoints): number | undefined {
    if (!remoteAddress || !remotePort || !localAddress || !localPort) return undefined;
    if (!this.#isAvailable || !isLoopback(remoteAddress)) return undefined;
    this.#prepare(bytesOf(remoteAddress), remotePort, bytesOf(localAddress), localPort);
    try {
      return this.#parse(this.#ask());
    } catch {
      this.#isAvailable = false;
      return undefined;
    }
  }

  /** Returns how many bytes the reply has; 0 or less if there is no reply. */
  #ask(): number {
    this.#libc ??= dlopen(this.#library, FUNCTIONS);
    const { socket, send, recv, close } = this.#libc.symbols;
    const descriptor = socket(AF_NETLINK, SOCK_RAW_NONBLOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    send(descriptor, this.#request, REQUEST_BYTES, 0);
    const length = recv(descriptor, this.#reply, REPLY_BYTES, 0);
    if (descriptor >= 0) close(descriptor);
    return Number(length);
  }

  /** Asks for the socket at the other end, so its address is the source. */
  #prepare(source: Uint8Array, sourcePort: number, to: Uint8Array, toPort: number): void {
    const request = this.#request.fill(0);
    request.writeUInt32LE(REQUEST_BYTES, 0);
    request.writeUInt16LE(SOCK_DIAG_BY_FAMILY, 4);
    request.writeUInt16LE(NLM_F_REQUEST, 6);
    request[16] = source.length === 4 ? AF_INET : AF_INET6;
    request[17] = IPPROTO_TCP;
    request[18] = 1 << (INET_DIAG_INFO - 1);
    request.writeUInt32LE(ALL, 20);
    request.writeUInt16BE(sourcePort, 24);
    request.writeUInt16BE(toPort, 26);
    request.set(source, 28);
    request.set(to, 44);
    request.fill(255, 64);
  }

  #parse(length: number): number | undefined {
    const reply = this.#reply;
    if (length < ATTRIBUTES_AT || reply.readUInt16LE(4) !== SOCK_DIAG_BY_FAMILY) return undefined;
    const unread = reply.readUInt32LE(RECEIVE_QUEUE_AT);
    for (let at = ATTRIBUTES_AT; at + 4 <= length;) {
      const bytes = reply.readUInt16LE(at);
      if (bytes < 4) return undefined;
      const isInfo = reply.readUInt16LE(at + 2) === INET_DIAG_INFO;
      if (isInfo && bytes >= BYTES_RECEIVED_AT + 8) {
        return Number(reply.readBigUInt64LE(at + BYTES_RECEIVED_AT)) - unread;
      }
      at += (bytes + 3) & ~3;
    }
    return undefined;
  }
}

/** A loopback address in the bytes that the system uses. The other end of a mapped one is an IPv4 address. */
function bytesOf(host: string): Uint8Array {
  const address = host.replace(/^::ffff:/, "");
  if (!address.includes(":")) return Uint8Array.from(address.split("."), Number);
  return Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
}
