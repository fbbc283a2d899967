import { describe, expect, jest, test } from "bun:test";
import { networkInterfaces } from "node:os";
import { ARRIVAL_TIMEOUT_MS } from "../../lib/listeners/arrival.ts";
import { startChatServer } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { cuts } from "../helpers/cuts.ts";
import { stopClock, turnOver, until } from "../helpers/clock.ts";
import { binaryHeader, FOUR } from "../helpers/proxy-header.ts";
import { TLS, unixPath } from "../helpers/ways-in.ts";

const PROMPT = "Enter your name: ";
const LOCAL = binaryHeader(0x20, 0x00, Buffer.alloc(0));

/** A line that a proxy sends for a client at this address. */
const header = (host: string, port = 4660) => `PROXY TCP4 ${host} 192.0.2.1 ${port} 8888\r\n`;

stopClock();

/** A server behind proxies on this machine. */
function start(options: object = {}) {
  let logged = "";
  const server = startChatServer({
    listen: ["tcp://127.0.0.1:0?proxy=127.0.0.0/8"],
    log: (text) => (logged += text),
    ...options,
  });
  const connect = async (bytes: string | Uint8Array) =>
    (await ChatClient.connect(server.port)).send(bytes);
  return { server, connect, log: () => logged };
}

describe("behind a proxy", () => {
  test("the log shows where people really come from", async () => {
    const { server, connect, log } = start();
    using alice = await connect(`${header("192.0.2.8")}Alice\n`);
    await until(() => server.members.length === 1);
    using bob = await connect(binaryHeader(0x21, 0x11, FOUR));
    await bob.expect(PROMPT);
    bob.send("Bob\n");
    await alice.expect(`${PROMPT}*** Bob has joined the chat ***\n`);
    await server.stop();
    expect(log()).toStartWith(
      "Alice (192.0.2.8:4660) has joined\nBob (192.0.2.7:4660) has joined\n",
    );
  });

  test("any way of cutting a header and what follows gives the same chat", async () => {
    const { server, log } = start({ joinRate: 0 });
    const inputs = [
      Buffer.from(`${header("192.0.2.8")}Zoë\n`),
      Buffer.concat([binaryHeader(0x21, 0x11, FOUR), Buffer.from("Zoë\n")]),
    ];
    for (const packets of inputs.flatMap((input) => [...cuts(input)])) {
      using zoe = await ChatClient.connect(server.port);
      for (const packet of packets) {
        zoe.send(packet);
        await turnOver();
      }
      await zoe.expect(PROMPT);
      await until(() => server.members.length === 1);
      zoe.halfClose();
      await zoe.expectLast("");
    }
    await server.stop();
    expect(log()).not.toContain("refused");
  });

  test("the limits for one address hold for the real one", async () => {
    const { connect, server } = start({ maxClientsPerAddress: 1 });
    for (const host of ["192.0.2.7", "192.0.2.8"]) {
      await (await connect(header(host))).expect(PROMPT);
    }
    using late = await connect(header("192.0.2.7"));
    await late.expectLast("Too many connections from your address; close one and try again.\n");
    await server.stop();
  });

  test("many connections that say nothing yet count, but not as one address", async () => {
    const { connect, server } = start({ maxClientsPerAddress: 2 });
    const silent = await Promise.all(Array.from({ length: 20 }, () => connect("")));
    await until(() => server.clients === 20);
    for (const client of silent) await client.send(header("192.0.2.8")).expect("");
    await until(() => server.clients === 2);
    await server.stop();
  });

  test.each([
    ["UNKNOWN", "PROXY UNKNOWN\r\n"],
    ["LOCAL", LOCAL],
  ])("a connection that is %s is the proxy's own", async (_, bytes) => {
    const { server, connect, log } = start();
    using client = await connect(bytes);
    await client.expect(PROMPT);
    client.send("Probe\n");
    await until(() => server.members.length === 1);
    await server.stop();
    expect(log()).toStartWith(`Probe (${client.address}) has joined\n`);
  });

  test.each([
    ["is missing", "Alice\n"],
    ["is wrong", "PROXY TCP4 nonsense\r\n"],
    ["ends before it is whole", "PROXY TCP4 "],
  ])("a header that %s ends the connection, and the log names the proxy", async (_, bytes) => {
    const { server, connect, log } = start();
    using client = await connect(bytes);
    client.halfClose();
    await client.expectLast("");
    await server.stop();
    expect(log()).toBe(`refused ${client.address}: no PROXY header\n`);
  });

  test("so does one that does not come in time", async () => {
    const { server, connect, log } = start();
    using client = await connect("PROXY ");
    await until(() => server.clients === 1);
    jest.advanceTimersByTime(ARRIVAL_TIMEOUT_MS);
    await client.expectLast("");
    await server.stop();
    expect(log()).toBe(`refused ${client.address}: no PROXY header\n`);
  });

  test("a proxy that looks whether somebody listens is not worth a line", async () => {
    const { server, connect, log } = start();
    using client = await connect("");
    client.halfClose();
    await client.expectLast("");
    await server.stop();
    expect(log()).toBe("");
  });

  test("somebody on the proxy's own machine counts as the proxy", async () => {
    const { server, connect, log } = start({ trustLoopback: false, maxClientsPerAddress: 1 });
    using one = await connect(`${header("127.0.0.1")}Alice\n`);
    await one.expect(PROMPT);
    using other = await connect(header("127.0.0.9"));
    await other.expectLast("Too many connections from your address; close one and try again.\n");
    await server.stop();
    expect(log()).toStartWith("Alice (127.0.0.1:4660) has joined\n");
  });
});

