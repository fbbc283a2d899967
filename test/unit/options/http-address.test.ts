import { describe, expect, test } from "bun:test";
import { parseHttpAddress, type HttpAddress } from "../../../lib/options/http-address.ts";
import { resolveOptions } from "../../../lib/options/settings.ts";

const TABLE: [text: string, address: HttpAddress | undefined][] = [
  ["127.0.0.1:9100", { hostname: "127.0.0.1", port: 9100 }],
  ["0.0.0.0:0", { hostname: "0.0.0.0", port: 0 }],
  ["localhost:9100", { hostname: "localhost", port: 9100 }],
  ["[::1]:9100", { hostname: "::1", port: 9100 }],
  ["9100", { hostname: "127.0.0.1", port: 9100 }],
  [":9100", { hostname: "127.0.0.1", port: 9100 }],
  ["/run/natter/http.sock", { path: "/run/natter/http.sock" }],
  ["./http.sock", { path: "./http.sock" }],
  [`/${"x".repeat(95)}`, { path: `/${"x".repeat(95)}` }],
  [`/${"x".repeat(96)}`, undefined],
  ["127.0.0.1:65536", undefined],
  ["127.0.0.1", undefined],
  ["::1:9100", undefined],
  ["[::1]", undefined],
  ["http.sock", undefined],
  ["a b:9100", undefined],
  ["127.0.0.1:-1", undefined],
  ["", undefined],
];

describe("parseHttpAddress", () => {
  test.each(TABLE)("reads %j", (text, address) => {
    expect(parseHttpAddress(text)).toEqual(address);
  });

  test("is asked for the option, which quotes what is wrong", () => {
    expect(() => resolveOptions({ http: "nine" })).toThrow(
      new RangeError(
        'http is "nine"; it must be an address and port such as 127.0.0.1:9100, or the path of a unix socket with a slash (--http).',
      ),
    );
    expect(resolveOptions({ http: "" }).http).toBe("");
  });
});
