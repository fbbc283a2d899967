import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";

/** This process may be a worker of `bun test --parallel`. The processes that it starts are not. */
const { BUN_TEST_WORKER_ID: _, ...ENV } = process.env;

/** A package that has nothing installed. Its dependency is a folder inside of it. */
const FILES = {
  "package.json": '{ "name": "whole", "devDependencies": { "part": "file:./part" } }',
  "part/package.json": '{ "name": "part", "version": "1.0.0", "module": "part.ts" }',
  "part/part.ts": "export const one = 1;",
  "numbers.ts": "export function two() { return 2; }\nexport function three() { return 3; }\n",
  "numbers.test.ts": `
    import { expect, test } from "bun:test";
    import { one } from "part";
    import { two, three } from "./numbers.ts";
    console.log("process", process.pid);
    test("one", () => expect(one).toBe(1));
    test("one and two", () => expect(one + one).toBe(two()));
    test("three", () => expect(three()).toBe(3));`,
  "bunfig.toml": `
    [test]
    preload = ["${import.meta.dir}/../install.ts"]
    coverageThreshold = { lines = 1.0, functions = 1.0 }
    coveragePathIgnorePatterns = ["**/install.ts"]`,
};

const COVERAGE = "numbers.ts | ";

let folder = "";

function bun(...args: string[]) {
  const { pid, exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, ...args], {
    cwd: folder,
    env: ENV,
  });
  return { pid, exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

beforeEach(async () => {
  folder = mkdtempSync(`${tmpdir()}/natter-install-`);
  for (const [name, text] of Object.entries(FILES)) await Bun.write(`${folder}/${name}`, text);
  bun("install");
  rmSync(`${folder}/node_modules`, { recursive: true });
});

afterEach(() => rmSync(folder, { recursive: true }));

describe("bun test", () => {
  test("installs the locked packages first, then tests in the very process that was started", () => {
    const { pid, exitCode, stdout, stderr } = bun("test");
    expect(stderr).toContain("part@file:part: not installed as bun.lock says.\n");
    expect(stderr).toContain("\n 3 pass\n");
    expect(stdout).toContain(`process ${pid}\n`);
    expect(exitCode).toBe(0);
  });

  test("installs nothing if nothing is missing", () => {
    bun("install");
    const { exitCode, stderr } = bun("test");
    expect(stderr).not.toContain("install");
    expect(exitCode).toBe(0);
  });

  test("passes its arguments on as they are", () => {
    const { stderr } = bun("test", "-t", "one and two", "--coverage-dir", "", "numbers");
    expect(stderr).toContain("\n 1 pass\n 2 filtered out\n");
    expect(stderr).not.toContain(COVERAGE);
  });

  test("says what is still missing, and ends", () => {
    rmSync(`${folder}/part`, { recursive: true });
    const { exitCode, stderr } = bun("test");
    const complaint =
      "part@file:part: not installed after `bun install --frozen-lockfile` either.\n";
    expect(stderr).toEndWith(complaint);
    expect(exitCode).toBe(1);
  });

  test("fails for lack of coverage if all tests run, and only then", () => {
    writeFileSync(`${folder}/numbers.ts`, `${FILES["numbers.ts"]}export function four() {}\n`);
    const all = bun("test");
    expect(all.stderr).toContain(COVERAGE);
    expect(all.stderr).toContain("\n 0 fail\n");
    expect(all.exitCode).toBe(1);
    const one = bun("test", "numbers.test.ts");
    expect(one.stderr).not.toContain(COVERAGE);
    expect(one.exitCode).toBe(0);
  });

  test("installs nothing if it is a worker", () => {
    const { exitCode, stderr } = bun("test", "--parallel=2");
    expect(stderr).toEndWith("Run `bun install --frozen-lockfile`, then the tests again.\n");
    expect(exitCode).toBe(1);
  });
});