test("a header comes before TLS", async () => {
  const { server, log } = start({ ...TLS, listen: ["tls://127.0.0.1:0?proxy=127.0.0.1"] });
  using relay = Bun.listen<{ up: Promise<Bun.Socket> }>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        const up = Bun.connect({
          hostname: "127.0.0.1",
          port: server.port,
          socket: { data: (_, bytes) => void socket.write(bytes), drain() {} },
        });
        socket.data = { up: up.then((up) => (up.write(header("192.0.2.8")), up)) };
      },
      data: (socket, bytes) => void socket.data.up.then((up) => up.write(bytes)),
      drain() {},
    },
  });
  using alice = await ChatClient.join({ tls: relay.port }, "Alice");
  await until(() => server.members.length === 1);
  using plain = await ChatClient.connect(server.port);
  plain.send(`${header("192.0.2.9")}Bob\n`);
  await plain.expectLast("This port speaks TLS: ncat --ssl HOST PORT\n");
  alice.send("bye\n");
  await until(() => log().includes("bye"));
  await server.stop();
  expect(log()).toStartWith("Alice (192.0.2.8:4660) has joined\nrefused 192.0.2.9:4660: no TLS\n");
});

test("a proxy may come through a unix socket", async () => {
  const unix = unixPath();
  const { server, log } = start({ listen: [`unix://${unix}?proxy=unix`] });
  using alice = await ChatClient.connect({ unix });
  alice.send(`${header("192.0.2.8")}Alice\n`);
  await alice.expect(PROMPT);
  await until(() => server.members.length === 1);
  await server.stop();
  expect(log()).toStartWith("Alice (192.0.2.8:4660) has joined\n");
});

const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
const outer = addresses.find(({ internal, family }) => !internal && family === "IPv4");
const note = outer ? "" : ": skipped, needs a network";
test.skipIf(!outer)(`only who is named is asked for a header${note}`, async () => {
  const host = outer?.address ?? "";
  await using server = startChatServer({ listen: ["tcp://[::]:0?proxy=127.0.0.1,::1"] });
  using alice = await ChatClient.connect(server.port, host);
  await alice.expect(PROMPT);
  // To anybody else it is a name with spaces.
  alice.send(header("192.0.2.8"));
  await alice.expect("Names have at most 32 characters.");
  using bob = await ChatClient.connect(server.port, "::1");
  await bob.send(header("192.0.2.8")).expect(PROMPT);
});
