import { expect, jest, spyOn, test } from "bun:test";
import { Chat } from "../../lib/chat.ts";
import type { Connection } from "../../lib/connection/connection.ts";
import type { ChatEvent } from "../../lib/events.ts";
import { resolveOptions, type Settings } from "../../lib/options/settings.ts";
import { stopClock, turnOver } from "../helpers/clock.ts";
import { ScriptedLink } from "../helpers/scripted-link.ts";

stopClock();

function stage(given: Partial<Settings> = {}) {
  const events: ChatEvent[] = [];
  const chat = new Chat(resolveOptions(given), { onEvent: (event) => void events.push(event) });
  const connect = (client: string) => {
    const link = Object.assign(new ScriptedLink(), { label: client });
    const connection = chat.accept(link) as Connection;
    return { link, connection, say: (text: string) => connection.received(Buffer.from(text)) };
  };
  /** What has happened, but for each line that was read. */
  const takeEvents = () => events.splice(0).filter(({ type }) => type !== "line read");
  return { chat, connect, takeEvents };
}

test("events tell in fields what happens, and nothing of what is private", async () => {
  const { connect, takeEvents } = stage();
  const [ann, ben] = [connect("a"), connect("b")];
  ann.say("Ann\n");
  ben.say("Ben\nhello\n/me waves\n/nick Rob\n/msg Ann secret\n//who\n");
  ben.connection.ended();
  ben.connection.closed(undefined);
  const browser = connect("c");
  browser.say("GET / HTTP/1.1\r\n");
  browser.connection.closed(undefined);
  expect(takeEvents()).toEqual([
    { type: "connected", client: "a" },
    { type: "connected", client: "b" },
    { type: "joined", client: "a", name: "Ann" },
    { type: "joined", client: "b", name: "Ben" },
    { type: "said", client: "b", name: "Ben", text: "hello" },
    { type: "acted", client: "b", name: "Ben", text: "waves" },
    { type: "renamed", client: "b", from: "Ben", to: "Rob" },
    { type: "said", client: "b", name: "Rob", text: "/who" },
    { type: "leaving", client: "b", reason: "closed" },
    { type: "left", client: "b", name: "Rob", reason: "closed" },
    { type: "disconnected", client: "b", reason: "closed" },
    { type: "connected", client: "c" },
    { type: "refused", client: "c", reason: "HTTP request" },
    { type: "leaving", client: "c", reason: "HTTP request" },
    { type: "disconnected", client: "c", reason: "HTTP request" },
  ]);
  ann.connection.closed(undefined);
});

test("a client that is cut off leaves and is disconnected for one reason", () => {
  const { connect, takeEvents } = stage();
  const ann = connect("a");
  ann.link.onClose = () => ann.connection.closed(undefined);
  ann.say("Ann\n");
  takeEvents();
  ann.connection.abort("too slow");
  expect(takeEvents()).toEqual([
    { type: "leaving", client: "a", reason: "too slow" },
    { type: "left", client: "a", name: "Ann", reason: "too slow" },
    { type: "disconnected", client: "a", reason: "too slow" },
  ]);
});

test("events tell of readers that are too slow, and of senders that are too fast", async () => {
  const { connect, takeEvents } = stage({ queueLimitBytes: 8_192, lineBurst: 100, lineRate: 10 });
  const [ann, ben] = [connect("a"), connect("b")];
  ann.say("Ann\n");
  ben.say("Ben\n");
  await turnOver();
  takeEvents();
  ann.link.script(0);
  ben.say(`${"x".repeat(990)}\n`.repeat(9));
  await turnOver();
  ann.connection.drained();
  ann.link.script(...Array(9).fill(0));
  ben.say(`${"x".repeat(990)}\n`.repeat(5));
  await turnOver();
  jest.advanceTimersByTime(100);
  await turnOver();
  ben.say("y\n".repeat(200));
  const events = takeEvents();
  for (const type of ["hold begun", "reader left behind"] as const) {
    expect(events).toContainEqual({ type, client: "a" });
  }
  expect(events).toContainEqual({
    type: "rate-limited",
    client: "b",
    delayMs: expect.any(Number) as number,
  });
  ann.link.script();
  ann.connection.drained();
  const count = expect.any(Number) as number;
  expect(takeEvents()).toContainEqual({ type: "lines skipped", client: "a", count });
  for (const { connection } of [ann, ben]) connection.closed(undefined);
});

test("a listener that throws is reported once, and the chat goes on", async () => {
  const complain = spyOn(console, "error").mockImplementation(() => {});
  const error = new Error("the database is full");
  const chat = new Chat(resolveOptions({}), {
    onEvent() {
      throw error;
    },
  });
  const link = new ScriptedLink();
  const connection = chat.accept(link) as Connection;
  connection.received(Buffer.from("Ann\n/who\n"));
  await turnOver();
  expect(link.sent).toEndWith("*** 1 person is here:\n***   Ann\n");
  expect(complain.mock.calls).toEqual([["natter: onEvent threw:", error]]);
  complain.mockRestore();
  connection.closed(undefined);
});
