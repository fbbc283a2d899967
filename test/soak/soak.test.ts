import { describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Figures, Sample } from "./figures.ts";
import { findChange, findGrowth } from "./verdict.ts";

/** How long a soak may take where the machine is busy, in milliseconds. */
const TIMEOUT_MS = 60_000;

const ROOT = `${import.meta.dir}/../..`;

/** Runs a soak as short as it can be, in a temporary folder that it must leave as it was. */
async function soak(fault?: string, ...flags: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "natter-soak-test-"));
  const svg = join(folder, "soak.svg");
  const server = fault === undefined ? [] : ["--server", `${import.meta.dir}/faulty-soak.ts`];
  const program = Bun.spawn(
    [
      process.execPath,
      "run",
      "test/soak/main.ts",
      "--minutes",
      "0.01",
      "--svg",
      svg,
      ...server,
      ...flags,
    ],
    {
      cwd: ROOT,
      env: { ...process.env, TMPDIR: folder, ...(fault && { FAULT: fault }) },
      stdout: "pipe",
      stderr: "pipe",
    },
  );
  const [output, errors, exitCode] = await Promise.all([
    program.stdout.text(),
    program.stderr.text(),
    program.exited,
  ]);
  const left = readdirSync(folder);
  const picture = await Bun.file(svg).text();
  rmSync(folder, { recursive: true });
  return { output: output + errors, exitCode, left, picture };
}

describe("the soak", () => {
  test.concurrent(
    "finds no fault in natter, and shows its figures",
    async () => {
      const { output, exitCode, left, picture } = await soak(undefined, "--seed", "7");
      expect(output).toContain("seed 7\n");
      expect(output).toMatch(/^minutes +clients +descriptors +timers .*\n0\.\d\d +4 /m);
      expect(output).toContain("FLAT: nothing has grown.\n");
      expect(exitCode).toBe(0);
      expect(left).toEqual(["soak.svg"]);
      expect(picture.match(/<polyline/g)).toHaveLength(7);
    },
    TIMEOUT_MS,
  );
});

describe("the soak finds in a server", () => {
  for (const [fault, complaint] of [
    ["loss", /number \d+ of speaker \d+ where \d+ was next/],
    ["double", /number \d+ of speaker \d+ where \d+ was next/],
    ["echo", /hears itself/],
    ["damage", /a broken line/],
    ["control", /a control character/],
    ["stranger", /Nobody is not here/],
    [
      "silence",
      /nobody has that name|the name is taken|is not here|who names|see [\d,]+ in the room/,
    ],
    ["ghost", /who names|is not here|the name is taken|see [\d,]+ in the room/],
    ["leaks", /no rest: descriptors: \d+ where there were \d+ at first; timers: \d+ where/],
  ] as const) {
    test.concurrent(
      fault,
      async () => {
        const { output, exitCode } = await soak(fault, "--only", "chat,halfCloses");
        expect(output).toMatch(complaint);
        expect(exitCode).toBe(1);
      },
      TIMEOUT_MS,
    );
  }
});

describe("what has grown", () => {
  const FLAT: Figures = {
    clients: 4,
    descriptors: 12,
    timers: 4,
    immediates: 0,
    objects: 10_000,
    protectedObjects: 50,
    heapMiB: 2,
    externalMiB: 1,
    residentMiB: 60,
  };
  const samples = (change: (minute: number) => Partial<Figures>): Sample[] =>
    Array.from({ length: 40 }, (_, minutes) => {
      return { minutes, quiet: { ...FLAT, ...change(minutes) }, loaded: undefined };
    });

  test("is nothing if figures go up and down or have grown only at first", () => {
    expect(
      findGrowth(
        samples((minute) => ({
          heapMiB: 2 + (minute % 3),
          residentMiB: 60 + Math.min(minute, 15) * 4,
          objects: minute === 39 ? 50_000 : 10_000,
        })),
      ),
    ).toEqual([]);
  });

  test("is a descriptor or a timer too many, even once", () => {
    expect(findChange(samples((minute) => (minute === 20 ? { timers: 5 } : {})))).toEqual([
      "timers: 5 where there were 4 at first",
    ]);
  });

  test("is memory that goes up all the time", () => {
    expect(findGrowth(samples((minute) => ({ heapMiB: 2 + minute / 10 })))).toEqual([
      "heap MiB: grew by 1.90 in the second half, more than 1.00",
    ]);
  });
});
