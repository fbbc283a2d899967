/**
 * One HTTP request and its answer. A connection has a deadline and sends so much at most, so that nobody keeps one.
 */
import { readRequest, type HttpRequest } from "./http-request.ts";
import type { Timer } from "../limits/timers.ts";

/** How long a connection may take, in milliseconds. */
const DEADLINE_MS = 5_000;

/** How much a client may send, in bytes. What follows after the head is discarded. */
const RECEIVED_BYTES_MAX = 65_536;

export interface HttpAnswer {
  readonly status: 200 | 404 | 429 | 503;
  readonly type: string;
  readonly body: string;
}

const REASONS = {
  200: "OK",
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  503: "Service Unavailable",
} as const;

const WRONG = {
  400: "This is no HTTP request.\n",
  405: "Only GET and HEAD are answered.\n",
  431: "The request is too long.\n",
} as const;

type Socket = Bun.Socket<HttpConnection>;

export class HttpConnection {
  readonly #socket: Socket;
  readonly #answer: (path: string) => HttpAnswer;
  readonly #deadline: Timer;
  #phase: "reading" | "answering" | "over" = "reading";
  #head = "";
  #receivedBytes = 0;
  #unsent: Uint8Array = Buffer.alloc(0);

  constructor(socket: Socket, answer: (path: string) => HttpAnswer) {
    this.#socket = socket;
    this.#answer = answer;
    this.#deadline = setTimeout(() => this.terminate(), DEADLINE_MS);
  }

  received(bytes: Buffer): void {
    this.#receivedBytes += bytes.length;
    if (this.#receivedBytes > RECEIVED_BYTES_MAX) return this.terminate();
    if (this.#phase !== "reading") return;
    this.#head += bytes.toString("latin1");
    const request = readRequest(this.#head);
    if (request === undefined) return;
    this.#phase = "answering";
    this.#unsent = this.#respond(request);
    this.write();
  }

  /** Writes what the socket takes, and shuts down when that was all. The client closes then. */
  write(): void {
    if (this.#phase !== "answering") return;
    const accepted = this.#socket.write(this.#unsent);
    if (accepted < 0) return this.terminate();
    this.#unsent = this.#unsent.subarray(accepted);
    if (this.#unsent.length > 0) return;
    this.#phase = "over";
    this.#socket.shutdown();
  }

  /** Nobody ends what it sends in the middle of a request. */
  ended(): void {
    if (this.#phase === "reading") this.terminate();
  }

  closed(): void {
    this.#phase = "over";
    clearTimeout(this.#deadline);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #respond(request: HttpRequest): Buffer {
    if ("wrong" in request) {
      const { wrong: status } = request;
      return response(status, "text/plain", WRONG[status], true);
    }
    const { status, type, body } = this.#answer(request.path);
    return response(status, type, body, request.method === "GET");
  }
}

function response(
  status: keyof typeof REASONS,
  type: string,
  body: string,
  hasBody: boolean,
): Buffer {
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 405 ? ["Allow: GET, HEAD"] : []),
    "Cache-Control: no-store",
    "X-Content-Type-Options: nosniff",
    "Connection: close",
  ].join("\r\n");
  return Buffer.from(`${head}\r\n\r\n${hasBody ? body : ""}`);
}
