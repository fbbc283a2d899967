import { expect, test } from "bun:test";
import { startChatServer } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { until } from "../helpers/clock.ts";

async function chat(options: Parameters<typeof startChatServer>[0] = {}) {
  let logged = "";
  const server = startChatServer({ port: 0, log: (text) => void (logged += text), ...options });
  const alice = await ChatClient.join(server.port, "Alice");
  const bob = await ChatClient.join(server.port, "Bob");
  await alice.expect("*** Bob has joined the chat ***\n");
  return { server, alice, bob, log: () => logged };
}

test("a program sees who is here, and speaks to everybody", async () => {
  const { server, alice, bob } = await chat();
  expect(server.members).toEqual(["Alice", "Bob"]);
  server.announce("Lunch\nis \x1b[2Jready.\n");
  for (const client of [alice, bob]) {
    await client.expect("*** Announcement: Lunch\n*** Announcement: is ready.\n");
  }
  await server.stop({ force: true });
});

test("a program sends somebody home by name, and tells why to nobody else", async () => {
  const { server, alice, bob, log } = await chat();
  expect([server.kick("Carol"), server.kick("BOB", "too\x07 loud")]).toEqual([false, true]);
  await bob.expectLast("*** You have been sent home: too loud\n");
  await alice.expect("*** Bob has left the chat ***\n");
  expect(server.kick("alice")).toBe(true);
  await alice.expectLast("*** You have been sent home.\n");
  await until(() => server.clients === 0 && log().includes("Alice"));
  expect(log()).toMatch(/^Bob \(.*\) has left: kicked$/m);
  await server.stop();
});

test("a server that is stopped by force waits for nobody, also if it is stopping already", async () => {
  const { server, alice, bob } = await chat({ closeTimeoutMs: 1_000_000 });
  alice.pause();
  const stopped = server.stop();
  await bob.expectLast("*** The server is shutting down ***\n");
  expect(server.stop({ force: true })).toBe(stopped);
  await stopped;
  expect(server.clients).toBe(0);
});

test("a signal stops the server, also if it was aborted before", async () => {
  const controller = new AbortController();
  const { server, alice } = await chat({ signal: controller.signal });
  controller.abort();
  await alice.expectLast("*** The server is shutting down ***\n");
  await server.stop();
  await startChatServer({ port: 0, signal: controller.signal }).stop();
});
