import { describe, expect, test } from "bun:test";
import { GOODBYES } from "../../lib/text/messages.ts";
import { chat } from "../helpers/chat.ts";
import { stopClock } from "../helpers/clock.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { Program } from "../helpers/program.ts";

const ROOT = `${import.meta.dir}/../..`;
const readme = await Bun.file(`${ROOT}/README.md`).text();

describe("README", () => {
  test("its library example runs as it stands", async () => {
    const [, example = ""] = /```ts\n(.*?)```/s.exec(readme) ?? [];
    await using program = new Program(process.execPath, "--eval", example);
    const [, port] = /^Join with: nc 127\.0\.0\.1 (\d+)$/.exec(await program.stdout.line()) ?? [];
    using alice = await ChatClient.join(Number(port), "Alice");
    await program.stdout.expect(`Alice (${alice.address}) has joined\n`);
    program.signal("SIGINT");
    await alice.expectLast("*** The server is shutting down ***\n");
    expect(await program.exited).toBe(0);
  });
});

/** A line of one terminal, if there is one in this row. */
function shownIn(cell = ""): string {
  return cell.trim() === "" ? "" : `${cell.trim()}\n`;
}

describe("README's transcript of commands", () => {
  stopClock();

  test("is what Bob and Alice see", async () => {
    const [, section = ""] = readme.split("\n## Commands\n");
    const [, transcript = ""] = /```text\n(.*?)\n```/s.exec(section) ?? [];
    const rows = transcript.split("\n").map((row) => row.split("|"));
    const [bobs, alices] = [0, 1].map((column) => rows.map((row) => shownIn(row[column])).join(""));
    const { join } = chat();
    const [alice, bob] = [await join("Alice"), await join("Bob")];
    await join("Carol");
    await alice.told();
    await bob.told();
    const seen = { bob: "", alice: "" };
    const typed = (alices?.match(/(?<=^> ).*$/gm) ?? []).values();
    for (const [, line = ""] of bobs?.matchAll(/^> (.*)$/gm) ?? []) {
      bob.say(line);
      seen.bob += `> ${line}\n${await bob.told()}`;
      const news = await alice.told();
      seen.alice += news;
      const reply = news.includes("minute?") ? typed.next().value : undefined;
      if (reply === undefined) continue;
      alice.say(reply);
      seen.alice += `> ${reply}\n${await alice.told()}`;
      seen.bob += await bob.told();
    }
    seen.bob += GOODBYES.quit;
    expect(seen).toEqual({ bob: bobs as string, alice: alices as string });
  });
});
