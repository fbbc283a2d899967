import { describe, expect, test } from "bun:test";
import { CommandTable, type Command } from "../../../lib/conversation/command-table.ts";
import { TO_SPEAKERS } from "../../../lib/conversation/speaker.ts";
import { announced } from "../../../lib/text/messages.ts";
import { chat } from "../../helpers/chat.ts";
import { stopClock } from "../../helpers/clock.ts";

stopClock();

const teapot: Command = {
  takes: "text",
  about: "say what is in it",
  also: ["kettle"],
  suggestedFor: ["mug"],
  isFor: ({ member }) => member.name === "Alice",
  run({ journal }, text) {
    journal.propose({ do: "announce", lines: announced(text) });
  },
};

describe("a command from another table", () => {
  const stage = async () => {
    const { join } = chat({}, { teapot });
    const [alice, bob] = [await join("Alice"), await join("Bob")];
    await alice.told();
    return { alice, bob };
  };

  test("is one like the others for those who may use it", async () => {
    const { alice, bob } = await stage();
    alice.say("/KETTLE tea");
    expect(await bob.told()).toBe("*** Announcement: tea\n");
    await alice.told();
    for (const line of ["/help", "/help teapot", "/mug", "/teapt"]) alice.say(line);
    const told = await alice.told();
    const help = "*** /teapot text        say what is in it (or /kettle)\n";
    expect(told.split(help)).toHaveLength(3);
    expect(told).toEndWith(
      "*** There is no command /mug. Did you mean /teapot?\n" +
        "*** There is no command /teapt. Did you mean /teapot?\n",
    );
  });

  test("does not exist for the others", async () => {
    const { alice, bob } = await stage();
    for (const line of ["/help", "/help teapot", "/teapot tea", "/mug"]) bob.say(line);
    expect(await bob.told()).not.toMatch(/what is in it|Did you mean \/teapot/);
    expect(await alice.told()).toBe("");
  });
});

test("two commands cannot have the same word", () => {
  const make = () => new CommandTable(TO_SPEAKERS, { teapot }, { kettle: teapot });
  expect(make).toThrow("two commands are called /kettle");
});
