import { afterEach, describe, expect, jest, test } from "bun:test";
import { Negotiation } from "../../../lib/editor/negotiation.ts";
import { colour } from "../../../lib/editor/colours.ts";
import type { Link } from "../../../lib/connection/link.ts";
import { GOODBYES, NO_EDITOR } from "../../../lib/text/messages.ts";
import { stopClock, turnOver } from "../../helpers/clock.ts";
import { PROMPT, stage } from "../../helpers/stage.ts";

const [SE, SB, WILL, WONT, DO, DONT, IAC] = [240, 250, 251, 252, 253, 254, 255];
const [ECHO, SGA, TTYPE, NAWS] = [1, 3, 24, 31];

const OFFER = Buffer.from(Negotiation.offer());
const TAKEN_BACK = Buffer.from(Negotiation.end());
const ASK_TYPE = Buffer.of(IAC, SB, TTYPE, 1, IAC, SE);
/** What inetutils' telnet answers, in a window of 40 columns. */
const AGREED = Buffer.from([
  ...[IAC, DO, ECHO, IAC, DO, SGA, IAC, WILL, NAWS, IAC, SB, NAWS, 0, 40, 0, 24, IAC, SE],
  ...[IAC, WILL, TTYPE],
]);
const typeOf = (name: string) =>
  Buffer.concat([Buffer.of(IAC, SB, TTYPE, 0), Buffer.from(name), Buffer.of(IAC, SE)]);
const MARKS = "\x1b[?2004h";
const NO_MARKS = "\x1b[?2004l";
const AWAY = "\r\x1b[J";
const ON = "*** The line editor is on. Type /editor to change that.";
const OFF = "*** The line editor is off. Type /editor to change that.";

type Stage = ReturnType<typeof stage>;
let clients: { readonly connection: { closed(error: undefined): void } }[] = [];
afterEach(() => {
  for (const { connection } of clients) connection.closed(undefined);
  clients = [];
});
stopClock({ leavesNoTimer: true });

/** A client, and what it has been sent since that was last asked: in all, and in how many writes. */
function watched(client: ReturnType<Stage["connect"]>) {
  let [seen, writes] = [0, 0];
  clients.push(client);
  const take = () => {
    const { transport } = client;
    const fresh = transport.bytes.subarray(seen);
    const count = transport.writes.length - writes;
    [seen, writes] = [transport.bytes.length, transport.writes.length];
    return { fresh, count };
  };
  return {
    ...client,
    bytes: async () => (await turnOver(), await turnOver(), take().fresh),
    text: async () => (await turnOver(), await turnOver(), String(take().fresh)),
    writes: async () => (await turnOver(), await turnOver(), take().count),
  };
}

/** Somebody in the chat whose every key is sent, and to whom nothing has been said yet. */
async function typist(room: Stage, name: string) {
  const client = watched(room.connectWith("raw"));
  client.send(`${name}\r`);
  await client.text();
  return client;
}

async function plain(room: Stage, name: string) {
  const client = watched(room.join(name));
  await client.text();
  return client;
}

