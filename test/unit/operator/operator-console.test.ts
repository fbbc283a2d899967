import { afterEach, beforeEach, describe, expect, jest, spyOn, test } from "bun:test";
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { linesNotShown } from "../../../lib/text/messages.ts";
import { OperatorConsole } from "../../../lib/operator/operator-console.ts";
import { turnOver } from "../../helpers/clock.ts";
import { Program } from "../../helpers/program.ts";

const MODULE = `${import.meta.dir}/../../../lib/operator/operator-console.ts`;

let folder: string;
beforeEach(() => void (folder = mkdtempSync(`${tmpdir()}/natter-`)));
afterEach(() => {
  jest.useRealTimers();
  rmSync(folder, { recursive: true });
});

const line = (number: number) => `${String(number).padEnd(999, ".")}\n`;

/** A pipe that holds 64 KiB until somebody reads it. */
function openPipe(flags: number): { path: string; descriptor: number } {
  const path = `${folder}/pipe`;
  Bun.spawnSync(["mkfifo", path]);
  return { path, descriptor: openSync(path, constants.O_RDWR | flags) };
}

/** Writes to a pipe that does not block until it is full. */
function fill(descriptor: number): number {
  let bytes = 0;
  try {
    for (;;) bytes += writeSync(descriptor, Buffer.alloc(4_096));
  } catch {
    return bytes;
  }
}

const PRINTED = 3_000;

function printMany(console: OperatorConsole): void {
  for (let number = 0; number < PRINTED; number++) console.print(line(number));
}

