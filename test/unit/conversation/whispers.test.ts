import { describe, expect, test } from "bun:test";
import { chat } from "../../helpers/chat.ts";
import { stopClock } from "../../helpers/clock.ts";

stopClock();

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

  test("/reply answers whoever wrote last", async () => {
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

  test("follow whoever wrote last, also after a change of name, until they leave", async () => {
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
