import { describe, expect, test } from "bun:test";
import { CommandTable, type Command } from "../../../lib/conversation/command-table.ts";
import { announced } from "../../../lib/text/messages.ts";
import { chat } from "../../helpers/chat.ts";
import { stopClock } from "../../helpers/clock.ts";

stopClock();

const topic: Command = {
  takes: "text",
  about: "say what the room is about",
  also: ["subject"],
  suggestedFor: ["title"],
  isFor: ({ member }) => member.name === "Alice",
  run({ journal }, text) {
    journal.propose({ do: "announce", lines: announced(text) });
  },
};

describe("a command from another table", () => {
  const stage = async () => {
    const { join } = chat({}, { commands: { topic } });
    const [alice, bob] = [await join("Alice"), await join("Bob")];
    await alice.told();
    return { alice, bob };
  };

  test("is one like the others for those who may use it", async () => {
    const { alice, bob } = await stage();
    alice.say("/SUBJECT tea");
    expect(await bob.told()).toBe("*** Announcement: tea\n");
    await alice.told();
    for (const line of ["/help", "/help topic", "/title", "/topc"]) alice.say(line);
    const told = await alice.told();
    const help = "*** /topic text         say what the room is about (or /subject)\n";
    expect(told.split(help)).toHaveLength(3);
    expect(told).toEndWith(
      "*** There is no command /title. Did you mean /topic?\n" +
        "*** There is no command /topc. Did you mean /topic?\n",
    );
  });

  test("does not exist for the others", async () => {
    const { alice, bob } = await stage();
    for (const line of ["/help", "/help topic", "/topic tea", "/title"]) bob.say(line);
    expect(await bob.told()).not.toMatch(/the room is about|Did you mean \/topic/);
    expect(await alice.told()).toBe("");
  });
});

test("two commands cannot have the same word", () => {
  const make = () => new CommandTable({ topic }, { subject: topic });
  expect(make).toThrow("two commands are called /subject");
});
