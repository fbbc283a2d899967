import { describe, expect, test } from "bun:test";
import { Log } from "../lib/log.ts";
import { Room, type Outbox } from "../lib/room.ts";
import { Session } from "../lib/session.ts";
import { stopClock, turnOver } from "./clock.ts";

stopClock();

/** Several sessions in one room, without sockets: what each is told, and the log. */
function chat(quiet = false) {
  const room = new Room(4096);
  let logged = "";
  const log = new Log((text) => (logged += text), quiet);
  const open = (address: string) => {
    let told = "";
    const outbox: Outbox = {
      enqueue: ({ bytes }) => void (told += Buffer.from(bytes).toString()),
      tell: (text) => void (told += text),
      flush() {},
    };
    const session = new Session({ room, log, address, outbox });
    return {
      session,
      async told(): Promise<string> {
        await turnOver();
        const text = told;
        told = "";
        return text;
      },
    };
  };
  const logText = () => {
    log.flush();
    return logged;
  };
  return { open, logText };
}

describe("Session", () => {
  test("prompts, and prompts again for an empty name", async () => {
    const bob = chat().open("b");
    expect(await bob.told()).toBe("Enter your name: ");
    bob.session.line("");
    bob.session.line(" \r");
    expect(await bob.told()).toBe("Enter your name: Enter your name: ");
    expect(bob.session.phase).toBe("naming");
  });

  test("the first line is the name, each later one a message, both trimmed", async () => {
    const { open } = chat();
    const [alice, bob] = [open("a"), open("b")];
    alice.session.line("Alice");
    bob.session.line("  Bob\r");
    expect(bob.session.phase).toBe("chatting");
    bob.session.line("  hi  there \r");
    bob.session.line("  ");
    bob.session.line("Bob");
    expect(await alice.told()).toBe(
      "Enter your name: *** Bob has joined the chat ***\nBob: hi  there\nBob: Bob\n",
    );
    expect(await bob.told()).toBe("Enter your name: ");
  });

  test("a name that is taken is refused with a sentence and the prompt", async () => {
    const { open } = chat();
    const [alice, bob] = [open("a"), open("b")];
    alice.session.line("Bob");
    bob.session.line("BOB");
    expect(await bob.told()).toBe("Enter your name: The name BOB is taken.\nEnter your name: ");
    expect(await alice.told()).toBe("Enter your name: ");
    bob.session.line("Robert");
    expect(await alice.told()).toBe("*** Robert has joined the chat ***\n");
  });

  test("a departure is announced once, whatever is called after it", async () => {
    const { open, logText } = chat();
    const [alice, bob] = [open("a"), open("b")];
    alice.session.line("Alice");
    bob.session.line("Bob");
    await alice.told();
    bob.session.leave("idle timeout");
    bob.session.leave("closed");
    bob.session.line("still here?");
    expect(await alice.told()).toBe("*** Bob has left the chat ***\n");
    expect(logText()).toBe(
      "Alice (a) has joined\nBob (b) has joined\nBob (b) has left: idle timeout\n",
    );
  });

  test("who never gave a name leaves no trace", async () => {
    const { open, logText } = chat();
    const [alice, nobody] = [open("a"), open("n")];
    alice.session.line("Alice");
    await alice.told();
    nobody.session.leave("no name given");
    expect(await alice.told()).toBe("");
    expect(logText()).toBe("Alice (a) has joined\n");
  });

  test("a line that is too long is answered in order with what others said", async () => {
    const { open } = chat();
    const [alice, bob] = [open("a"), open("b")];
    alice.session.line("Alice");
    bob.session.line("Bob");
    await alice.told();
    bob.session.line("before");
    alice.session.lineTooLong(65_536);
    bob.session.line("after");
    expect(await alice.told()).toBe(
      "Bob: before\nLine too long (limit 65536 bytes); not sent.\nBob: after\n",
    );
  });

  test("the log has every message, or none where it is to be quiet", async () => {
    for (const quiet of [false, true]) {
      const { open, logText } = chat(quiet);
      const bob = open("127.0.0.1:9");
      bob.session.line("Bob");
      bob.session.line("hello");
      bob.session.leave("reset");
      expect(logText()).toBe(
        `Bob (127.0.0.1:9) has joined\n${quiet ? "" : "Bob: hello\n"}Bob (127.0.0.1:9) has left: reset\n`,
      );
    }
  });

  test("no control character reaches the log, from a name or from a message", async () => {
    const { open, logText } = chat();
    const bob = open("b");
    bob.session.line("B\x1b[31mo\x07b");
    bob.session.line("x\x1b]0;owned\x07y\u2028z\tt\x9b2Jw\r.");
    bob.session.leave("closed");
    expect(logText()).toBe("Bob (b) has joined\nBob: xyz tw.\nBob (b) has left: closed\n");
  });

  test("the log of a busy turn is handed on before it ends, so that it does not grow for ever", () => {
    const texts: string[] = [];
    const log = new Log((text) => texts.push(text), false);
    for (let number = 0; number < 200; number++) log.said("Bob", "x".repeat(1_000));
    expect(texts.length).toBeGreaterThan(1);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThan(70_000);
  });

  test("the log is handed on once a turn", async () => {
    const texts: string[] = [];
    const log = new Log((text) => texts.push(text), false);
    log.joined("Bob", "b");
    log.said("Bob", "one");
    expect(texts).toEqual([]);
    await turnOver();
    log.said("Bob", "two");
    await turnOver();
    expect(texts).toEqual(["Bob (b) has joined\nBob: one\n", "Bob: two\n"]);
  });
});
