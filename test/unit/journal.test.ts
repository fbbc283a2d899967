import { expect, jest, test } from "bun:test";
import { LateJournal } from "../helpers/late-journal.ts";
import type { Settings } from "../../lib/options/settings.ts";
import { stopClock, turnOver } from "../helpers/clock.ts";
import { shutDown, stage } from "../helpers/stage.ts";

stopClock({ leavesNoTimer: true });

const PROMPT = "Enter your name: ";

/** A chat whose journal answers when it is told to, with Alice in it. */
async function late(given: Partial<Settings> = {}) {
  let journal: LateJournal | undefined;
  const { connectFrom, log } = stage(given, {
    createJournal: (host) => (journal = new LateJournal(host)),
  });
  const own = journal as unknown as LateJournal;
  const alice = connectFrom("192.0.2.1");
  alice.send("Alice\n");
  own.answer();
  await turnOver();
  const connect = () => connectFrom("192.0.2.2");
  /** What Alice has been told since she was asked for her name. */
  const heard = async () => {
    await turnOver();
    return alice.transport.sent.slice(PROMPT.length);
  };
  return { journal: own, connect, alice, heard, log };
}

test("nothing of a client is read while it claims a name, and then everything", async () => {
  const { journal, connect, alice, heard } = await late();
  const bob = connect();
  bob.send("Bob\nhello\n/quit\n");
  expect([journal.waiting, bob.transport.calls]).toEqual([["join"], ["pause"]]);
  expect(await heard()).toBe("");
  journal.answer();
  expect([journal.waiting, bob.transport.calls.includes("resume")]).toEqual([
    ["say", "leave"],
    true,
  ]);
  expect(await heard()).toBe("*** Bob has joined the chat ***\n");
  journal.answer(2);
  expect(await heard()).toBe(
    "*** Bob has joined the chat ***\nBob: hello\n*** Bob has left the chat ***\n",
  );
  expect(bob.transport.sent).toBe(`${PROMPT}*** Goodbye.\n`);
  shutDown(alice, bob);
  journal.answer(3);
});

test("a name that somebody else had first is asked for again, and costs nothing", async () => {
  const { journal, connect, alice } = await late({ joinBurst: 1, joinRate: 0.001 });
  const [bob, rob] = [connect(), connect()];
  bob.send("Bob\n");
  alice.send("/nick Bob\n");
  journal.answer();
  expect(journal.waiting).toEqual([]);
  expect(alice.transport.sent).not.toContain("now Bob");
  journal.answer();
  rob.send("Rob\n");
  await turnOver();
  expect([journal.waiting, rob.transport.sent]).toEqual([[], PROMPT]);
  shutDown(alice, bob, rob);
  journal.answer(3);
});

test("of two claims the journal's first wins, and the other may try again at once", async () => {
  const { journal, connect, alice, heard } = await late({ joinBurst: 2, joinRate: 0.001 });
  const [bob, rob] = [connect(), connect()];
  bob.send("Bob\n");
  rob.send("BOB\nRob\n");
  journal.answer(2);
  expect(rob.transport.sent).toBe(`${PROMPT}The name BOB is taken.\n${PROMPT}`);
  expect(journal.waiting).toEqual(["join"]);
  journal.answer();
  expect(await heard()).toBe("*** Bob has joined the chat ***\n*** Rob has joined the chat ***\n");
  shutDown(alice, bob, rob);
  journal.answer(3);
});

test("another name that is taken meanwhile is refused, and costs nothing", async () => {
  const { journal, connect, alice } = await late({ joinBurst: 2, joinRate: 0.001 });
  const bob = connect();
  bob.send("Bob\n");
  journal.answer();
  alice.send("/nick Carol\n");
  bob.send("/nick Carol\n");
  journal.answer(2);
  bob.send("/nick Rob\n");
  journal.answer();
  await turnOver();
  expect(bob.transport.sent).toBe(
    `${PROMPT}*** Alice is now Carol ***\n*** The name Carol is taken.\n*** Bob is now Rob ***\n`,
  );
  shutDown(alice, bob);
  journal.answer(2);
});

test("somebody who leaves is told nothing more, and has the name until that is applied", async () => {
  const { journal, connect, alice, heard } = await late();
  const [bob, other] = [connect(), connect()];
  bob.send("Bob\n");
  journal.answer();
  bob.send("/quit\n");
  alice.send("hello\n");
  other.send("Bob\n");
  expect(journal.waiting).toEqual(["leave", "say", "join"]);
  journal.answer(3);
  await turnOver();
  expect(bob.transport.sent).toBe(`${PROMPT}*** Goodbye.\n`);
  const comings = "*** Bob has joined the chat ***\n";
  expect(await heard()).toBe(`${comings}*** Bob has left the chat ***\n${comings}`);
  shutDown(alice, bob, other);
  journal.answer(2);
});

test("somebody who goes while claiming leaves after joining", async () => {
  const { journal, connect, alice, heard, log } = await late();
  const bob = connect();
  bob.send("Bob\n");
  bob.connection.closed(new Error("reset"));
  bob.connection.close("server shutdown");
  expect([journal.waiting, bob.ends]).toEqual([["join"], 1]);
  journal.answer();
  expect(journal.waiting).toEqual(["leave"]);
  journal.answer();
  expect(await heard()).toBe("*** Bob has joined the chat ***\n*** Bob has left the chat ***\n");
  expect(log()).toEndWith("Bob (test) has joined\nBob (test) has left: server shutdown\n");
  shutDown(alice);
  journal.answer();
});

test("whoever waits for the journal is not sent home for having no name", async () => {
  const { journal, connect, alice } = await late({ nameTimeoutMs: 1_000, idleTimeoutMs: 0 });
  const bob = connect();
  bob.send("Bob\n");
  jest.advanceTimersByTime(5_000);
  expect(bob.transport.sent).toBe(PROMPT);
  journal.answer();
  await turnOver();
  expect(alice.transport.sent).toContain("Bob has joined");
  shutDown(alice, bob);
  journal.answer(2);
});
