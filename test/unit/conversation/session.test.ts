import { describe, expect, jest, spyOn, test } from "bun:test";
import { Log } from "../../../lib/operator/log.ts";
import { chat } from "../../helpers/chat.ts";
import { stopClock, turnOver } from "../../helpers/clock.ts";

const LOUD = { quiet: false, logFormat: "text", logFile: "" } as const;
const QUIET = { ...LOUD, quiet: true };

stopClock();

const said = (text: string) => ({ type: "said", client: "b", name: "Bob", text }) as const;

describe("Session", () => {
  test("prompts, and prompts again for an empty name", async () => {
    const bob = chat().open("b");
    expect(await bob.told()).toBe("Enter your name: ");
    bob.line("");
    bob.line(" \r");
    expect(await bob.told()).toBe("Enter your name: Enter your name: ");
    expect(bob.session.phase).toBe("naming");
  });

  test("the first line is the name, each later one a message, both trimmed", async () => {
    const { open } = chat();
    const [alice, bob] = [open("a"), open("b")];
    alice.line("Alice");
    bob.line("  Bob\r");
    expect(bob.session.phase).toBe("chatting");
    bob.line("  hi  there \r");
    bob.line("  ");
    bob.line("Bob");
    expect(await alice.told()).toBe(
      "Enter your name: *** Bob has joined the chat ***\nBob: hi  there\nBob: Bob\n",
    );
    expect(await bob.told()).toBe("Enter your name: ");
  });

  test("a name that is taken is refused with a sentence and the prompt", async () => {
    const { open } = chat();
    const [alice, bob] = [open("a"), open("b")];
    alice.line("Bob");
    bob.line("BOB");
    expect(await bob.told()).toBe("Enter your name: The name BOB is taken.\nEnter your name: ");
    expect(await alice.told()).toBe("Enter your name: ");
    bob.line("Robert");
    expect(await alice.told()).toBe("*** Robert has joined the chat ***\n");
  });

  test("a name against the rules is refused with the rule, a suggestion and the prompt", async () => {
    const { open } = chat();
    const [alice, mary] = [open("a"), open("m")];
    alice.line("Alice");
    await mary.told();
    mary.line(" Mary  Jane ");
    expect(await mary.told()).toBe("Names have no spaces. Try Mary-Jane.\nEnter your name: ");
    mary.line("x".repeat(33));
    expect(await mary.told()).toBe("Names have at most 32 characters.\nEnter your name: ");
    mary.line("Disconnected");
    mary.line("*** Bob has joined the chat ***");
    expect(await mary.told()).toBe(
      "The name Disconnected is the server's own.\nEnter your name: " +
        "Names have no spaces. Try Bob-has-joined-the-chat.\nEnter your name: ",
    );
    expect(mary.session.phase).toBe("naming");
    expect(await alice.told()).toBe("Enter your name: ");
  });

  test("a name that somebody has is not suggested", async () => {
    const { open } = chat();
    const [alice, mary] = [open("a"), open("m")];
    alice.line("mary-jane");
    mary.line("Mary Jane");
    expect(await mary.told()).toBe("Enter your name: Names have no spaces.\nEnter your name: ");
  });

  test("nobody sees a control character, in a name or in a message", async () => {
    const { open } = chat();
    const [alice, bob] = [open("a"), open("b")];
    alice.line("Alice");
    await alice.told();
    bob.line("B\x1b[31mo\u200db\ufeff");
    bob.line("a\x1b]0;owned\x07\u202eb\u2028c\t\x9b2Jd\r*** Eve has left the chat ***");
    bob.line("helol\b\x7flo");
    bob.line("👩\u200d💻");
    bob.line(" \x1b[2J\x03\u2066 ");
    bob.line("end");
    expect(await alice.told()).toBe(
      "*** Bob has joined the chat ***\nBob: abc\td*** Eve has left the chat ***\n" +
        "Bob: hello\nBob: 👩\u200d💻\nBob: end\n",
    );
  });

  test("a departure is announced once, whatever is called after it", async () => {
    const { open, logText } = chat();
    const [alice, bob] = [open("a"), open("b")];
    alice.line("Alice");
    bob.line("Bob");
    await alice.told();
    bob.session.leave("idle timeout");
    bob.session.leave("closed");
    bob.line("still here?");
    expect(await alice.told()).toBe("*** Bob has left the chat ***\n");
    expect(logText()).toBe(
      "Alice (a) has joined\nBob (b) has joined\nBob (b) has left: idle timeout\n",
    );
  });

  test("a client that never gave a name leaves no trace", async () => {
    const { open, logText } = chat();
    const [alice, nobody] = [open("a"), open("n")];
    alice.line("Alice");
    await alice.told();
    nobody.session.leave("no name given");
    expect(await alice.told()).toBe("");
    expect(logText()).toBe("Alice (a) has joined\n");
  });

  test("a line that is too long is answered in order with what others said", async () => {
    const { open } = chat();
    const [alice, bob] = [open("a"), open("b")];
    alice.line("Alice");
    bob.line("Bob");
    await alice.told();
    bob.line("before");
    alice.session.lineTooLong(65_536);
    bob.line("after");
    expect(await alice.told()).toBe(
      "Bob: before\n*** Line too long (limit 65536 bytes); not sent.\nBob: after\n",
    );
  });

  test("the log has every message, or none if it is quiet", async () => {
    for (const quiet of [false, true]) {
      const { open, logText } = chat({ quiet });
      const bob = open("127.0.0.1:9");
      bob.line("Bob");
      bob.line("hello");
      bob.session.leave("reset");
      expect(logText()).toBe(
        `Bob (127.0.0.1:9) has joined\n${quiet ? "" : "Bob: hello\n"}Bob (127.0.0.1:9) has left: reset\n`,
      );
    }
  });

  test("no control character reaches the log, from a name or from a message", async () => {
    const { open, logText } = chat();
    const bob = open("b");
    bob.line("B\x1b[31mo\x07b");
    bob.line("x\x1b]0;owned\x07y\u2028z\tt\x9b2Jw\r.");
    bob.session.leave("closed");
    expect(logText()).toBe("Bob (b) has joined\nBob: xyz\ttw.\nBob (b) has left: closed\n");
  });

  test("the log of a busy turn is passed on before the turn ends, so that it does not grow for ever", () => {
    const texts: string[] = [];
    const log = new Log((text) => texts.push(text), LOUD);
    for (let number = 0; number < 200; number++) log.take(said("x".repeat(1_000)));
    expect(texts.length).toBeGreaterThan(1);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThan(70_000);
  });

  test("strangers who are refused cannot fill the log", () => {
    let text = "";
    const log = new Log((part) => (text += part), QUIET);
    for (let client = 0; client < 1_000; client++)
      log.take({ type: "refused", client: `host:${client}`, reason: "TLS handshake" });
    log.flush();
    expect(text.split("\n")).toHaveLength(21);
    jest.advanceTimersByTime(1_000);
    log.take({ type: "refused", client: "host:1000", reason: "server full" });
    log.flush();
    expect(text).toEndWith("\nrefused host:1000: server full (and 980 before)\n");
    jest.advanceTimersByTime(1_000);
    log.take({ type: "refused", client: "host:1001", reason: "server full" });
    log.flush();
    expect(text).toEndWith("\nrefused host:1001: server full\n");
  });

  test("an error of ours may contain text that somebody sent, so it is shown line by line, and safely", () => {
    let text = "";
    const log = new Log((part) => (text += part), QUIET);
    const error = Object.assign(new Error(), { stack: "Error: \x1b[2J\x07no\n    at x" });
    log.take({ type: "failed", client: "b", error });
    log.take({ type: "failed", client: "b", error: "\x1b[2Jno error at all" });
    log.flush();
    const start = "internal error with the client at b:";
    expect(text).toBe(`${start} Error: no\n    at x\n${start} no error at all\n`);
  });

  test("the operator is told of events that concern no client", () => {
    let text = "";
    const log = new Log((part) => (text += part), QUIET);
    log.take({ type: "clients limited", clientsMax: 1, wanted: 10 });
    log.take({ type: "welcome unreadable", reason: "it is gone" });
    log.take({ type: "connected", client: "b" });
    log.flush();
    expect(text).toBe(
      "*** 1 client at most, not 10: the limit on open files (ulimit -n) is too low ***\n" +
        "*** The welcome stays as it was: it is gone ***\n",
    );
  });

  test("a log function that throws is reported once, and called again", () => {
    const complain = spyOn(console, "error").mockImplementation(() => {});
    const texts: string[] = [];
    const error = new Error("the disk is full");
    const log = new Log((text) => {
      texts.push(text);
      throw error;
    }, LOUD);
    for (const name of ["Alice", "Bob"]) {
      log.take({ type: "joined", client: "a", name });
      log.flush();
    }
    expect(texts).toEqual(["Alice (a) has joined\n", "Bob (a) has joined\n"]);
    expect(complain.mock.calls).toEqual([["natter: the log function threw:", error]]);
    complain.mockRestore();
  });

  test("the log is passed on once a turn", async () => {
    const texts: string[] = [];
    const log = new Log((text) => texts.push(text), LOUD);
    log.take({ type: "joined", client: "b", name: "Bob" });
    log.take(said("one"));
    expect(texts).toEqual([]);
    await turnOver();
    log.take(said("two"));
    await turnOver();
    expect(texts).toEqual(["Bob (b) has joined\nBob: one\n", "Bob: two\n"]);
  });
});
