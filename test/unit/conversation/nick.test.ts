import { describe, expect, test } from "bun:test";
import { chat } from "../../helpers/chat.ts";
import { stopClock } from "../../helpers/clock.ts";

stopClock();

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

  test("takes one's own name in other letters", async () => {
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
