import { describe, expect, test } from "bun:test";
import { chat } from "../../helpers/chat.ts";
import { stopClock } from "../../helpers/clock.ts";

stopClock();

/** What Bob is told when he joins `others`. */
async function greeted(given: Parameters<typeof chat>[0], ...others: string[]): Promise<string> {
  const { open, join } = chat(given);
  for (const name of others) (await join(name)).say("hi");
  const bob = open("bob");
  await bob.told();
  bob.line("Bob");
  return await bob.told();
}

describe("the greeting", () => {
  test.each([
    ["alone", [], "and alone so far"],
    ["with one", ["Ann"], "with 1 other"],
    ["with several", ["Ann", "Cid"], "with 2 others"],
  ])("says how many others are here: %s", async (_, others, company) => {
    const greeting = `*** You are Bob, ${company}. /help lists the commands.\n`;
    expect(await greeted({ greeting: true }, ...others)).toBe(greeting);
  });

  test("comes before the history", async () => {
    expect(await greeted({ greeting: true, history: 5 }, "Ann")).toBe(
      "*** You are Bob, with 1 other. /help lists the commands.\n" +
        "*** 1 line from before you came:\nAnn: hi\n*** This is now:\n",
    );
  });

  test("says the name as it is shown, not as it was typed", async () => {
    const { open } = chat({ greeting: true });
    const zoe = open("zoe");
    await zoe.told();
    zoe.line(" \x1b[1mZoe\u0308\x1b[0m ");
    expect(await zoe.told()).toStartWith("*** You are Zo\u00eb, and alone so far.");
  });

  test("is given only if the option is on, and not to a refused client", async () => {
    expect(await greeted({}, "Ann")).toBe("");
    expect(await greeted({ greeting: true }, "BOB")).not.toContain("You are");
  });
});
