import { describe, expect, test } from "bun:test";
import {
  HEAD_BYTES_MAX,
  readRequest,
  type HttpRequest,
} from "../../../lib/operator/http-request.ts";

const FIELDS = "Host: 127.0.0.1:9100\r\nAccept: text/plain";

const get = (path: string): HttpRequest => ({ method: "GET", path });

const TABLE: [text: string, request: HttpRequest][] = [
  [`GET /metrics HTTP/1.1\r\n${FIELDS}\r\n\r\n`, get("/metrics")],
  ["GET /metrics HTTP/1.0\r\n\r\n", get("/metrics")],
  ["GET /metrics HTTP/1.0\n\n", get("/metrics")],
  [`HEAD /healthz HTTP/1.1\r\n${FIELDS}\r\n\r\n`, { method: "HEAD", path: "/healthz" }],
  ["GET /metrics?debug=1 HTTP/1.1\r\n\r\n", get("/metrics")],
  ["GET http://127.0.0.1:9100/metrics HTTP/1.1\r\n\r\n", get("/metrics")],
  ["GET http://127.0.0.1:9100?x HTTP/1.1\r\n\r\n", get("")],
  ["GET /../etc/passwd HTTP/1.1\r\n\r\n", get("/../etc/passwd")],
  ["GET /%6detrics HTTP/1.1\r\n\r\n", get("/%6detrics")],
  ["POST /metrics HTTP/1.1\r\nContent-Length: 3\r\n\r\n", { wrong: 405 }],
  ["OPTIONS * HTTP/1.1\r\n\r\n", { wrong: 405 }],
  ["get /metrics HTTP/1.1\r\n\r\n", { wrong: 405 }],
  ["GET /metrics\r\n\r\n", { wrong: 400 }],
  ["GET  /metrics HTTP/1.1\r\n\r\n", { wrong: 400 }],
  ["GET /met rics HTTP/1.1\r\n\r\n", { wrong: 400 }],
  ["GET /metrics HTTP/2.0\r\n\r\n", { wrong: 400 }],
  ["\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n", { wrong: 400 }],
  ["GET /\x00 HTTP/1.1\r\n\r\n", { wrong: 400 }],
  ["Alice\r\n\r\n", { wrong: 400 }],
  ["\x16\x03\x01\x02\x00\x01\n\n", { wrong: 400 }],
];

describe("readRequest", () => {
  test.each(TABLE)("reads %j", (text, request) => {
    expect(readRequest(text)).toEqual(request);
    expect(readRequest(`${text}trailing`)).toEqual(request);
  });

  test("waits for the end of the head, wherever it is cut", () => {
    const [[text, request]] = TABLE as [[string, HttpRequest]];
    for (let length = 0; length < text.length - 2; length++) {
      expect(readRequest(text.slice(0, length))).toBeUndefined();
    }
    expect(readRequest(text)).toEqual(request);
  });

  test("takes a head up to the limit, and none that is longer", () => {
    const head = (length: number) => `GET / HTTP/1.1\r\nX: ${"x".repeat(length - 23)}\r\n\r\n`;
    expect(head(HEAD_BYTES_MAX).length).toBe(HEAD_BYTES_MAX);
    expect(readRequest(head(HEAD_BYTES_MAX))).toEqual(get("/"));
    expect(readRequest(head(HEAD_BYTES_MAX + 1))).toEqual({ wrong: 431 });
    expect(readRequest("x".repeat(HEAD_BYTES_MAX - 1))).toBeUndefined();
    expect(readRequest("x".repeat(HEAD_BYTES_MAX))).toEqual({ wrong: 431 });
  });

  test("takes no longer for a head that never ends", () => {
    const text = `GET / HTTP/1.1\r\n${"\r".repeat(2_000_000)}`;
    const startedMs = performance.now();
    expect(readRequest(text)).toEqual({ wrong: 431 });
    expect(performance.now() - startedMs).toBeLessThan(500);
  });
});