/** Checks that the first thousand lines are kept, that the others are counted, and that it goes on. */
async function expectBacklog(cat: Program, console: OperatorConsole): Promise<void> {
  let kept = 0;
  let next: string;
  while ((next = await cat.stdout.line()).startsWith(String(kept))) kept++;
  expect(`${next}\n`).toBe(linesNotShown(PRINTED - kept));
  expect(kept).toBeWithin(1_000, 1_200);
  console.print("again\n");
  await cat.stdout.expect("again\n");
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
      printMany(console);
      await console.flushed(1);
      await using cat = new Program("cat", path);
      await expectBacklog(cat, console);
      await console.flushed(60_000);
      closeSync(descriptor);
    });
  }

  test("a program that ends right after it has printed loses nothing", async () => {
    const program = `
      import { OperatorConsole } from ${JSON.stringify(MODULE)};
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

  test.skipIf(isMissing)(
    `keeps a bounded backlog while nothing can be written, and goes on where it stopped${note}`,
    async () => {
      jest.useFakeTimers();
      // A named pipe without a reader fails as a full disk does, and a reader is easily added.
      const { path, descriptor: first } = openPipe(constants.O_NONBLOCK);
      const descriptor = openSync(path, "w");
      closeSync(first);
      const console = new OperatorConsole(descriptor);
      console.print("first\n");
      await console.flushed(60_000);
      printMany(console);
      await console.flushed(60_000);

      await using cat = new Program("cat", path);
      while (cat.stdout.unread === "") {
        jest.advanceTimersByTime(1_000);
        await turnOver();
      }
      await cat.stdout.expect("first\n");
      await expectBacklog(cat, console);
      closeSync(descriptor);
    },
  );

  test("a program ends even if its output cannot be written", async () => {
    const program = `
      import { OperatorConsole } from ${JSON.stringify(MODULE)};
      const console = new OperatorConsole(1);
      console.print("lost\\n");
    `;
    const full = Bun.file("/dev/full");
    expect(await Bun.spawn([process.execPath, "-e", program], { stdout: full }).exited).toBe(0);
  });

  test.skipIf(isMissing)(`tries again when a pipe was full${note}`, async () => {
    jest.useFakeTimers();
    const { descriptor } = openPipe(constants.O_NONBLOCK);
    const filled = fill(descriptor);
    const console = new OperatorConsole(descriptor);
    console.print("at last\n");
    while (jest.getTimerCount() === 0) await turnOver();
    expect(readSync(descriptor, Buffer.alloc(filled))).toBe(filled);
    jest.advanceTimersByTime(50);
    jest.useRealTimers();
    await console.flushed(60_000);
    const bytes = Buffer.alloc(100);
    expect(bytes.toString("utf8", 0, readSync(descriptor, bytes))).toBe("at last\n");
    closeSync(descriptor);
  });

  test.skipIf(isMissing)(
    `tells what waits, what is lost, and what it lost before${note}`,
    async () => {
      const { descriptor } = openPipe(constants.O_NONBLOCK);
      const filled = fill(descriptor);
      const console = new OperatorConsole(descriptor);
      expect(console.state).toEqual({ waitingLines: 0, lostLines: 0, isFailing: false });
      console.print("first\n");
      console.print("second\nthird\n");
      // The first line is being written.
      expect(console.state).toEqual({ waitingLines: 2, lostLines: 0, isFailing: false });
      printMany(console);
      const { waitingLines, lostLines, isFailing } = console.state;
      expect([waitingLines + lostLines, isFailing]).toEqual([PRINTED + 2, true]);
      readSync(descriptor, Buffer.alloc(filled));
      let drained = Buffer.alloc(0);
      while (!drained.includes(linesNotShown(lostLines))) {
        const bytes = Buffer.alloc(65_536);
        try {
          drained = Buffer.concat([drained, bytes.subarray(0, readSync(descriptor, bytes))]);
        } catch {
          await turnOver();
        }
      }
      await console.flushed(60_000);
      expect(console.state).toEqual({ waitingLines: 0, lostLines, isFailing: false });
      closeSync(descriptor);
    },
  );

  test.skipIf(isMissing)(`tells that a write has failed, until one succeeds${note}`, async () => {
    jest.useFakeTimers();
    const path = `${folder}/pipe`;
    Bun.spawnSync(["mkfifo", path]);
    const openReader = () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const reader = openReader();
    const descriptor = openSync(path, constants.O_WRONLY);
    closeSync(reader);
    const console = new OperatorConsole(descriptor);
    console.print("one\n");
    while (!console.state.isFailing) await turnOver();
    console.print("two\n");
    expect(console.state).toEqual({ waitingLines: 2, lostLines: 0, isFailing: true });
    const another = openReader();
    jest.advanceTimersByTime(1_000);
    while (console.state.isFailing) await turnOver();
    jest.useRealTimers();
    await console.flushed(60_000);
    const bytes = Buffer.alloc(100);
    expect(bytes.toString("utf8", 0, readSync(another, bytes))).toBe("one\ntwo\n");
    expect(console.state).toEqual({ waitingLines: 0, lostLines: 0, isFailing: false });
    closeSync(another);
    closeSync(descriptor);
  });

  describe("after ten writes in a row", () => {
    /** A file with ten lines, and a console that rests. */
    async function resting() {
      jest.useFakeTimers();
      const rest = spyOn(globalThis, "setTimeout");
      const descriptor = openSync(`${folder}/log`, "w");
      const written = () => readFileSync(`${folder}/log`, "utf8");
      const console = new OperatorConsole(descriptor);
      for (let number = 0; number < 10; number++) {
        console.print(`${number}\n`);
        while (!written().endsWith(`${number}\n`)) await turnOver();
      }
      while (rest.mock.calls.length === 0) await turnOver();
      const timer = rest.mock.results[0]?.value as NodeJS.Timeout;
      rest.mockRestore();
      return { console, written, timer, close: () => closeSync(descriptor) };
    }

    test("it rests, and then writes what came meanwhile", async () => {
      const { console, written, close } = await resting();
      console.print("ten\n");
      console.print("eleven\n");
      jest.advanceTimersByTime(19);
      await turnOver();
      expect(written()).toEndWith("9\n");
      jest.advanceTimersByTime(1);
      while (!written().endsWith("eleven\n")) await turnOver();
      // A wait for the last lines is not a wait for another rest.
      console.print("twelve\n");
      await console.flushed(60_000);
      expect(written()).toEndWith("9\nten\neleven\ntwelve\n");
      close();
    });

    test("only lines that wait to be written keep the program from ending", async () => {
      const { console, timer, close } = await resting();
      expect(timer.hasRef()).toBe(false);
      console.print("ten\n");
      expect(timer.hasRef()).toBe(true);
      await console.flushed(60_000);
      close();
    });
  });
});
