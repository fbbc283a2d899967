/**
 * The header with which a proxy tells who is behind it: HAProxy's "The PROXY protocol", versions 1 and 2, as far
 * as it concerns streams (https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt).
 */
import { isIPv4, isIPv6 } from "node:net";
import { canonicalAddress } from "../text/address.ts";

/** Section 2.1: the longest line of version 1, with its CRLF. */
const LINE_BYTES_MAX = 107;

/** Section 2.2: what version 2 begins with. */
const SIGNATURE = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
const START_BYTES = SIGNATURE.length + 4;

const LOCAL = 0x20;
const PROXY = 0x21;

/** A family and a transport. Of unix sockets only the path is known, which says nothing to anybody here. */
const UNSPECIFIED = 0x00;
const TCP4 = 0x11;
const TCP6 = 0x21;
const UNIX_STREAM = 0x31;

/** How many bytes the addresses and ports have. What comes behind them is skipped. */
const ADDRESS_BYTES: Readonly<Record<number, number>> = {
  [UNSPECIFIED]: 0,
  [TCP4]: 12,
  [TCP6]: 36,
  [UNIX_STREAM]: 216,
};

export interface Source {
  readonly host: string;
  readonly port: number;
}

export type ProxyHeader =
  /** More bytes are needed. */
  | "incomplete"
  /** This is no such header. */
  | "wrong"
  /** It has so many bytes. Without a source the connection is the proxy's own, or from nowhere that it knows. */
  | { readonly bytes: number; readonly source: Source | undefined };

/** Decodes the header that `bytes` begin with, as soon as it is whole. */
export function decodeProxyHeader(bytes: Uint8Array): ProxyHeader {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (beginsAs(buffer, SIGNATURE)) return decodeBinary(buffer);
  return decodeLine(buffer.toString("latin1", 0, LINE_BYTES_MAX));
}

/** Whether so far it is the same. */
function beginsAs(buffer: Buffer, whole: Buffer): boolean {
  const length = Math.min(buffer.length, whole.length);
  return buffer.subarray(0, length).equals(whole.subarray(0, length));
}

function decodeLine(text: string): ProxyHeader {
  const start = "PROXY ";
  if (!text.startsWith(start.slice(0, text.length))) return "wrong";
  const end = text.indexOf("\r\n");
  if (end === -1) return text.length < LINE_BYTES_MAX ? "incomplete" : "wrong";
  const bytes = end + 2;
  const [family, host = "", to = "", port = "", toPort = "", ...more] = text
    .slice(start.length, end)
    .split(" ");
  if (family === "UNKNOWN") return { bytes, source: undefined };
  const isRight = family === "TCP4" ? isIPv4 : family === "TCP6" ? isPlainIPv6 : undefined;
  if (isRight === undefined || !isRight(host) || !isRight(to) || more.length > 0) return "wrong";
  if (!isPort(port) || !isPort(toPort)) return "wrong";
  return { bytes, source: { host: canonicalAddress(host), port: Number(port) } };
}

/** An IPv6 address without a zone. */
const isPlainIPv6 = (text: string) => isIPv6(text) && !text.includes("%");

const isPort = (text: string) => /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;

function decodeBinary(buffer: Buffer): ProxyHeader {
  const [command, family] = buffer.subarray(SIGNATURE.length);
  if (command !== undefined && command !== LOCAL && command !== PROXY) return "wrong";
  if (buffer.length < START_BYTES) return "incomplete";
  const rest = buffer.readUInt16BE(SIGNATURE.length + 2);
  const addressBytes = command === LOCAL ? 0 : ADDRESS_BYTES[family ?? -1];
  if (addressBytes === undefined || rest < addressBytes) return "wrong";
  const bytes = START_BYTES + rest;
  if (buffer.length < bytes) return "incomplete";
  return { bytes, source: addressBytes === 0 ? undefined : sourceIn(buffer, family) };
}

function sourceIn(buffer: Buffer, family: number | undefined): Source | undefined {
  const addresses = buffer.subarray(START_BYTES);
  if (family === TCP4) {
    return { host: addresses.subarray(0, 4).join("."), port: addresses.readUInt16BE(8) };
  }
  if (family !== TCP6) return undefined;
  const groups = Array.from({ length: 8 }, (_, index) =>
    addresses.readUInt16BE(2 * index).toString(16),
  );
  return { host: canonicalAddress(groups.join(":")), port: addresses.readUInt16BE(32) };
}
