import { describe, expect, jest, test } from "bun:test";
import { COMMANDS } from "../../../lib/conversation/commands.ts";
import { chat } from "../../helpers/chat.ts";
import { stopClock } from "../../helpers/clock.ts";

stopClock();

describe("commands", () => {
  test("/help lists each command, in lines that fit a terminal", async () => {
    const { join } = chat();
    const alice = await join("Alice");
    alice.say("/help");
    const lines = (await alice.told()).split("\n").slice(0, -1);
    const words = [...["help", ...Object.keys(COMMANDS)].map((name) => `/${name}`), "//text"];
    expect(lines.map((line) => /^\*\*\* (\S+)/.exec(line)?.[1])).toEqual(words);
    for (const line of lines) expect(line.length).toBeLessThan(80);
  });

  test.each([
    ["/help msg", "/msg NAME text      say something to one person alone"],
    ["/help  /MSG  now ", "/msg NAME text      say something to one person alone"],
    ["/help ／me", "/me text            say what you do: * Bob waves"],
    ["/help users", "/who                who is here, and how long silent (or /names, /users)"],
    ["/help exit", "/quit               leave the chat (or /exit)"],
  ])("%p explains one", async (line, explanation) => {
    const { join } = chat();
    const bob = await join("Bob");
    bob.say(line);
    expect(await bob.told()).toBe(`*** ${explanation}\n`);
  });

  test("have other words", async () => {
    const { join } = chat();
    const [alice, bob] = [await join("Alice"), await join("Bob")];
    await alice.told();
    for (const word of ["/who", "/names", "/Users"]) {
      bob.say(word);
      expect(await bob.told()).toBe("*** 2 people are here:\n***   Alice\n***   Bob\n");
    }
    bob.say("/exit");
    expect(await alice.told()).toBe("*** Bob has left the chat ***\n");
  });

  test("are whole words in any case, and go to nobody else", async () => {
    const { join, logText } = chat();
    const [alice, bob] = [await join("Alice"), await join("Bob")];
    await alice.told();
    bob.say("  /HeLp  ");
    expect(await bob.told()).toContain("*** /who");
    bob.say("/helpme");
    expect(await bob.told()).toBe(
      "*** There is no command /helpme. Type /help for those there are.\n",
    );
    expect(await alice.told()).toBe("");
    expect(logText()).not.toContain("/");
  });

  test.each([
    ["/hepl", "/help"],
    ["/mgs Alice hi", "/msg"],
    ["/wh", "/who"],
    ["/w", "/msg"],
    ["/W Alice hi", "/msg"],
    ["/exti", "/exit"],
    ["/name", "/names"],
    ["/un Alice", "/unignore"],
  ])("%p is taken for a slip", async (line, meant) => {
    const { join } = chat();
    const bob = await join("Bob");
    bob.say(line);
    const [word] = line.split(" ");
    expect(await bob.told()).toBe(`*** There is no command ${word}. Did you mean ${meant}?\n`);
  });

  test.each([
    ["/help mgs", "There is no command /mgs. Did you mean /msg?"],
    ["/help w", "There is no command /w. Did you mean /msg?"],
    ["/help nosuch", "There is no command /nosuch. Type /help for those there are."],
  ])("%p suggests", async (line, answer) => {
    const { join } = chat();
    const bob = await join("Bob");
    bob.say(line);
    expect(await bob.told()).toBe(`*** ${answer}\n`);
  });

  test.each(["/", "/ help", "/usr/bin", "/constructor", "/__proto__", "/1"])(
    "%p is no command",
    async (line) => {
      const { join } = chat();
      const bob = await join("Bob");
      bob.say(line);
      const [word] = line.split(" ");
      expect(await bob.told()).toBe(
        `*** There is no command ${word}. Type /help for those there are.\n`,
      );
    },
  );

  test("a long word that is no command is not repeated whole", async () => {
    const { join } = chat();
    const bob = await join("Bob");
    bob.say(`/${"x".repeat(1_000)}`);
    expect(await bob.told()).toBe(
      `*** There is no command /${"x".repeat(40)}. Type /help for those there are.\n`,
    );
  });

  test.each([
    "\u200b\u200d/msg Alice secret",
    "\u200b /msg Alice secret",
    " \u3000\ufe0f\t\u2800\u00ad \u180e/msg Alice secret",
    "\ufff9\ufffa\ufffb/msg Alice secret",
    "／msg Alice secret",
    "\u200b　／msg　Alice　secret",
  ])(
    "invisible characters before a slash, or the slash of another keyboard, do not make %p public",
    async (line) => {
      const { join } = chat();
      const [alice, bob] = [await join("Alice"), await join("Bob")];
      await alice.told();
      bob.say(line);
      expect(await alice.told()).toBe("[private from Bob] secret\n");
    },
  );

  test("no command folds a name for each member or each ignored person", async () => {
    const { join } = chat();
    const bob = await join("Bob");
    for (let number = 0; number < 150; number++) {
      await join(`n${number}`);
      bob.say(`/ignore n${number}`);
    }
    await bob.told();
    const normalize = jest.spyOn(String.prototype, "normalize");
    for (const line of ["/unignore x", "/msg x y", "/ignore x", "/nick n1", "/nick Mary Jane"]) {
      normalize.mockClear();
      bob.say(line);
      expect(await bob.told()).toStartWith("*** ");
      expect(normalize.mock.calls.length).toBeLessThan(20);
    }
    normalize.mockRestore();
  });

  test("a name that somebody has is not suggested", async () => {
    const { join } = chat();
    const [, bob] = [await join("mary-jane"), await join("Bob")];
    bob.say("/nick Mary Jane");
    expect(await bob.told()).toBe("*** Names have no spaces.\n");
  });

  test("two slashes say a line that begins with one", async () => {
    const { join, logText } = chat();
    const [alice, bob] = [await join("Alice"), await join("Bob")];
    await alice.told();
    bob.say("//who is a command");
    bob.say("///");
    bob.say("／／tmp");
    expect(await alice.told()).toBe("Bob: /who is a command\nBob: //\nBob: ／tmp\n");
    expect(logText()).toEndWith("Bob: /who is a command\nBob: //\nBob: ／tmp\n");
  });

  describe("/who", () => {
    test("names the members, oldest first, and how long they have been silent", async () => {
      const { join } = chat();
      const [alice, bob] = [await join("Alice"), await join("Bob")];
      jest.advanceTimersByTime(59_999);
      await join("Carol");
      bob.say("hello");
      bob.say("/nick Robert");
      await bob.told();
      jest.advanceTimersByTime(60_001);
      alice.say("/me is back");
      await alice.told();
      bob.say("/who");
      const lines = "3 people are here:\n***   Alice\n***   Robert (silent for 1 minute)\n";
      expect(await bob.told()).toBe(
        `* Alice is back\n*** ${lines}***   Carol (silent for 1 minute)\n`,
      );
      jest.advanceTimersByTime(60_000);
      alice.say("/who");
      expect(await alice.told()).toContain("***   Robert (silent for 2 minutes)\n");
    });

    test("names a hundred, and says how many more there are", async () => {
      const { join } = chat();
      for (let number = 1; number <= 102; number++) await join(`p${number}`);
      const last = await join("Last");
      last.say("/who");
      const lines = (await last.told()).split("\n").slice(0, -1);
      expect(lines).toHaveLength(102);
      expect(lines.slice(99)).toEqual(["***   p99", "***   p100", "***   and 3 more"]);
      expect(lines[0]).toBe("*** 103 people are here:");
    });

    test("says when somebody is alone", async () => {
      const { join } = chat();
      const alice = await join("Alice");
      alice.say("/who");
      expect(await alice.told()).toBe("*** 1 person is here:\n***   Alice\n");
    });
  });

  test("/me says what somebody does", async () => {
    const { join, logText } = chat();
    const [alice, bob] = [await join("Alice"), await join("Bob")];
    await alice.told();
    bob.say("/me  waves  to all ");
    bob.say("/me");
    expect(await alice.told()).toBe("* Bob waves  to all\n");
    expect(await bob.told()).toBe("*** Type /me text\n");
    expect(logText()).toEndWith("* Bob waves  to all\n");
  });

  test("/quit leaves", async () => {
    const { join, logText } = chat();
    const [alice, bob] = [await join("Alice"), await join("Bob")];
    await alice.told();
    bob.say("/QUIT now");
    bob.say("more");
    expect(await alice.told()).toBe("*** Bob has left the chat ***\n");
    expect(logText()).toEndWith("Bob (bob) has left: quit\n");
  });
});