describe("a listener that offers the editor by Telnet", () => {
  async function offered() {
    const room = stage();
    const client = watched(room.connectWith("telnet"));
    expect(await client.bytes()).toEqual(Buffer.concat([OFFER, Buffer.from(PROMPT)]));
    return { room, client };
  }

  test("has it when the client agrees and its terminal is known", async () => {
    const { client } = await offered();
    client.send(AGREED);
    expect(await client.bytes()).toEqual(ASK_TYPE);
    client.send("Al");
    expect(await client.text()).toBe("");
    client.send(typeOf("XTERM"));
    expect(await client.text()).toBe(`${MARKS}${AWAY}${PROMPT}Al`);
    client.send("ice\r\0");
    expect(await client.text()).toBe(`${AWAY}${PROMPT}Alice\r\n`);
    client.send("x".repeat(45));
    expect(await client.text()).toBe(`${"x".repeat(39)}\r\n${"x".repeat(6)}`);
    client.send(Buffer.of(IAC, SB, NAWS, 0, 80, 0, 24, IAC, SE));
    expect(await client.text()).toBe(`\x1b[1A${AWAY}${"x".repeat(45)}`);
  });

  test("has it after two seconds if the client agrees and does not tell its terminal", async () => {
    const { client } = await offered();
    client.send(Buffer.concat([AGREED, Buffer.from("A")]));
    await client.text();
    jest.advanceTimersByTime(2_000);
    expect(await client.text()).toBe(`${MARKS}${AWAY}${PROMPT}A`);
  });

  test.each([
    ["says nothing", Buffer.of()],
    ["refuses", Buffer.of(IAC, DONT, ECHO, IAC, DO, SGA, IAC, WONT, TTYPE)],
  ])(
    "takes it back after two seconds if the client %s, and says what to use instead",
    async (_, answer) => {
      const { client } = await offered();
      client.send(answer);
      jest.advanceTimersByTime(1_999);
      expect(await client.text()).toBe("");
      jest.advanceTimersByTime(1);
      expect(await client.bytes()).toEqual(
        Buffer.concat([TAKEN_BACK, Buffer.from(NO_EDITOR + PROMPT)]),
      );
      client.send(Buffer.concat([Buffer.from("Bob\nhi\n"), Buffer.of(IAC, DO, ECHO)]));
      expect(await client.bytes()).toEqual(Buffer.of(IAC, WONT, ECHO));
    },
  );

  test("takes lines as they are until the client agrees, of any length", async () => {
    const { room, client } = await offered();
    const bob = await plain(room, "Bob");
    client.send(
      Buffer.concat([Buffer.from(`Alice\r\n${"y".repeat(1_500)}\r\nbeg`), AGREED, typeOf("xterm")]),
    );
    expect(await bob.text()).toBe(
      `*** Alice has joined the chat ***\nAlice: ${"y".repeat(1_500)}\n`,
    );
    client.send("un\r");
    expect(await bob.text()).toBe("Alice: begun\n");
  });

  test("loses it when the client switches an option off", async () => {
    const { room, client } = await offered();
    const bob = await plain(room, "Bob");
    client.send(Buffer.concat([Buffer.from("Alice\r\n"), AGREED, typeOf("xterm")]));
    await client.text();
    client.send(Buffer.concat([Buffer.from("half"), Buffer.of(IAC, DONT, ECHO)]));
    expect(await client.bytes()).toEqual(Buffer.concat([Buffer.from(NO_MARKS), TAKEN_BACK]));
    client.send(" a line\r\n");
    expect(await bob.text()).toContain("Alice: half a line\n");
  });

  test("a dumb terminal gets no marks and no colours", async () => {
    const { room, client } = await offered();
    const bob = await plain(room, "Bob");
    client.send(Buffer.concat([Buffer.from("Alice\r\n"), AGREED, typeOf("DUMB")]));
    expect(await client.bytes()).toEqual(ASK_TYPE);
    bob.send("hi Alice\n");
    expect(await client.text()).toBe("\x07Bob: hi Alice\r\n");
  });

  test("tells a full house as it tells everybody", async () => {
    const room = stage({ maxClients: 1 });
    watched(room.connectWith("telnet"));
    expect(await watched(room.connectWith("telnet")).text()).toBe(GOODBYES["server full"]);
  });

  test("answers to other options go out at once, and are not kept for one that does not read", async () => {
    const { client } = await offered();
    client.send(Buffer.concat([AGREED, typeOf("xterm")]));
    await client.text();
    client.send(Buffer.of(IAC, DO, 6));
    expect(await client.bytes()).toEqual(Buffer.of(IAC, WONT, 6));
    client.transport.script(...Array(3_000).fill(0));
    for (let at = 0; at < 2_000; at++) client.send(Buffer.of(IAC, DO, 6, IAC, DO, 7));
    client.transport.script();
    client.connection.drained();
    const { length } = await client.bytes();
    expect(length).toBeGreaterThan(4_000);
    expect(length).toBeLessThan(5_000);
  });
});

