import { describe, expect, test } from "bun:test";
import { decodeProxyHeader, type Source } from "../../../lib/listeners/proxy-header.ts";
import { binaryHeader, FOUR, SIX, TLV } from "../../helpers/proxy-header.ts";

const LOCAL = 0x20;
const PROXY = 0x21;

const seven = { host: "192.0.2.7", port: 4660 };
const six = { host: "2001:db8::7", port: 4660 };
const nobody = undefined;

/** A line of version 1 that is as long as it may be. */
const LONGEST = `PROXY UNKNOWN ${"x".repeat(91)}\r\n`;

const right: [name: string, header: string | Buffer, source: Source | undefined][] = [
  ["a line for TCP4", "PROXY TCP4 192.0.2.7 192.0.2.1 4660 8888\r\n", seven],
  ["a line for TCP6", "PROXY TCP6 2001:DB8:0::7 2001:db8::1 4660 8888\r\n", six],
  [
    "a line for IPv4 in IPv6",
    "PROXY TCP6 ::ffff:192.0.2.7 ::ffff:192.0.2.1 1 2\r\n",
    { host: "::ffff:192.0.2.7", port: 1 },
  ],
  [
    "a line with the ports 0 and 65535",
    "PROXY TCP4 1.2.3.4 1.2.3.4 0 65535\r\n",
    { host: "1.2.3.4", port: 0 },
  ],
  ["a line for UNKNOWN", "PROXY UNKNOWN\r\n", nobody],
  ["a line for UNKNOWN with more", "PROXY UNKNOWN ff:ff 1 2 3 4 5\r\n", nobody],
  ["the longest line", LONGEST, nobody],
  ["TCP4", binaryHeader(PROXY, 0x11, FOUR), seven],
  ["TCP6", binaryHeader(PROXY, 0x21, SIX), six],
  ["TCP4 with more behind it", binaryHeader(PROXY, 0x11, Buffer.concat([FOUR, TLV])), seven],
  ["TCP6 with more behind it", binaryHeader(PROXY, 0x21, Buffer.concat([SIX, TLV, TLV])), six],
  ["a unix socket", binaryHeader(PROXY, 0x31, Buffer.alloc(216, "/x")), nobody],
  ["an unspecified family", binaryHeader(PROXY, 0x00, TLV), nobody],
  ["LOCAL", binaryHeader(LOCAL, 0x00, Buffer.alloc(0)), nobody],
  ["LOCAL with addresses, which do not count", binaryHeader(LOCAL, 0x11, FOUR), nobody],
];

const wrong: [name: string, header: string | Buffer][] = [
  ["a name", "Alice\n"],
  ["TLS", "\x16\x03\x01"],
  ["small letters", "proxy TCP4 "],
  ["a family of its own", "PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n"],
  ["the wrong family", "PROXY TCP4 ::1 ::1 1 2\r\n"],
  ["the other wrong family", "PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n"],
  ["a wrong address", "PROXY TCP4 1.2.3.256 1.2.3.4 1 2\r\n"],
  ["a wrong destination", "PROXY TCP4 1.2.3.4 1.2.3 1 2\r\n"],
  ["an address with a zone", "PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n"],
  ["too high a port", "PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n"],
  ["a port with a zero before it", "PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n"],
  ["no port", "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n"],
  ["something behind the ports", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n"],
  ["two spaces", "PROXY TCP4  1.2.3.4 1.2.3.4 1 2\r\n"],
  ["no CR", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\nhello\r\n"],
  ["a line that is too long", LONGEST.replace("x", "xx")],
  ["a wrong signature", Buffer.from("\r\n\r\n\0\r\nQUIT\r")],
  ["version 1 in binary", binaryHeader(0x11, 0x11, FOUR)],
  ["an unknown command", binaryHeader(0x22, 0x11, FOUR)],
  ["datagrams", binaryHeader(PROXY, 0x12, FOUR)],
  ["an unknown family", binaryHeader(PROXY, 0x41, FOUR)],
  ["an unknown transport", binaryHeader(PROXY, 0x13, FOUR)],
  ["too few bytes for TCP4", binaryHeader(PROXY, 0x11, FOUR.subarray(1))],
  ["too few bytes for TCP6", binaryHeader(PROXY, 0x21, FOUR)],
  ["too few bytes for a unix socket", binaryHeader(PROXY, 0x31, Buffer.alloc(215))],
];

describe("the header of a proxy", () => {
  test.each(right)("says who is behind it: %s", (_, header, source) => {
    const whole = Buffer.from(header as string);
    const bytes = whole.length;
    for (let length = 0; length < bytes; length++) {
      expect(decodeProxyHeader(whole.subarray(0, length))).toBe("incomplete");
    }
    for (const trailing of ["", "A", "Alice\r\nhi\r\n", "PROXY UNKNOWN\r\n", "x".repeat(200)]) {
      const more = Buffer.concat([whole, Buffer.from(trailing)]);
      expect(decodeProxyHeader(more)).toEqual({ bytes, source });
    }
  });

  test.each(wrong)("is wrong: %s", (_, header) => {
    const whole = Buffer.concat([Buffer.from(header as string), Buffer.from("\r\n")]);
    expect(decodeProxyHeader(whole)).toBe("wrong");
    let verdict = decodeProxyHeader(whole.subarray(0, 0));
    for (let length = 1; length <= whole.length; length++) {
      const next = decodeProxyHeader(whole.subarray(0, length));
      // It never becomes right, and once it is wrong it stays so.
      expect(["incomplete", "wrong"]).toContain(next as string);
      if (verdict === "wrong") expect(next).toBe("wrong");
      verdict = next;
    }
  });

  test("is as long as it says, and no longer than 65,551 bytes", () => {
    const whole = binaryHeader(PROXY, 0x11, Buffer.concat([FOUR, Buffer.alloc(65_523)]));
    expect(decodeProxyHeader(whole.subarray(0, -1))).toBe("incomplete");
    expect(decodeProxyHeader(whole)).toEqual({ bytes: 65_551, source: seven });
  });
});
