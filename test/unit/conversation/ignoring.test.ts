import { describe, expect, test } from "bun:test";
import { chat } from "../../helpers/chat.ts";
import { stopClock } from "../../helpers/clock.ts";

stopClock();

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

  test("still hides whoever leaves and comes back, and not whoever takes a name left behind", async () => {
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

  test("is not evaded by names that are taken for a moment, and hides nobody else", async () => {
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

  test("lists, and ends by the name that somebody has now", async () => {
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

  test("ends when the one who ignores leaves", async () => {
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

  test("has an end", async () => {
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
