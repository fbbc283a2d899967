import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { OperatorConsole } from "../lib/operator-console.ts";
import { Program } from "./program.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(`${tmpdir()}/natter-`)));
afterEach(() => rmSync(folder, { recursive: true }));

const line = (number: number) => `${String(number).padEnd(999, ".")}\n`;

/** A pipe that holds 64 KiB until somebody reads it. */
function openPipe(flags: number): { path: string; descriptor: number } {
  const path = `${folder}/pipe`;
  Bun.spawnSync(["mkfifo", path]);
  return { path, descriptor: openSync(path, constants.O_RDWR | flags) };
}

const isMissing = Bun.which("mkfifo") === null || Bun.which("cat") === null;
const note = isMissing ? ": skipped, needs mkfifo and cat" : "";

describe("OperatorConsole", () => {
  test("writes everything, in order", async () => {
    const descriptor = openSync(`${folder}/log`, "w");
    const console = new OperatorConsole(descriptor);
    for (let number = 0; number < 500; number++) console.print(line(number));
    await console.flushed(60_000);
    await console.flushed(60_000);
    closeSync(descriptor);
    const expected = Array.from({ length: 500 }, (_, number) => line(number)).join("");
    expect(readFileSync(`${folder}/log`, "utf8")).toBe(expected);
  });

  for (const [kind, flags] of [
    ["blocks", 0],
    ["does not block", constants.O_NONBLOCK],
  ] as const) {
    const name = `keeps a bounded backlog for a pipe that ${kind}, and says how much is missing${note}`;
    test.skipIf(isMissing)(name, async () => {
      const { path, descriptor } = openPipe(flags);
      const console = new OperatorConsole(descriptor);
      for (let number = 0; number < 3_000; number++) console.print(line(number));
      await console.flushed(1);
      await using cat = new Program("cat", path);
      let kept = 0;
      let next: string;
      while ((next = await cat.stdout.line()).startsWith(String(kept))) kept++;
      expect(next).toBe(`*** ${3_000 - kept} lines not shown: the console is too slow ***`);
      expect(kept).toBeWithin(1_000, 1_200);
      console.print("again\n");
      await cat.stdout.expect("again\n");
      await console.flushed(60_000);
      closeSync(descriptor);
    });
  }

  test("a program that ends right after it has printed loses nothing", async () => {
    const program = `
      import { OperatorConsole } from ${JSON.stringify(`${import.meta.dir}/../lib/operator-console.ts`)};
      import { readFileSync } from "node:fs";
      const console = new OperatorConsole(1);
      console.print("one\\n");
      const isWritten = () => readFileSync(${JSON.stringify(`${folder}/log`)}, "utf8") === "one\\n";
      while (!isWritten()) await new Promise((resolve) => setImmediate(resolve));
      setImmediate(() => console.print("two\\n"));
    `;
    const log = Bun.file(`${folder}/log`);
    await Bun.spawn([process.execPath, "-e", program], { stdout: log }).exited;
    expect(await log.text()).toBe("one\ntwo\n");
  });

  test("goes on when a write fails", async () => {
    const descriptor = openSync("/dev/full", "w");
    const console = new OperatorConsole(descriptor);
    for (let number = 0; number < 3; number++) {
      console.print("lost\n");
      await console.flushed(60_000);
    }
    closeSync(descriptor);
  });
});
