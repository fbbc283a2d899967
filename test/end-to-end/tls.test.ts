import { describe, expect, jest, mock, spyOn, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { connect, type SecureVersion, type TLSSocket } from "node:tls";
import { tmpdir } from "node:os";
import { Arrival, ARRIVAL_TIMEOUT_MS } from "../../lib/listeners/arrival.ts";
import { startChatServer, type ChatEvent } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { stopClock, turnOver, until } from "../helpers/clock.ts";
import { certificate, TLS } from "../helpers/ways-in.ts";

const PROMPT = "Enter your name: ";
const SENTENCE = "This port speaks TLS: ncat --ssl HOST PORT\n";

/** The first bytes of a handshake, which promise 512 more. */
const HALF_A_HELLO = Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3);

stopClock();

/** A server that speaks TLS, and on another port plain text. */
function start(options: object = {}) {
  let logged = "";
  const events: ChatEvent[] = [];
  const server = startChatServer({
    ...TLS,
    log: (text) => (logged += text),
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { server, target: { tls: server.port }, events, log: () => logged };
}

/** Resolves when the prompt has come. Rejects if the handshake fails. */
function shakeHands(port: number, version?: SecureVersion): Promise<TLSSocket> {
  const limits = version ? { minVersion: version, maxVersion: version } : {};
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...limits });
    socket.once("data", () => resolve(socket)).once("error", reject);
  });
}

