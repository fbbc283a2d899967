import { describe, expect, test } from "bun:test";
import { Chat } from "../../lib/chat.ts";
import type { Connection } from "../../lib/connection/connection.ts";
import { resolveOptions } from "../../lib/options/settings.ts";
import { stopClock, turnOver } from "../helpers/clock.ts";
import { LateJournal } from "../helpers/late-journal.ts";
import { ScriptedLink } from "../helpers/scripted-link.ts";

stopClock({ leavesNoTimer: true });

const TCP = "tcp://127.0.0.1:8888";
const TLS = "tls://[::1]:8889";

/** A chat whose journal answers when it is told to. */
function stage() {
  let journal: LateJournal | undefined;
  const settings = resolveOptions({ lineRate: 0 });
  const chat = new Chat(settings, { createJournal: (host) => (journal = new LateJournal(host)) });
  const connect = (text: string, listener = TCP) => {
    const link = Object.assign(new ScriptedLink(), { listener });
    const connection = chat.accept(link) as Connection;
    connection.received(Buffer.from(text));
    return { link, connection };
  };
  const figures = () => chat.figures([TCP, TLS]);
  return { figures, connect, journal: journal as unknown as LateJournal };
}

describe("figures", () => {
  test("tell how far the stay of each client has come, by the listener that it came by", () => {
    const { figures, connect, journal } = stage();
    const stages = (url: string) => Object.fromEntries(figures().clients.get(url) ?? []);
    const none = { naming: 0, claiming: 0, chatting: 0, leaving: 0 };
    expect([...figures().clients.keys()]).toEqual([TCP, TLS]);
    expect([stages(TCP), stages(TLS)]).toEqual([none, none]);
    const alice = connect("Alice\n");
    journal.answer();
    const [bob, carol, dora] = [connect("Bob\n"), connect("", TLS), connect("Dora\n", TLS)];
    dora.connection.ended();
    const leaving = connect("");
    leaving.connection.close("kicked");
    expect(stages(TCP)).toEqual({ naming: 0, claiming: 1, chatting: 1, leaving: 1 });
    expect(stages(TLS)).toEqual({ naming: 1, claiming: 1, chatting: 0, leaving: 0 });
    const all = [alice, bob, carol, dora, leaving];
    for (const { connection } of all) connection.close("server shutdown");
    expect([stages(TCP), stages(TLS)]).toEqual([
      { ...none, leaving: 3 },
      { ...none, leaving: 2 },
    ]);
    for (const { connection } of all) connection.closed(undefined);
    expect([stages(TCP), stages(TLS)]).toEqual([none, none]);
  });

  test("count a line for all who are sent it, also if its author has gone meanwhile", () => {
    const { figures, connect, journal } = stage();
    const people = [connect("Alice\n"), connect("Bob\n")];
    journal.answer(2);
    expect(figures().broadcast.deliveries).toBe(1);
    const [, bob] = people;
    bob?.connection.received(Buffer.from("hello\n/quit\n"));
    journal.answer();
    expect(figures().broadcast.deliveries).toBe(2);
    journal.answer();
    expect(figures().broadcast.deliveries).toBe(3);
    for (const { connection } of people) connection.closed(undefined);
    journal.answer();
    expect(figures().broadcast.deliveries).toBe(3);
  });

  test("count all that the line editor sends and is sent, and its commands", async () => {
    const { figures, connect, journal } = stage();
    const { link, connection } = connect("Alice\n");
    journal.answer();
    const keys = "/editor raw\nhel\x7fl\r/editor\r";
    connection.received(Buffer.from(keys));
    await turnOver();
    journal.answer();
    await turnOver();
    expect(link.sent).toContain("\x1b");
    const { traffic, commands } = figures();
    expect(traffic.sentBytes).toBe(link.bytes.length);
    expect(traffic.receivedBytes).toBe(`Alice\n${keys}`.length);
    expect(commands.get("editor")).toBe(2);
    connection.close("kicked");
    connection.closed(undefined);
    expect(figures().traffic.sentBytes).toBe(link.bytes.length);
  });

  test("count what each command is called, and not what it was called by", () => {
    const { figures, connect, journal } = stage();
    const { connection } = connect("Alice\n/who\n/Names\n/help me\n/msg\n/nope\n/help nope\n");
    journal.answer();
    const given = [...figures().commands].filter(([, times]) => times > 0);
    expect(Object.fromEntries(given)).toEqual({ who: 2, help: 2, msg: 1, unknown: 1 });
    connection.closed(undefined);
  });
});
