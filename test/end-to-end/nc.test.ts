import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { startChatServer, type ChatServer } from "../../lib/server.ts";
import { GrammarCheck } from "../helpers/grammar.ts";
import { Inbox } from "../helpers/inbox.ts";
import { HAS_NC, NC_NOTE } from "../helpers/nc.ts";
import { Program } from "../helpers/program.ts";

let server: ChatServer;
let log: Inbox;
let ended: Program[];
beforeEach(() => {
  log = new Inbox();
  server = startChatServer({ port: 0, lineRate: 0, log: (text) => log.push(Buffer.from(text)) });
  ended = [];
});
afterEach(async () => {
  for (const program of ended) await program[Symbol.asyncDispose]();
  await server.stop();
});

function nc(...flags: string[]): Program {
  const program = new Program("nc", ...flags, "127.0.0.1", String(server.port));
  program.stdout.grammar = new GrammarCheck();
  ended.push(program);
  return program;
}

/** Makes sure that Alice is in before anybody else. nc passes on what is typed in its own time. */
async function joinAlice(): Promise<Program> {
  const alice = nc();
  await alice.stdout.expect("Enter your name: ");
  alice.type("Alice\n");
  expect(await log.line()).toMatch(/^Alice \(.*\) has joined$/);
  return alice;
}

describe.skipIf(!HAS_NC)(`with real nc${NC_NOTE}`, () => {
  test("the how-to's transcript, byte for byte", async () => {
    const alice = await joinAlice();
    const bob = nc();
    await bob.stdout.expect("Enter your name: ");
    bob.type("Bob\n");
    await alice.stdout.expect("*** Bob has joined the chat ***\n");
    bob.type("Hi Alice!\n");
    await alice.stdout.expect("Bob: Hi Alice!\n");
    alice.type("Hello Bob!\n");
    await bob.stdout.expect("Alice: Hello Bob!\n");
    bob.signal("SIGINT");
    await alice.stdout.expect("*** Bob has left the chat ***\n");
    expect(alice.stdout.unread).toBe("");
  });

  test("piped input with half-close arrives whole, in order, and what was queued comes back", async () => {
    const alice = await joinAlice();
    const bob = nc("-N");
    bob.type("Bob\nhi\nbye\n");
    bob.endInput();
    await alice.stdout.expect("*** Bob has joined the chat ***\nBob: hi\nBob: bye\n");
    await alice.stdout.expect("*** Bob has left the chat ***\n");
    await bob.stdout.expectLast("Enter your name: ");
    expect(await bob.exited).toBe(0);
  });

  test("a file piped in arrives whole, its last line without a newline included", async () => {
    const alice = await joinAlice();
    const lines = Array.from({ length: 20_000 }, (_, number) => `line ${number} of a long file`);
    const bob = nc("-N");
    bob.type(`Bob\n${lines.join("\n")}`);
    bob.endInput();
    await alice.stdout.expect("*** Bob has joined the chat ***\n");
    await alice.stdout.expect(lines.map((text) => `Bob: ${text}\n`).join(""));
    await alice.stdout.expect("*** Bob has left the chat ***\n");
  });

  test("killing nc is a departure", async () => {
    const alice = await joinAlice();
    const bob = nc();
    bob.type("Bob\n");
    await alice.stdout.expect("*** Bob has joined the chat ***\n");
    bob.signal("SIGKILL");
    await alice.stdout.expect("*** Bob has left the chat ***\n");
  });
});
