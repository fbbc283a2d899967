import { describe, expect, test } from "bun:test";
import { Chat } from "../../lib/chat.ts";
import type { Connection } from "../../lib/connection/connection.ts";
import { resolveOptions } from "../../lib/options/settings.ts";
import { stopClock, turnOver } from "../helpers/clock.ts";
import { LateJournal } from "../helpers/late-journal.ts";
import { ScriptedLink } from "../helpers/scripted-link.ts";

stopClock({ leavesNoTimer: true });

/** A chat whose journal answers when it is told to. */
function stage() {
  let journal: LateJournal | undefined;
  const settings = resolveOptions({ lineRate: 0 });
  const chat = new Chat(settings, { createJournal: (host) => (journal = new LateJournal(host)) });
  const connect = (text: string) => {
    const link = new ScriptedLink();
    const connection = chat.accept(link) as Connection;
    connection.received(Buffer.from(text));
    return { link, connection };
  };
  return { chat, connect, journal: journal as unknown as LateJournal };
}

describe("figures", () => {
  test("tell how far the stay of each client has come", () => {
    const { chat, connect, journal } = stage();
    const alice = connect("Alice\n");
    journal.answer();
    const [bob, carol, dora] = [connect("Bob\n"), connect(""), connect("Dora\n")];
    dora.connection.ended();
    const leaving = connect("");
    leaving.connection.close("kicked");
    expect(Object.fromEntries(chat.figures.clients)).toEqual({
      chatting: 1,
      claiming: 2,
      naming: 1,
      leaving: 1,
    });
    const all = [alice, bob, carol, dora, leaving];
    for (const { connection } of all) connection.close("server shutdown");
    expect(chat.figures.clients.get("leaving")).toBe(5);
    for (const { connection } of all) connection.closed(undefined);
    expect(chat.figures.clients.get("leaving")).toBe(0);
  });

  test("count a line for all who are sent it, also if its author has gone meanwhile", () => {
    const { chat, connect, journal } = stage();
    const people = [connect("Alice\n"), connect("Bob\n")];
    journal.answer(2);
    expect(chat.figures.broadcast.deliveries).toBe(1);
    const [, bob] = people;
    bob?.connection.received(Buffer.from("hello\n/quit\n"));
    journal.answer();
    expect(chat.figures.broadcast.deliveries).toBe(2);
    journal.answer();
    expect(chat.figures.broadcast.deliveries).toBe(3);
    for (const { connection } of people) connection.closed(undefined);
    journal.answer();
    expect(chat.figures.broadcast.deliveries).toBe(3);
  });

  test("count all that the line editor sends and is sent, and its commands", async () => {
    const { chat, connect, journal } = stage();
    const { link, connection } = connect("Alice\n");
    journal.answer();
    const keys = "/editor raw\nhel\x7fl\r/editor\r";
    connection.received(Buffer.from(keys));
    await turnOver();
    journal.answer();
    await turnOver();
    expect(link.sent).toContain("\x1b");
    const { traffic, commands } = chat.figures;
    expect(traffic.sentBytes).toBe(link.bytes.length);
    expect(traffic.receivedBytes).toBe(`Alice\n${keys}`.length);
    expect(commands.get("editor")).toBe(2);
    connection.close("kicked");
    connection.closed(undefined);
    expect(chat.figures.traffic.sentBytes).toBe(link.bytes.length);
  });

  test("count what each command is called, and not what it was called by", () => {
    const { chat, connect, journal } = stage();
    const { connection } = connect("Alice\n/who\n/Names\n/help me\n/msg\n/nope\n/help nope\n");
    journal.answer();
    const given = [...chat.figures.commands].filter(([, times]) => times > 0);
    expect(Object.fromEntries(given)).toEqual({ who: 2, help: 2, msg: 1, unknown: 1 });
    connection.closed(undefined);
  });
});