describe("the command /editor", () => {
  test("offers the editor, and begins with it when the client has agreed", async () => {
    const room = stage();
    const client = watched(room.connectWith(undefined));
    client.send("Alice\n/editor\n");
    expect(await client.bytes()).toEqual(Buffer.concat([Buffer.from(PROMPT), OFFER]));
    client.send(AGREED);
    client.send(typeOf("xterm"));
    expect(await client.text()).toContain(`${MARKS}${AWAY}${ON}\r\n`);
    client.send("half /ed\x1b[D");
    await client.text();
    client.send("\x15\x0b/editor\rmore");
    expect(await client.bytes()).toEqual(
      Buffer.concat([Buffer.from(AWAY + NO_MARKS), TAKEN_BACK, Buffer.from(`${OFF}\n`)]),
    );
    client.send("\n/who\n");
    expect(await client.text()).toBe("*** 1 person is here:\n***   Alice\n");
  });

  test("says what to use instead if there is no answer, or takes the offer back when it is given again", async () => {
    const room = stage();
    const client = watched(room.connectWith(undefined));
    client.send("Alice\n/editor\n");
    await client.text();
    jest.advanceTimersByTime(2_000);
    expect(await client.bytes()).toEqual(
      Buffer.concat([TAKEN_BACK, Buffer.from(`*** ${NO_EDITOR}`)]),
    );
    client.send("/editor\n/editor\n");
    expect(await client.bytes()).toEqual(Buffer.concat([OFFER, TAKEN_BACK]));
    jest.advanceTimersByTime(2_000);
    expect(await client.text()).toBe("");
  });

  test.each<[how: string, command: string, editor: Link["editor"], dialect: Link["dialect"]]>([
    ["with raw", "/editor RAW", undefined, "telnet"],
    ["where the listener says so", "/editor", "raw", "telnet"],
    ["where there is no Telnet", "/editor", undefined, "lines"],
  ])("begins at once %s", async (_, command, editor, dialect) => {
    const room = stage();
    const client = watched(room.connectWith(editor, dialect));
    client.send(editor === "raw" ? "Alice\r/editor\r" : "Alice\n");
    await client.text();
    client.send(`${command}\nhal`);
    expect(await client.text()).toBe(`${MARKS}${AWAY}${ON}\r\nhal`);
    client.send("f\r");
    expect(await client.text()).toBe(`${AWAY}${colour("Alice")}: half\r\n`);
  });

  test("takes nothing else", async () => {
    const client = await plain(stage(), "Alice");
    client.send("/editor vi\n/timestamps\n/bell\n/help editor\n/editor");
    expect(await client.text()).toBe(
      "*** Type /editor [raw]\n" +
        "*** There is no command /timestamps. Type /help for those there are.\n" +
        "*** There is no command /bell. Type /help for those there are.\n" +
        "*** /editor [raw]       keep what you type on a line of its own, or no longer\n",
    );
  });
});

