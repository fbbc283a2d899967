/**
 * The head of an HTTP request, as far as `/metrics` and `/healthz` need it: what is asked for, and of which page.
 * The fields after the first line mean nothing here. Each connection has one request, and a body is not read. So
 * nothing depends on where a request ends (RFC 9112).
 */

/** The longest head, in bytes. Prometheus sends some 300. */
export const HEAD_BYTES_MAX = 8_192;

/** What a client has asked for, or what is wrong with that, as an HTTP status. */
export type HttpRequest =
  { readonly method: "GET" | "HEAD"; readonly path: string } | { readonly wrong: 400 | 405 | 431 };

const HEAD_END = /\r?\n\r?\n/;
const FIRST_LINE = /^([!-~]+) ([!-~]+) HTTP\/1\.[01]\r?\n/;

/** Reads the head of a request, one character a byte. Undefined if its end has not arrived. */
export function readRequest(received: string): HttpRequest | undefined {
  const head = received.slice(0, HEAD_BYTES_MAX);
  if (!HEAD_END.test(head)) {
    return received.length >= HEAD_BYTES_MAX ? { wrong: 431 } : undefined;
  }
  const [, method, target = ""] = FIRST_LINE.exec(head) ?? [];
  if (method === undefined) return { wrong: 400 };
  if (method !== "GET" && method !== "HEAD") return { wrong: 405 };
  // A proxy may be asked for the whole URL. What follows after ? says nothing here.
  const path = target.replace(/^https?:\/\/[^/?]*/i, "").replace(/\?.*/, "");
  return { method, path };
}
