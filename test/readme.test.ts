import { describe, expect, test } from "bun:test";
import { Glob } from "bun";
import { defaultOf, usageOf } from "../lib/flags.ts";
import { OPTION_ENTRIES } from "../lib/options.ts";
import { ChatClient } from "./chat-client.ts";
import { Program } from "./program.ts";

const ROOT = `${import.meta.dir}/..`;
const readme = await Bun.file(`${ROOT}/README.md`).text();

/** The rows of the table below a heading, as cells. */
function tableRows(heading: string): string[][] {
  const [, section = ""] = readme.split(`\n## ${heading}\n`);
  const [table = ""] = /(^\|.*\n)+/m.exec(section) ?? [];
  const [, , ...rows] = table.trimEnd().split("\n");
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe("README", () => {
  test("its table of options is the table in options.ts", () => {
    const rows = OPTION_ENTRIES.map(([name, option]) => [
      `\`${usageOf(option)}\``,
      `\`${name}\``,
      defaultOf(option),
      option.about,
      option.reason,
    ]);
    expect(tableRows("Options")).toEqual(rows);
  });

  test("its layout names each file of lib/, and no other", async () => {
    const files = await Array.fromAsync(new Glob("lib/*.ts").scan(ROOT));
    const named = tableRows("How it is built").map(([cell = ""]) => /\((.*)\)/.exec(cell)?.[1]);
    expect(named.toSorted()).toEqual(["index.ts", ...files].toSorted());
  });

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

describe("lib/", () => {
  test("reads no arguments and no environment, and never exits", async () => {
    for await (const file of new Glob("lib/*.ts").scan(ROOT)) {
      const source = await Bun.file(`${ROOT}/${file}`).text();
      expect([file, source.match(/process\.(argv|env|exit)|Bun\.(argv|env)/)]).toEqual([
        file,
        null,
      ]);
    }
  });
});
