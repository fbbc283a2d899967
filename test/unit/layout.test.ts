import { describe, expect, test } from "bun:test";
import { Glob } from "bun";
import { dirname, join, normalize } from "node:path";

const ROOT = join(import.meta.dir, "../..");

/** The folders of lib/ from top to bottom. Each may import from itself, from those below it, and the events. */
const FOLDERS = [
  "lib",
  "lib/cli",
  "lib/admin",
  "lib/operator",
  "lib/listeners",
  "lib/connection",
  "lib/conversation",
  "lib/editor",
  "lib/cluster",
  "lib/room",
  "lib/limits",
  "lib/text",
  "lib/options",
];

/** What only the program itself may do. */
const PROGRAM_ONLY = /process\.(argv|env|exit)|Bun\.(argv|env)/;

const files = [...new Glob("lib/**/*.ts").scanSync(ROOT)]
  .filter((file) => !file.endsWith(".d.ts"))
  .toSorted();
const sources = await Promise.all(files.map((file) => Bun.file(join(ROOT, file)).text()));

describe("lib/", () => {
  test("has the folders that are named here, and no others", () => {
    const folders = new Set(files.map((file) => dirname(file)));
    expect([...folders].filter((folder) => !FOLDERS.includes(folder))).toEqual([]);
  });

  test("has exactly its files in the table of docs/design.md", async () => {
    const page = await Bun.file(join(ROOT, "docs/design.md")).text();
    const named = page.matchAll(/^\| \[([^\]]+)\]/gm);
    expect(Array.from(named, ([, file]) => file as string).toSorted()).toEqual(
      ["index.ts", ...files].toSorted(),
    );
  });

  test("imports one way, from each folder downwards", () => {
    const upwards = files.flatMap((file, index) => {
      const imports = sources[index]?.matchAll(/from "(\.[^"]+)"/g) ?? [];
      return [...imports]
        .map(([, path = ""]) => normalize(join(dirname(file), path)))
        .filter((path) => rankOf(path) < rankOf(file))
        .map((path) => `${file} knows ${path}`);
    });
    expect(upwards).toEqual([]);
  });

  test("reads no arguments and no environment, and never exits, except in its program", () => {
    const culprits = files.filter((file, index) => {
      return dirname(file) !== "lib/cli" && PROGRAM_ONLY.test(sources[index] as string);
    });
    expect(culprits).toEqual([]);
  });
});

function rankOf(file: string): number {
  return file === "lib/events.ts" ? FOLDERS.length : FOLDERS.indexOf(dirname(file));
}