describe("a port that speaks TLS", () => {
  test.each(["TLSv1.2", "TLSv1.3"] as const)("takes %s", async (version) => {
    await using server = start().server;
    const socket = await shakeHands(server.port, version);
    expect(socket.getProtocol()).toBe(version);
    socket.destroy();
  });

  test("takes nothing older", async () => {
    await using server = start().server;
    await expect(shakeHands(server.port, "TLSv1.1")).rejects.toThrow();
  });

  test.each(["Alice\n", "GET / HTTP/1.1\r\n\r\n", "\n"])(
    "says so to who sends %j",
    async (text) => {
      const { server, log } = start();
      using client = await ChatClient.connect(server.port);
      client.send(text);
      await client.expectLast(SENTENCE);
      await server.stop();
      expect(log()).toBe(`refused ${client.address}: no TLS\n`);
    },
  );

  test("says so to who waits for the server to begin", async () => {
    const { server, log } = start();
    using client = await ChatClient.connect(server.port);
    await until(() => server.clients === 1);
    jest.advanceTimersByTime(ARRIVAL_TIMEOUT_MS - 1);
    expect(server.clients).toBe(1);
    jest.advanceTimersByTime(1);
    await client.expectLast(SENTENCE);
    expect(server.clients).toBe(0);
    await server.stop();
    expect(log()).toBe(`refused ${client.address}: no TLS\n`);
  });

  test("says nothing of who connects and closes", async () => {
    const { server, log, events } = start();
    using client = await ChatClient.connect(server.port);
    await until(() => server.clients === 1);
    client.halfClose();
    await client.expectLast("");
    await until(() => server.clients === 0);
    await server.stop();
    expect([log(), events]).toEqual(["", []]);
  });

  test("counts and ends a handshake that is not finished, which delays nobody", async () => {
    const { server, target, log } = start();
    using half = await ChatClient.connect(server.port);
    half.send(HALF_A_HELLO);
    await until(() => server.clients === 1);
    using alice = await ChatClient.join(target, "Alice");
    using bob = await ChatClient.join(target, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    bob.send("hi\n");
    await alice.expect("Bob: hi\n");
    expect(server.clients).toBe(3);
    jest.advanceTimersByTime(ARRIVAL_TIMEOUT_MS);
    expect(server.clients).toBe(2);
    await half.expectLast("");
    await server.stop();
    expect(log()).toContain(`refused ${half.address}: TLS handshake failed\n`);
  });

  test.each([
    ["with garbage", (client: ChatClient) => client.send("\x16garbage, garbage")],
    ["with a half-close", (client: ChatClient) => client.send(HALF_A_HELLO).halfClose()],
    ["with a reset", (client: ChatClient) => client.send(HALF_A_HELLO).reset()],
  ])("forgets a handshake that fails %s", async (_, fail) => {
    const { server, log } = start();
    using client = await ChatClient.connect(server.port);
    await until(() => server.clients === 1);
    fail(client);
    await until(() => server.clients === 0);
    await server.stop();
    expect(log()).not.toContain("internal error");
  });

  test("takes a handshake that comes byte by byte", async () => {
    await using server = start().server;
    using relay = Bun.listen<{ up?: Bun.Socket }>({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        async open(socket) {
          socket.data = {};
          socket.data.up = await Bun.connect({
            hostname: "127.0.0.1",
            port: server.port,
            socket: { data: (_, bytes) => void socket.write(bytes), drain() {} },
          });
        },
        async data(socket, bytes) {
          const up = await until(() => socket.data.up);
          for (const byte of bytes) {
            up.write(Uint8Array.of(byte));
            await turnOver();
          }
        },
        drain() {},
      },
    });
    using alice = await ChatClient.connect({ tls: relay.port });
    await alice.expect(PROMPT);
  });

  test("ends one connection whose bytes are no TLS any more, and no other", async () => {
    const { server, target, log } = start();
    using alice = await ChatClient.join(target, "Alice");
    const raw = net.connect(server.port, "127.0.0.1");
    const inner = connect({ socket: raw, rejectUnauthorized: false }).on("error", () => {});
    await new Promise((resolve) => inner.once("data", resolve));
    raw.write("this is no record of TLS");
    await until(() => server.clients === 1);
    alice.send("still here\n");
    await until(() => log().includes("Alice: still here\n"));
    await server.stop();
    expect(log()).not.toContain("internal error");
  });

  test("tells in words who is too many", async () => {
    const { server, target } = start({ maxClients: 1 });
    using alice = await ChatClient.join(target, "Alice");
    await alice.expect("");
    using bob = await ChatClient.connect(target);
    await bob.expectLast("The server is full; try again later.\n");
    using half = await ChatClient.connect(server.port);
    half.send(HALF_A_HELLO);
    const many = await Promise.all(
      Array.from({ length: 20 }, () => ChatClient.connect(server.port)),
    );
    for (const client of many) client.send(HALF_A_HELLO);
    // The first of them may still come to read why. The others are closed at once.
    await many.at(-1)?.expectLast("");
    expect(server.clients).toBe(1);
    await server.stop();
  });

  test("survives an error of ours in a handshake", async () => {
    const { server, target, events } = start();
    using alice = await ChatClient.join(target, "Alice");
    await until(() => server.members.length === 1);
    const error = new Error("a bug of ours");
    spyOn(Arrival.prototype, "received").mockImplementationOnce(() => {
      throw error;
    });
    using bob = await ChatClient.connect(server.port);
    bob.send(HALF_A_HELLO);
    await bob.expectLast("");
    mock.restore();
    expect(events.at(-1)).toEqual({ type: "failed", client: "the door", error });
    using _carol = await ChatClient.join(target, "Carol");
    await alice.expect("*** Carol has joined the chat ***\n");
    expect(server.clients).toBe(2);
    await server.stop();
  });

  test("does not wait at its end for a handshake", async () => {
    const { server } = start();
    using half = await ChatClient.connect(server.port);
    half.send(HALF_A_HELLO);
    using silent = await ChatClient.connect(server.port);
    await until(() => server.clients === 2);
    await server.stop();
    expect(server.clients).toBe(0);
    for (const client of [half, silent]) await client.expectLast("");
  });
});

test("TLS on a port for plain text is named in the log", async () => {
  let logged = "";
  const server = startChatServer({ port: 0, log: (text) => (logged += text) });
  await expect(shakeHands(server.port)).rejects.toThrow();
  await server.stop();
  expect(logged).toMatch(/^refused 127\.0\.0\.1:\d+: TLS handshake\n$/);
});

describe("certificates of clients", () => {
  const demanding = { tlsClientCa: certificate("authority.pem") };
  const read = (name: string) => readFileSync(certificate(name), "utf8");
  const show = (name: string) => ({ cert: read(`${name}.pem`), key: read(`${name}.key`) });
  const NEEDED =
    "You need a certificate here: ncat --ssl --ssl-cert FILE --ssl-key FILE HOST PORT\n";

  test("let in who is signed; its fingerprint is in the event and the log", async () => {
    const { server, target, events, log } = start(demanding);
    using alice = await ChatClient.join({ ...target, options: show("alice") }, "Alice");
    await until(() => server.members.length === 1);
    const { fingerprint256 } = new X509Certificate(read("alice.pem"));
    const [connected] = events;
    expect(connected).toMatchObject({ type: "connected", certificate: fingerprint256 });
    await server.stop();
    expect(log()).toStartWith(
      `${alice.address} has the certificate ${fingerprint256}\nAlice (${alice.address}) has joined\n`,
    );
  });

  test.each([
    ["none", {}],
    ["one of somebody else's", show("renewed")],
  ])("tell who has %s what is needed", async (_, options) => {
    const { server, target, log } = start(demanding);
    using bob = await ChatClient.connect({ ...target, options });
    await bob.expectLast(NEEDED);
    await server.stop();
    expect(log()).toContain(`refused ${bob.address}: no client certificate\n`);
  });

  test("are not asked for without an authority", async () => {
    const { server, target, events } = start();
    using alice = await ChatClient.connect(target);
    await alice.expect(PROMPT);
    expect(events).toEqual([{ type: "connected", client: alice.address }]);
    await server.stop();
  });
});

