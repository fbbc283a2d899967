/** Headers of the PROXY protocol, as HAProxy sends them. */

const SIGNATURE = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");

/** A header of version 2, from its command and family and what comes behind their length. */
export function binaryHeader(command: number, family: number, rest: Uint8Array): Buffer {
  const start = Buffer.of(command, family, rest.length >> 8, rest.length & 255);
  return Buffer.concat([SIGNATURE, start, rest]);
}

/** Addresses and ports of IPv4: from 192.0.2.7, port 4660, to 192.0.2.1, port 8888. */
export const FOUR = Buffer.of(192, 0, 2, 7, 192, 0, 2, 1, 0x12, 0x34, 0x22, 0xb8);

/** The same of IPv6: from 2001:db8::7. */
export const SIX = Buffer.from(
  "20010db8000000000000000000000007" + "20010db8000000000000000000000001" + "123422b8",
  "hex",
);

/** What is behind the addresses: a type, a length and a value. */
export const TLV = Buffer.from("\x02\0\x04host", "latin1");