describe("somebody with the editor", () => {
  test("is asked for a name on the line, and keeps the answer on the screen", async () => {
    const room = stage();
    const client = watched(room.connectWith("raw"));
    expect(await client.text()).toBe(MARKS + AWAY + PROMPT);
    client.send("B ob\r");
    expect(await client.text()).toBe(
      `${AWAY}${PROMPT}B ob\r\nNames have no spaces. Try B-ob.\r\n${PROMPT}`,
    );
    client.send("\t");
    expect(await client.text()).toBe(`${AWAY}\x07${PROMPT}`);
  });

  test("sees what arrives above the line, in order, in one write a turn", async () => {
    const room = stage();
    const alice = await typist(room, "Alice");
    const [bob, cid] = [await plain(room, "Bob"), await plain(room, "Cid")];
    await alice.text();
    alice.send("half");
    expect(await alice.text()).toBe("half");
    bob.send("one\n");
    cid.send("two\n");
    alice.send("!");
    bob.send("three\n");
    expect(await alice.text()).toBe(
      `${AWAY}${colour("Bob")}: one\r\n${colour("Cid")}: two\r\n${colour("Bob")}: three\r\nhalf!`,
    );
    bob.send("x\n".repeat(500));
    alice.send("?");
    expect(await alice.writes()).toBe(1);
  });

  test("sees its own line as others do, and nobody else gets another byte", async () => {
    const room = stage();
    const alice = await typist(room, "Alice");
    const bob = await plain(room, "Bob");
    await alice.text();
    alice.send("hi\x1b[D\x1b[Do\r/me waves\r");
    expect(await bob.text()).toBe("Alice: ohi\n* Alice waves\n");
    expect(await alice.text()).toBe(`${colour("Alice")}: ohi\r\n* ${colour("Alice")} waves\r\n`);
    bob.send("yes\n");
    expect(await bob.text()).toBe("");
  });

  test("recalls what was said, also privately, and never what was typed after a prompt or is secret", async () => {
    const secret = { takes: "PASSWORD", about: "log in", isSecret: true, run: () => {} };
    const room = stage({}, { commands: { login: secret } });
    const alice = await typist(room, "Alice");
    alice.send("one\r/msg Alice x\r /LOGIN hunter2\r");
    await alice.text();
    const shown: string[] = [];
    for (const key of ["\x1b[A", "\x1b[A", "\x1b[A", "\x1b[B", "\x1b[B", "\x1b[B"]) {
      alice.send(key);
      shown.push((await alice.text()).replace(AWAY, ""));
    }
    expect(shown).toEqual(["/msg Alice x", "one", "\x07one", "/msg Alice x", "", "\x07"]);
  });

  test("completes names and commands, and is shown them by a second Tab", async () => {
    const room = stage();
    const alice = await typist(room, "Alice");
    for (const name of ["Bob", "Bobby"]) await plain(room, name);
    await alice.text();
    alice.send("al\t");
    expect(await alice.text()).toBe("Alice: ");
    alice.send("\x15b\t");
    expect(await alice.text()).toBe(`${AWAY}Bob`);
    alice.send("\t");
    expect(await alice.text()).toBe(`${AWAY}*** Tab: Bob Bobby\r\nBob`);
    alice.send("b\t");
    expect(await alice.text()).toBe(`${AWAY}Bobby: `);
    alice.send("\x15/tim\t");
    expect(await alice.text()).toBe(`${AWAY}/timestamps `);
    alice.send("\x15zz\t");
    expect(await alice.text()).toBe(`${AWAY}\x07zz`);
  });

  test("rings beyond a thousand characters, and loses none of those", async () => {
    const room = stage();
    const alice = await typist(room, "Alice");
    const bob = await plain(room, "Bob");
    await alice.text();
    alice.send("x".repeat(1_001));
    expect((await alice.text()).startsWith("\x07")).toBe(true);
    alice.send("\r");
    expect(await bob.text()).toBe(`Alice: ${"x".repeat(1_000)}\n`);
  });

  test("a pasted text is said line by line, and its end waits", async () => {
    const room = stage();
    const alice = await typist(room, "Alice");
    const bob = await plain(room, "Bob");
    alice.send("\x1b[200~one\ttwo\rthree\nfo");
    alice.send("ur\x1b[201~");
    expect(await bob.text()).toBe("Alice: one\ttwo\nAlice: three\n");
    alice.send("\x01>\r");
    expect(await bob.text()).toBe("Alice: >four\n");
  });

  test("Ctrl-C clears the line, Ctrl-D deletes, and on an empty line it leaves", async () => {
    const room = stage();
    const alice = await typist(room, "Alice");
    alice.send("half\x03");
    expect(await alice.text()).toBe("");
    alice.send("ab\x01\x04");
    expect(await alice.text()).toBe("b\r");
    alice.send("\x04\x04");
    expect(await alice.text()).toBe(`${AWAY}*** Goodbye.\r\n${NO_MARKS}`);
    expect(alice.transport.calls).toContain("shutdown");
    expect(room.log()).toContain("Alice (test) has left: quit");
  });

  test("Ctrl-L empties the window, and the line is there again", async () => {
    const alice = await typist(stage(), "Alice");
    alice.send("half\x0c");
    expect(await alice.text()).toBe("\x1b[H\x1b[2Jhalf");
  });

  test("Ctrl-Y rings where no more fits", async () => {
    const alice = await typist(stage(), "Alice");
    alice.send(`${"x".repeat(600)}\x15\x19\x19`);
    expect((await alice.text()).startsWith("\x07")).toBe(true);
  });

  test("at the prompt Ctrl-D leaves without a word", async () => {
    const client = watched(stage().connectWith("raw"));
    await client.text();
    client.send("\x04");
    expect(await client.text()).toBe(AWAY + PROMPT + NO_MARKS);
    expect(client.transport.calls).toContain("shutdown");
  });

  test("what is typed and not sent is said to nobody when the input ends", async () => {
    const room = stage();
    const alice = await typist(room, "Alice");
    const bob = await plain(room, "Bob");
    alice.send("half");
    alice.connection.ended();
    expect(await bob.text()).toBe("*** Alice has left the chat ***\n");
  });

  test("has times before lines, and no bell, if it wants to", async () => {
    jest.setSystemTime(new Date(2026, 10, 28, 9, 5));
    const room = stage();
    const alice = await typist(room, "Alice");
    const bob = await plain(room, "Bob");
    await alice.text();
    alice.send("/timestamps\r/bell\r");
    expect(await alice.text()).toBe(
      "09:05 *** Lines have times from now on.\r\n09:05 *** Your name does not ring the bell from now on.\r\n",
    );
    bob.send("Alice!\n");
    expect(await alice.text()).toBe(`09:05 ${colour("Bob")}: \x1b[1mAlice\x1b[22m!\r\n`);
    alice.send("/timestamps\r/bell\r");
    await alice.text();
    bob.send("Alice!\n");
    expect(await alice.text()).toBe(`\x07${colour("Bob")}: \x1b[1mAlice\x1b[22m!\r\n`);
    expect(await bob.text()).toBe("");
  });

  test("keeps its own name in bold after it has changed", async () => {
    const room = stage();
    const alice = await typist(room, "Alice");
    const bob = await plain(room, "Bob");
    alice.send("/nick Ann\r");
    await alice.text();
    bob.send("Alice? Ann!\n");
    expect(await alice.text()).toBe(`\x07${colour("Bob")}: Alice? \x1b[1mAnn\x1b[22m!\r\n`);
  });

  test("is held to its rate: the keys behind a line that waits wait too, and none is lost", async () => {
    const room = stage({ lineBurst: 2, lineRate: 1 });
    const alice = await typist(room, "Alice");
    const bob = await plain(room, "Bob");
    await alice.text();
    alice.send("one\rtwo\rthree\rrest");
    expect(await bob.text()).toBe("Alice: one\n");
    expect(alice.transport.calls).toContain("pause");
    expect(await alice.text()).toBe(`${colour("Alice")}: one\r\n`);
    for (let at = 0; at < 3; at++) jest.advanceTimersByTime(1_000);
    expect(await bob.text()).toBe("Alice: two\nAlice: three\n");
    expect(await alice.text()).toContain("rest");
  });

  test("that has stalled keeps its line, and sees it again when it reads", async () => {
    const room = stage();
    const alice = await typist(room, "Alice");
    const bob = await plain(room, "Bob");
    await alice.text();
    alice.transport.script(...Array(20).fill(0));
    alice.send("half");
    bob.send("one\n");
    await alice.text();
    alice.send(" more");
    await alice.text();
    alice.transport.script();
    alice.connection.drained();
    const seen = (await alice.text()).split(AWAY);
    expect(seen.at(-1)).toBe(`${colour("Bob")}: one\r\nhalf more`);
  });

  test("a large chunk of keys is dealt with in steps", async () => {
    const room = stage();
    const alice = await typist(room, "Alice");
    const bob = await plain(room, "Bob");
    alice.send(Buffer.from(`${"k".repeat(99)}\r`.repeat(700)));
    const said = await bob.text();
    expect(said).toBe(`Alice: ${"k".repeat(99)}\n`.repeat(700));
  });
});
