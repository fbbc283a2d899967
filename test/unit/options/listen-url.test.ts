import { describe, expect, test } from "bun:test";
import { endpointsOf, readListenUrl, type Place } from "../../../lib/options/listen-url.ts";
import { resolveOptions } from "../../../lib/options/settings.ts";

describe("a URL to listen at", () => {
  const right: [url: string, place: Place][] = [
    ["tcp://127.0.0.1:8888", { kind: "tcp", hostname: "127.0.0.1", port: 8888 }],
    ["tcp://[::1]:80/", { kind: "tcp", hostname: "::1", port: 80 }],
    ["tcp://localhost:0", { kind: "tcp", hostname: "localhost", port: 0 }],
    ["unix:///run/a.sock", { kind: "unix", path: "/run/a.sock", mode: undefined }],
    ["unix:///run/a%20b?mode=660", { kind: "unix", path: "/run/a b", mode: 0o660 }],
    ["fd://3", { kind: "inherited", descriptor: 3 }],
    ["fd://12?tls", { kind: "inherited", descriptor: 12 }],
    ["unix:///run/%C3%A9", { kind: "unix", path: "/run/é", mode: undefined }],
  ];
  test.each(right)("%p", (url, place) => {
    expect(readListenUrl(url)).toMatchObject({ url, place });
  });

  test("of TLS is one of TCP", () => {
    const place: Place = { kind: "tcp", hostname: "::", port: 6697 };
    const tls = { place, isTls: true, proxies: [] };
    expect(readListenUrl("tls://[::]:6697")).toMatchObject(tls);
    expect(readListenUrl("tcp://[::]:6697")).toMatchObject({ ...tls, isTls: false });
  });

  test("says how the line editor is there from the beginning", () => {
    const place: Place = { kind: "tcp", hostname: "h", port: 1 };
    expect(readListenUrl("telnet://h:1")).toMatchObject({ place, isTls: false, editor: "telnet" });
    expect(readListenUrl("tcp://h:1?editor=telnet")).toMatchObject({ place, editor: "telnet" });
    for (const kind of ["tcp://h:1", "tls://h:1", "unix:///x", "fd://3"]) {
      expect(readListenUrl(`${kind}?editor=raw`)).toMatchObject({ editor: "raw" });
      expect(readListenUrl(kind).editor).toBeUndefined();
    }
  });

  test("names proxies", () => {
    const proxies = ["10.0.0.0/8", "127.0.0.1", "fd00::/8", "::1", "unix"];
    for (const kind of ["tcp://h:1", "tls://h:1", "unix:///x"]) {
      expect(readListenUrl(`${kind}?proxy=${proxies.join(",")}`)).toMatchObject({ proxies });
    }
  });

  const such = "it takes a URL such as ";
  const wrong: [url: string, reason: string][] = [
    ["", such],
    ["8888", such],
    ["127.0.0.1:8888", such],
    ["http://127.0.0.1:8888", such],
    ["__proto__://x", such],
    ["tcp://:80", such],
    ["tcp://127.0.0.1:65536", such],
    ["tcp://127.0.0.1", "it takes a host and a port"],
    ["tcp://127.0.0.1:1/x", "it takes no path"],
    ["tcp://me@127.0.0.1:1", "it takes no user"],
    ["tcp://127.0.0.1:1#x", "it takes no user"],
    ["tcp://a%zz:1", "it has a wrong % or a control character"],
    ["tcp://a%00:1", "it has a wrong % or a control character"],
    ["tcp://127.0.0.1:1?mode=660", "there is no mode= of tcp, but proxy="],
    ["unix://run/x.sock", "it takes a whole path behind three slashes"],
    ["unix:///", "it takes a whole path"],
    ["unix:///run/", "it takes a whole path"],
    [`unix:///${"x".repeat(96)}`, "the path of a socket has at most 96 bytes"],
    ["fd://2", "it takes the number of a socket that was opened for it: fd://3"],
    ["fd://x", "it takes the number"],
    ["fd://3/x", "it takes the number"],
    ["fd://3?tls=1", "?tls has no value"],
    ["tcp://h:1?tls", "there is no tls= of tcp"],
    ["tcp://h:1?editor=vi", "editor= takes telnet or raw"],
    ["telnet://h:1?editor=raw", "there is no editor= of telnet"],
    ["unix:///x?mode=9", "mode= takes three octal digits"],
    ["unix:///x?mode=660&mode=600", "mode= may be given once"],
    ["unix:///x?colour=red", "there is no colour= of unix, but mode=, proxy="],
    ...[
      "",
      "10.0.0.0/33",
      "::/129",
      "10.0.0.0/8/8",
      "10.0.0/8",
      "fe80::1%25eth0",
      "host",
      "1.2.3.4/",
    ].map((proxy): [string, string] => [`tcp://h:1?proxy=127.0.0.1,${proxy}`, "proxy= has "]),
  ];
  test.each(wrong)("%p is refused in a sentence: %s", (url, reason) => {
    const sentence = `listen (--listen) has ${JSON.stringify(url)}; ${reason}`;
    expect(() => readListenUrl(url)).toThrow(sentence);
    expect(() => readListenUrl(url)).toThrow(RangeError);
  });
});

describe("where a server listens", () => {
  const settings = { hostname: "127.0.0.1", port: 8888, listen: [] };
  const unix = ["unix:///x"];
  const kinds = (listen: readonly string[], given: object) =>
    endpointsOf({ ...settings, listen }, given).map(({ place }) => place.kind);

  test("is the default place, or those that are given, or both where one of its parts is", () => {
    expect(kinds([], {})).toEqual(["tcp"]);
    expect(kinds(unix, {})).toEqual(["unix"]);
    expect(kinds(unix, { port: 0 })).toEqual(["tcp", "unix"]);
    expect(kinds(unix, { hostname: "::1" })).toEqual(["tcp", "unix"]);
  });
});

describe("TLS", () => {
  const listen = ["tls://h:1"];
  const files = { tlsCert: "c", tlsKey: "k" };

  test("needs a certificate and its key", () => {
    const needed = "has tls://h:1; that needs tlsCert and tlsKey (--tls-cert, --tls-key).";
    for (const given of [{}, { tlsCert: "c" }, { tlsKey: "k" }]) {
      expect(() => resolveOptions({ listen, ...given })).toThrow(needed);
    }
    expect(resolveOptions({ listen, ...files })).toMatchObject(files);
  });

  test("is not meant by files alone", () => {
    for (const given of [files, { tlsClientCa: "a" }]) {
      expect(() => resolveOptions({ listen: ["tcp://h:1"], ...given })).toThrow(
        "is given, but nothing listens with TLS; add --listen tls://HOST:PORT.",
      );
    }
  });
});