describe("a certificate that is read again", () => {
  const fingerprint = (name: string) =>
    new X509Certificate(readFileSync(certificate(name))).fingerprint256;

  /** Files that can be replaced, as a program does that renews certificates. */
  function replaceable() {
    const folder = mkdtempSync(`${tmpdir()}/natter-tls-`);
    const files = { tlsCert: `${folder}/cert`, tlsKey: `${folder}/key` };
    const put = (name: string) => {
      copyFileSync(certificate(`${name}.pem`), files.tlsCert);
      copyFileSync(certificate(`${name}.key`), files.tlsKey);
    };
    put("server");
    return { files, put, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
  }

  test("serves the next connection, 50 times under load, and neither closes nor refuses one", async () => {
    using place = replaceable();
    const { server, target, log } = start({ ...place.files, joinRate: 0, lineRate: 0 });
    using alice = await ChatClient.join(target, "Alice");
    using bob = await ChatClient.join(target, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    for (let round = 0; round < 50; round++) {
      const name = round % 2 === 0 ? "renewed" : "server";
      // They are under way while the certificate changes.
      const before = [1, 2, 3].map(() => shakeHands(server.port));
      place.put(name);
      server.reload();
      for (const socket of await Promise.all(before)) socket.destroy();
      const socket = await shakeHands(server.port);
      expect(socket.getPeerCertificate().fingerprint256).toBe(fingerprint(`${name}.pem`));
      socket.destroy();
      bob.send(`line ${round}\n`);
      await alice.expect(`Bob: line ${round}\n`);
    }
    await server.stop();
    expect(log()).not.toContain("refused");
  });

  test("stays as it was if the new one cannot be used, and a sentence says why", async () => {
    using place = replaceable();
    const { server, events, log } = start(place.files);
    const { tlsCert, tlsKey } = place.files;
    const spoilings: [spoil: () => void, reason: string][] = [
      [() => writeFileSync(tlsCert, "nonsense"), `${tlsCert} has no certificate`],
      [() => writeFileSync(tlsCert, ""), `${tlsCert} has no certificate`],
      [() => writeFileSync(tlsKey, ""), `${tlsKey} has no private key without a passphrase`],
      [() => copyFileSync(certificate("renewed.key"), tlsKey), `${tlsKey} is not ${tlsCert}'s key`],
      [() => rmSync(tlsKey), `ENOENT: no such file or directory, open '${tlsKey}'`],
    ];
    for (const [spoil, reason] of spoilings) {
      place.put("server");
      spoil();
      server.reload();
      expect(events.at(-1)).toEqual({ type: "certificate unreadable", reason });
    }
    const socket = await shakeHands(server.port);
    expect(socket.getPeerCertificate().fingerprint256).toBe(fingerprint("server.pem"));
    socket.destroy();
    await server.stop();
    const said = spoilings.map(
      ([, reason]) => `*** The certificate stays as it was: ${reason} ***\n`,
    );
    expect(log()).toBe(said.join(""));
  });
});

test("a server whose files cannot be used does not start", () => {
  const attempt = (files: object) => () => startChatServer({ ...TLS, ...files });
  const unusable = (message: string) =>
    expect.objectContaining({ code: "ERR_CERTIFICATE", message: expect.stringContaining(message) });
  const key = certificate("renewed.key");
  expect(attempt({ tlsKey: key })).toThrow(unusable(`${key} is not `));
  expect(attempt({ tlsClientCa: key })).toThrow(unusable(`${key} has no certificate`));
  expect(attempt({ tlsCert: "/none" })).toThrow(unusable("ENOENT"));
});
