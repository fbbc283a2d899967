import { describe, expect, jest, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import type { ChatEvent } from "../../lib/events.ts";
import { startChatServer, type ChatServer } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { stopClock, until } from "../helpers/clock.ts";
import { Program } from "../helpers/program.ts";

stopClock();

function serve(options: Parameters<typeof startChatServer>[0] = {}) {
  return startChatServer({ port: 0, http: "127.0.0.1:0", ...options });
}

const connect = (server: ChatServer) =>
  ChatClient.connect(Number(server.httpAddress?.split(":").at(-1)), "127.0.0.1", false);

/** All that is answered to `text`. */
async function ask(server: ChatServer, text: string | Uint8Array): Promise<string> {
  const client = await connect(server);
  return await client.send(text).rest();
}

const HEALTHY = `HTTP/1.1 200 OK\r
Content-Type: text/plain; charset=utf-8\r
Content-Length: 3\r
Cache-Control: no-store\r
X-Content-Type-Options: nosniff\r
Connection: close\r
\r
`;

const GET = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

describe("--http", () => {
  test("answers GET with a page, and HEAD with all of it but the page", async () => {
    await using server = serve();
    expect(await ask(server, GET)).toBe(`${HEALTHY}ok\n`);
    expect(await ask(server, GET.replace("GET", "HEAD"))).toBe(HEALTHY);
    const metrics = await ask(server, "GET /metrics HTTP/1.0\r\n\r\n");
    expect(metrics).toStartWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4;");
    const [head = "", page = ""] = metrics.split("\r\n\r\n");
    expect(head).toContain(`\r\nContent-Length: ${Buffer.byteLength(page)}\r\n`);
  });

  const refusals: [what: string, request: string, status: string, sentence: string][] = [
    [
      "the root",
      "GET / HTTP/1.1\r\n\r\n",
      "404 Not Found",
      "Only /metrics and /healthz are here.\n",
    ],
    [
      "a page that is nearly one",
      "GET /metrics/ HTTP/1.1\r\n\r\n",
      "404 Not Found",
      "Only /metrics and /healthz are here.\n",
    ],
    [
      "a command of the chat",
      "GET /who HTTP/1.1\r\n\r\n",
      "404 Not Found",
      "Only /metrics and /healthz are here.\n",
    ],
    [
      "another method",
      "POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nAlice",
      "405 Method Not Allowed",
      "Only GET and HEAD are answered.\n",
    ],
    ["what is no HTTP", "Alice\nhello\n\n", "400 Bad Request", "This is no HTTP request.\n"],
    [
      "a long head",
      `GET /metrics HTTP/1.1\r\nX: ${"x".repeat(9_000)}\r\n\r\n`,
      "431 Request Header Fields Too Large",
      "The request is too long.\n",
    ],
  ];
  test.each(refusals)("refuses %s in a sentence", async (_what, request, status, sentence) => {
    await using server = serve();
    const answer = await ask(server, request);
    expect(answer).toStartWith(`HTTP/1.1 ${status}\r\n`);
    expect(answer).toEndWith(`\r\n\r\n${sentence}`);
    expect(await ask(server, GET)).toEndWith("ok\n");
  });

  test("understands a request that arrives byte by byte", async () => {
    await using server = serve();
    const client = await connect(server);
    for (const character of GET) {
      client.send(character);
      await client.sent();
    }
    expect(await client.rest()).toBe(`${HEALTHY}ok\n`);
  });

  test("answers one request of a connection, and not what follows it", async () => {
    await using server = serve();
    expect(await ask(server, GET.repeat(50))).toBe(`${HEALTHY}ok\n`);
  });

  test("answers somebody who has ended its own side, and not half a request", async () => {
    await using server = serve();
    const whole = await connect(server);
    whole.send(GET).halfClose();
    expect(await whole.rest()).toBe(`${HEALTHY}ok\n`);
    const half = await connect(server);
    half.send("GET /healthz HT").halfClose();
    expect(await half.rest()).toBe("");
  });

  test("cuts off who goes on sending", async () => {
    await using server = serve();
    const client = await connect(server);
    client.lingers = true;
    client.send(GET).send(Buffer.alloc(1_000_000, "x"));
    await until(() => client.isClosed);
    expect(await ask(server, GET)).toEndWith("ok\n");
  });

  test("cuts off who says nothing, and who does not close, after five seconds", async () => {
    await using server = serve();
    const [silent, lingering] = [await connect(server), await connect(server)];
    lingering.lingers = true;
    expect(await lingering.send(GET).rest()).toBe(`${HEALTHY}ok\n`);
    expect(await ask(server, GET)).toEndWith("ok\n");
    jest.advanceTimersByTime(4_999);
    expect([silent.isClosed, lingering.isClosed]).toEqual([false, false]);
    jest.advanceTimersByTime(1);
    await until(() => silent.isClosed && lingering.isClosed);
  });

  test("has four connections at most, and ends the oldest for a new one", async () => {
    await using server = serve();
    const silent: ChatClient[] = [];
    for (let count = 0; count < 4; count++) silent.push(await connect(server));
    expect(await ask(server, GET)).toEndWith("ok\n");
    await until(() => silent[0]?.isClosed);
    expect(silent.map(({ isClosed }) => isClosed)).toEqual([true, false, false, false]);
    for (let count = 0; count < 100; count++) silent.push(await connect(server));
    expect(await ask(server, GET)).toEndWith("ok\n");
    await until(() => silent.filter(({ isClosed }) => !isClosed).length <= 4);
  });

  test("reads all metrics twenty times at once, and then ten times a second", async () => {
    await using server = serve();
    const metrics = "GET /metrics HTTP/1.1\r\n\r\n";
    for (let count = 0; count < 20; count++) {
      expect(await ask(server, metrics)).toStartWith("HTTP/1.1 200");
    }
    const refused = await ask(server, metrics);
    expect(refused).toStartWith("HTTP/1.1 429 Too Many Requests\r\n");
    expect(refused).toEndWith("\r\n\r\nAsked for too often; try again in a second.\n");
    expect(await ask(server, GET)).toEndWith("ok\n");
    jest.advanceTimersByTime(100);
    expect(await ask(server, metrics)).toStartWith("HTTP/1.1 200");
  });

  test("ends one connection, and tells of it, where code throws that makes a page", async () => {
    const events: ChatEvent[] = [];
    const error = new Error("a bug");
    let isBroken = true;
    const logState = () => {
      if (isBroken) throw error;
      return { waitingLines: 0, lostLines: 0, isFailing: false };
    };
    await using server = serve({ logState, onEvent: (event) => void events.push(event) });
    expect(await ask(server, GET)).toBe("");
    expect(events).toEqual([{ type: "failed", client: "the door", error }]);
    isBroken = false;
    expect(await ask(server, GET)).toEndWith("ok\n");
  });

  test("lets nobody into the chat, and tells nobody what is said there", async () => {
    await using server = serve();
    using alice = await ChatClient.join(server.port, "Alice");
    await ask(server, "Mallory\n/who\nhello\n\n");
    await ask(server, GET);
    using bob = await ChatClient.join(server.port, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    expect(server.members).toEqual(["Alice", "Bob"]);
    expect(bob.address).not.toBe("");
  });

  test("serves on a unix socket, which only its own group may use, and removes it", async () => {
    const folder = mkdtempSync(`${tmpdir()}/natter-`);
    const path = `${folder}/http.sock`;
    const server = serve({ http: path });
    expect(server.httpAddress).toBe(path);
    expect(statSync(path).mode & 0o777).toBe(0o660);
    const response = await fetch("http://localhost/healthz", { unix: path });
    expect([response.status, await response.text()]).toEqual([200, "ok\n"]);
    expect(() => serve({ http: path })).toThrow(`${path} is in use`);
    expect(() => serve({ http: `${folder}/none/http.sock` })).toThrow();
    await server.stop();
    expect(() => statSync(path)).toThrow();
    rmSync(folder, { recursive: true });
  });

  test("replaces the unix socket of a server that was killed, but no other file", async () => {
    const folder = mkdtempSync(`${tmpdir()}/natter-`);
    const path = `${folder}/http.sock`;
    await using killed = Program.natter("--port", "0", "--http", path);
    await killed.stdout.until(/^Metrics and health on .*\n/m);
    killed.signal("SIGKILL");
    await killed.exited;
    expect(existsSync(path)).toBe(true);
    const server = serve({ http: path });
    const response = await fetch("http://localhost/healthz", { unix: path });
    expect(response.status).toBe(200);
    await server.stop();
    writeFileSync(path, "");
    expect(() => serve({ http: path })).toThrow(`${path} is not a socket`);
    rmSync(folder, { recursive: true });
  });

  test("takes no port for the chat if its own is in use", async () => {
    await using server = serve();
    let error: unknown;
    try {
      serve({ http: server.httpAddress as string });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: "EADDRINUSE", option: "http" });
  });

  test("is off by default", async () => {
    await using server = startChatServer({ port: 0 });
    expect(server.httpAddress).toBeUndefined();
  });
});
