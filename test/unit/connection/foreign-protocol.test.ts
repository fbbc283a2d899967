import { describe, expect, test } from "bun:test";
import {
  ProtocolDetector,
  type ForeignProtocol,
} from "../../../lib/connection/foreign-protocol.ts";
import { stopClock, turnOver } from "../../helpers/clock.ts";
import { cuts } from "../../helpers/cuts.ts";
import { PROMPT, stage } from "../../helpers/stage.ts";

/** What is detected first, however often more arrives. */
function detect(packets: Iterable<Uint8Array>): ForeignProtocol | undefined {
  const detector = new ProtocolDetector();
  for (const packet of packets) {
    const protocol = detector.push(packet);
    if (protocol !== undefined) return protocol;
  }
  return undefined;
}

describe("ProtocolDetector", () => {
  const table: [what: string, input: string, protocol: ForeignProtocol | undefined][] = [
    [
      "a ClientHello of TLS 1.0 to 1.3",
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
      "TLS handshake",
    ],
    ["one of TLS 1.2 that says so", "\x16\x03\x03\x00\xa5\x01", "TLS handshake"],
    ["one with a length that looks like LF", "\x16\x03\x01\n\n\x01", "TLS handshake"],
    ["a request for a page", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP request"],
    ["one of HTTP 0.9", "GET /index.html\n", "HTTP request"],
    ["one for a long page", `GET /${"x".repeat(1_000)}`, "HTTP request"],
    ["a form", "POST /form HTTP/1.1\r\n\r\nBob\nhi\n", "HTTP request"],
    ["what a browser asks first", "OPTIONS /x HTTP/1.1\r\n", "HTTP request"],
    ["a question about the server", "OPTIONS * HTTP/1.1\r\n", "HTTP request"],
    ["a request to a proxy", "GET http://example.org/ HTTP/1.1\r\n", "HTTP request"],
    ["a request for a tunnel", "CONNECT example.org:443 HTTP/1.1\r\n", "HTTP request"],
    ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP request"],
    ["ssh", "SSH-2.0-OpenSSH_9.9\r\n", "SSH client"],
    ["a name", "Bob\nGET / HTTP/1.1\n", undefined],
    ["a name that begins like a method", "GETaway\n", undefined],
    ["a name that is a method", "GET\n/ HTTP/1.1\n", undefined],
    ["words that begin with a method", "GET your coat\n", undefined],
    ["CONNECT without a port", "CONNECT me\n", undefined],
    ["a name that begins like ssh", "SSH-fan\n", undefined],
    ["a control character", "\x16\x04\x01\n", undefined],
    ["any method", "PROPFIND /x HTTP/1.1\r\n", "HTTP request"],
    ["one after empty lines", "\r\n\n\r\nGET / HTTP/1.1\r\n", "HTTP request"],
    ["a name after empty lines", "\r\n\nBob\nGET / HTTP/1.1\n", undefined],
    ["anything after many empty lines", `${"\n".repeat(64)}GET / HTTP/1.1\n`, undefined],
    ["words with a slash", "hello /help\n", undefined],
    ["anything after more than the first bytes", `${"x".repeat(64)}\x16\x03\x01`, undefined],
  ];
  for (const [what, input, protocol] of table) {
    test(`${what}: ${protocol ?? "none of them"}, however it is cut`, () => {
      for (const packets of cuts(Buffer.from(input, "latin1"))) {
        expect(detect(packets)).toBe(protocol as ForeignProtocol);
      }
    });
  }
});

describe("a program that takes this for another server", () => {
  stopClock({ leavesNoTimer: true });

  test("is told so in one sentence or not at all, is closed, and leaves no trace but in the log", async () => {
    const cases: [input: string, sentence: string, logged: string][] = [
      ["\x16\x03\x01\x02\0\x01\0\nBob\nhi\n", "", "TLS handshake"],
      [
        "POST / HTTP/1.1\r\nHost: x\r\n\r\nBob\nhi\n",
        "This is a chat server, not a web server; connect with nc or telnet.\n",
        "HTTP request",
      ],
      [
        "SSH-2.0-OpenSSH_9.9\r\n",
        "This is a chat server, not an SSH server; connect with nc or telnet.\n",
        "SSH client",
      ],
    ];
    for (const [input, sentence, logged] of cases) {
      const { connect, log } = stage();
      const [alice, program] = [connect(), connect()];
      alice.send("Alice\n");
      program.send(input);
      program.send("Bob\nhi\n");
      await turnOver();
      expect(program.transport.sent).toBe(PROMPT + sentence);
      expect(program.transport.calls).toEqual(["shutdown"]);
      expect(alice.transport.sent).toBe(PROMPT);
      expect(log()).toBe(`Alice (test) has joined\nrefused test: ${logged}\n`);
      for (const { connection } of [alice, program]) connection.closed(undefined);
    }
  });

  test("but in the chat anybody may speak HTTP", async () => {
    const { join } = stage();
    const [alice, bob] = [join("Alice"), join("Bob")];
    bob.send("GET / HTTP/1.1\n");
    await turnOver();
    expect(alice.transport.sent).toEndWith("Bob: GET / HTTP/1.1\n");
    for (const { connection } of [alice, bob]) connection.closed(undefined);
  });
});
