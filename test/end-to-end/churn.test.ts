import { expect, jest, test } from "bun:test";
import { readdirSync } from "node:fs";
import { startChatServer } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { stopClock, turnOver } from "../helpers/clock.ts";

const CONNECTS = 20_000;
const WORKERS = 50;
const PROMPT = "Enter your name: ";

stopClock();

/** Each brings a client that has just connected to its end. */
const ENDS: Record<string, (client: ChatClient, name: string) => Promise<void> | void> = {
  async polite(client, name) {
    client.send(`${name}\nhi\n`).halfClose();
    expect(await client.rest()).not.toContain("taken");
  },
  async "mid-line"(client, name) {
    client.send(`${name}\nhalf a li`).halfClose();
    expect(await client.rest()).not.toContain("taken");
  },
  async "a name and no more"(client, name) {
    client.send(name).halfClose();
    expect(await client.rest()).not.toContain("taken");
  },
  async "mid-prompt"(client) {
    client.halfClose();
    await client.expectLast(PROMPT);
  },
  async "a name that is refused"(client) {
    client.send("not a name\n").halfClose();
    await client.expectLast(`${PROMPT}Names have no spaces. Try not-a-name.\n${PROMPT}`);
  },
  async "another protocol"(client) {
    client.send("\x16\x03\x01\x02\x00").halfClose();
    await client.expectLast(PROMPT);
  },
  "reset at once": (client) => client.reset(),
  async "reset in the middle of a line"(client, name) {
    client.send(`${name}\nhi\nhalf a li`);
    await client.expect(PROMPT);
    client.reset();
  },
  async "reset with lines that had to wait"(client, name) {
    client.send(`${name}\n${"\n".repeat(60)}`);
    await client.expect(PROMPT);
    client.reset();
  },
  async "reset while others talk to it"(client, name) {
    client.pause();
    client.send(`${name}\n`);
    await turnOver();
    client.reset();
  },
};

const TEST_MS_MAX = 60_000;

async function churn(): Promise<void> {
  const server = startChatServer({ port: 0, log: () => {} });
  const watcher = await ChatClient.join(server.port, "Watcher");
  const counts = () => ({
    clients: server.clients,
    descriptors: readdirSync("/dev/fd").length,
    timers: jest.getTimerCount(),
  });
  const before = counts();

  const ends = Object.values(ENDS);
  let next = 0;
  async function work(): Promise<void> {
    while (next < CONNECTS) {
      const number = next++;
      const client = await ChatClient.connect(server.port);
      await ends[number % ends.length]?.(client, `n${number % 1_000}`);
      // A client whose lines had to wait leaves only when they are read.
      jest.advanceTimersByTime(1);
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, work));
  while (server.clients > 1) {
    jest.advanceTimersByTime(1_000);
    await turnOver();
  }
  expect(counts()).toEqual(before);
  watcher.halfClose();
  const heard = await watcher.rest();
  await server.stop();
  const names = (what: string) =>
    Array.from(
      heard.matchAll(new RegExp(`^\\*\\*\\* (n\\d+) has ${what} the chat`, "gm")),
      ([, name]) => name,
    );
  expect(names("joined").length).toBeGreaterThan(CONNECTS / 3);
  expect(names("left").toSorted()).toEqual(names("joined").toSorted());
}

test(
  `after ${CONNECTS} connects and departures of every kind, nothing is left of them`,
  churn,
  TEST_MS_MAX,
);
