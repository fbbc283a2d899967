import { describe, expect, test } from "bun:test";
import { formatAddress, isLoopback, limitKeyOf } from "../../../lib/text/address.ts";

describe("formatAddress", () => {
  const table: [host: string, written: string][] = [
    ["127.0.0.1", "127.0.0.1:80"],
    ["localhost", "localhost:80"],
    ["::1", "[::1]:80"],
    ["::ffff:192.0.2.1", "192.0.2.1:80"],
    ["::ffff:1", "[::ffff:1]:80"],
  ];
  for (const [host, written] of table) {
    test(`writes ${host} as ${written}`, () => expect(formatAddress(host, 80)).toBe(written));
  }
});

describe("limitKeyOf", () => {
  const table: [host: string, key: string][] = [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["127.0.0.1", "127.0.0.1"],
    ["::ffff:127.0.0.1", "127.0.0.1"],
    ["::1", "0:0:0:0::/64"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::", "2001:db8:1:2::/64"],
    ["2001:db8:1::2", "2001:db8:1:0::/64"],
    ["2001:db8::2:0:0:0:1", "2001:db8:0:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::2", "0:0:0:0::/64"],
    ["::ffff:0:1", "0:0:0:0::/64"],
  ];
  for (const [host, key] of table) {
    test(`counts ${host} under ${key}`, () => expect(limitKeyOf(host)).toBe(key));
  }
});

describe("isLoopback", () => {
  test.each(["127.0.0.1", "127.200.0.9", "::ffff:127.0.0.1", "::1"])("%s is this machine", (host) =>
    expect(isLoopback(host)).toBe(true),
  );
  test.each(["128.0.0.1", "192.0.2.127", "::2", "::ffff:192.0.2.1", "::1:1"])("%s is not", (host) =>
    expect(isLoopback(host)).toBe(false),
  );
});
