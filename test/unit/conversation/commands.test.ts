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

  describe("/nick", () => {
    test("tells everyone, and frees the name", async () => {
      const { join, logText } = chat();
      const [alice, bob] = [await join("Alice"), await join("Bob")];
      await alice.told();
      bob.say("/nick Robert");
      bob.say("hi");
      expect(await bob.told()).toBe("*** Bob is now Robert ***\n");
      expect(await alice.told()).toBe("*** Bob is now Robert ***\nRobert: hi\n");
      expect(logText()).toEndWith("Bob (bob) is now Robert\nRobert: hi\n");
      await join("Bob");
      bob.session.leave("closed");
      expect(await alice.told()).toBe(
        "*** Bob has joined the chat ***\n*** Robert has left the chat ***\n",
      );
      await join("robert");
    });

    test("accepts the member's own name in other letters", async () => {
      const { join } = chat();
      const bob = await join("Bob");
      bob.say("/nick BOB");
      bob.say("/nick BOB");
      expect(await bob.told()).toBe("*** Bob is now BOB ***\n*** BOB is now BOB ***\n");
    });

    test.each([
      ["/nick", "*** Type /nick NAME\n"],
      ["/nick Mary Jane", "*** Names have no spaces. Try Mary-Jane.\n"],
      ["/nick alice", "*** The name alice is taken.\n"],
      ["/nick Mary  Ann", "*** Names have no spaces. Try Mary-Ann.\n"],
      ["/nick Ali ce", "*** Names have no spaces. Try Ali-ce.\n"],
      ["/nick Disconnected", "*** The name Disconnected is the server's own.\n"],
    ])("%p is refused as at the prompt", async (line, answer) => {
      const { join } = chat();
      const [alice, bob] = [await join("Alice"), await join("Bob")];
      await alice.told();
      bob.say(line);
      bob.say("hi");
      expect(await bob.told()).toBe(answer);
      expect(await alice.told()).toBe("Bob: hi\n");
    });

    test("is limited as joining is", async () => {
      const { join } = chat();
      const bob = await join("Bob");
      bob.joins.spend(98);
      bob.say("/nick Rob");
      bob.say("/nick Mary Jane");
      bob.say("/nick Bob");
      expect(await bob.told()).toBe(
        "*** Bob is now Rob ***\n*** Names have no spaces. Try Mary-Jane.\n" +
          "*** You change your name too often; try again in a moment.\n",
      );
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

  describe("/msg and /reply", () => {
    test("reach one person, confirm, and leave no trace", async () => {
      const { join, logText } = chat();
      const people = [await join("Alice"), await join("Bob"), await join("Carol")] as const;
      const [alice, bob, carol] = people;
      for (const person of people) await person.told();
      bob.say("/msg ALICE  meet me  at noon");
      expect(await bob.told()).toBe("[private to Alice] meet me  at noon\n");
      expect(await alice.told()).toBe("[private from Bob] meet me  at noon\n");
      alice.say("/r fine");
      alice.say("/REPLY bye");
      expect(await bob.told()).toBe("[private from Alice] fine\n[private from Alice] bye\n");
      expect(await alice.told()).toBe("[private to Bob] fine\n[private to Bob] bye\n");
      expect(await carol.told()).toBe("");
      expect(logText()).not.toMatch(/noon|fine|bye/);
    });

    test("/reply answers the last person who wrote", async () => {
      const { join } = chat();
      const [alice, bob, carol] = [await join("Alice"), await join("Bob"), await join("Carol")];
      bob.say("/msg Alice one");
      carol.say("/msg Alice two");
      bob.say("/ignore Alice");
      await bob.told();
      alice.say("/reply three");
      expect(await carol.told()).toEndWith("[private from Alice] three\n");
      expect(await bob.told()).toBe("");
    });

    test("keep the order of what was said", async () => {
      const { join } = chat();
      const [alice, bob] = [await join("Alice"), await join("Bob")];
      await alice.told();
      bob.say("one");
      bob.say("/msg Alice two");
      bob.say("three");
      expect(await alice.told()).toBe("Bob: one\n[private from Bob] two\nBob: three\n");
    });

    test("follow the last person who wrote, also after a change of name, until that person leaves", async () => {
      const { join } = chat();
      const [alice, bob] = [await join("Alice"), await join("Bob")];
      bob.say("/msg Alice hi");
      bob.say("/nick Robert");
      await alice.told();
      await bob.told();
      alice.say("/reply you");
      expect(await bob.told()).toBe("[private from Alice] you\n");
      bob.session.leave("closed");
      await join("Robert");
      await alice.told();
      alice.say("/reply still there?");
      expect(await alice.told()).toBe(
        "*** Robert is not here any more. Type /who for those who are here.\n",
      );
    });

    test.each([
      ["/msg", "*** Type /msg NAME text\n"],
      ["/msg Alice", "*** Type /msg NAME text\n"],
      ["/reply", "*** Type /reply text\n"],
      ["/reply hi", "*** Nobody has written to you privately. Type /msg NAME text\n"],
      ["/msg bob hi", "*** That is you. Type /who for those who are here.\n"],
      ["/msg Zoe hi", "*** Nobody here is called Zoe. Type /who for those who are here.\n"],
      ["/msg Ailce hi", "*** Nobody here is called Ailce. Did you mean Alice?\n"],
      ["/msg al hi", "*** Nobody here is called al. Did you mean Alice?\n"],
    ])("%p is answered with what to do", async (line, answer) => {
      const { join } = chat();
      const [alice, bob] = [await join("Alice"), await join("Bob")];
      await alice.told();
      bob.say(line);
      expect(await bob.told()).toBe(answer);
      expect(await alice.told()).toBe("");
    });
  });

  describe("/ignore", () => {
    test("hides what one person says and does, also under another name", async () => {
      const { join } = chat();
      const [alice, bob, carol] = [await join("Alice"), await join("Bob"), await join("Carol")];
      alice.say("/ignore bob");
      await alice.told();
      await carol.told();
      for (const line of ["one", "/me two", "/msg Alice three"]) bob.say(line);
      carol.say("four");
      bob.say("/nick Robert");
      bob.say("five");
      expect(await alice.told()).toBe("Carol: four\n*** Bob is now Robert ***\n");
      expect(await carol.told()).toBe(
        "Bob: one\n* Bob two\n*** Bob is now Robert ***\nRobert: five\n",
      );
      expect(await bob.told()).toBe(
        "*** Carol has joined the chat ***\n[private to Alice] three\nCarol: four\n*** Bob is now Robert ***\n",
      );
      alice.say("/reply hello?");
      expect(await alice.told()).toBe(
        "*** Nobody has written to you privately. Type /msg NAME text\n",
      );
    });

    test("still hides a person that leaves and comes back, but not another one that takes a name left behind", async () => {
      const { join } = chat();
      const [alice, bob] = [await join("Alice"), await join("Bob")];
      alice.say("/ignore Bob");
      bob.say("/nick Robert");
      bob.session.leave("closed");
      const [again, other] = [await join("Robert"), await join("Bob")];
      await alice.told();
      again.say("hidden");
      other.say("shown");
      expect(await alice.told()).toBe("Bob: shown\n");
    });

    test("cannot be evaded with names that are taken for a moment, and hides nobody else", async () => {
      const { join } = chat();
      const [alice, bob, carol] = [await join("Alice"), await join("Bob"), await join("Carol")];
      alice.say("/ignore Bob");
      bob.say("/nick Robert");
      bob.session.leave("closed");
      for (const line of ["/nick Robert", "/nick Bob", "/nick Carol", "shown"]) carol.say(line);
      const again = await join("Bob");
      again.say("hidden");
      await carol.told();
      expect(await alice.told()).toEndWith("Carol: shown\n*** Bob has joined the chat ***\n");
      alice.say("/ignore");
      expect(await alice.told()).toBe("*** You ignore Bob.\n");
    });

    test("lists, and ends by the current name of somebody", async () => {
      const { join } = chat();
      const [alice, bob, carol] = [await join("Alice"), await join("Bob"), await join("Carol")];
      alice.say("/ignore");
      alice.say("/ignore Bob");
      alice.say("/ignore carol");
      bob.say("/nick Robert");
      await alice.told();
      alice.say("/ignore");
      alice.say("/unignore Bob");
      alice.say("/unignore ROBERT");
      alice.say("/ignore");
      expect(await alice.told()).toBe(
        "*** You ignore Robert, Carol.\n" +
          "*** You do not ignore Bob. Type /ignore for those whom you do.\n" +
          "*** You no longer ignore Robert.\n*** You ignore Carol.\n",
      );
      bob.say("shown");
      carol.say("hidden");
      expect(await alice.told()).toBe("Robert: shown\n");
    });

    test("ends when the member who ignores leaves", async () => {
      const { join } = chat();
      const [alice, bob] = [await join("Alice"), await join("Bob")];
      alice.say("/ignore Bob");
      alice.session.leave("closed");
      const again = await join("Alice");
      bob.say("hi");
      expect(await again.told()).toBe("Bob: hi\n");
    });

    test.each([
      ["/ignore", "*** You ignore no one so far. Type /ignore NAME\n"],
      ["/ignore bob", "*** That is you. Type /who for those who are here.\n"],
      ["/ignore Alcie", "*** Nobody here is called Alcie. Did you mean Alice?\n"],
      ["/unignore al", "*** You do not ignore al. Type /ignore for those whom you do.\n"],
      ["/unignore", "*** Type /unignore NAME\n"],
      ["/unignore Alice", "*** You do not ignore Alice. Type /ignore for those whom you do.\n"],
    ])("%p is answered", async (line, answer) => {
      const { join } = chat();
      await join("Alice");
      const bob = await join("Bob");
      bob.say(line);
      expect(await bob.told()).toBe(answer);
    });

    test("has a limit", async () => {
      const { join } = chat();
      const alice = await join("Alice");
      for (let number = 0; number <= 100; number++) await join(`p${number}`);
      await alice.told();
      for (let number = 0; number <= 100; number++) alice.say(`/ignore p${number}`);
      expect(await alice.told()).toEndWith(
        "*** You ignore p99 from now on.\n" +
          "*** You ignore 100 people, which is the most. Type /unignore NAME first.\n",
      );
    });
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
