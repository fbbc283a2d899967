import { describe, expect, test } from "bun:test";
import { KINDS, measureEditor } from "../../bench/editor.ts";
import { Latency } from "../../bench/latency.ts";
import { measure } from "../../bench/measure.ts";
import { numberAt, NUMBERS_MAX, talkerAt, TALKERS_MAX, writeMessage } from "../../bench/message.ts";
import { natter, WAYS, type Peer } from "../../bench/peers.ts";
import { plot } from "../../bench/plot.ts";
import { Results } from "../../bench/results.ts";
import { REDIS_PROGRAM } from "../../bench/running-redis.ts";
import type { Workload } from "../../bench/workloads.ts";

const CONDITIONS = {
  seconds: 0.05,
  graceMs: 10_000,
  restMs: 10,
  fillBytes: 100_000,
  countsWrites: false,
  loads: 1,
  linesPerSecond: NaN,
  interrupted: new Promise<never>(() => {}),
};

const TALK: Workload = {
  kind: "talk",
  about: "a few people talk",
  people: 4,
  talkers: 4,
  lines: 1_000,
  window: 10,
  linesPerSecond: 0,
  stalled: 0,
  stretch: 1,
};

const faulty = (fault: string): Peer => ({
  name: fault,
  dialect: "howto",
  command: (port) => [
    process.execPath,
    `${import.meta.dir}/../helpers/faulty-chat.ts`,
    String(port),
    fault,
  ],
});

describe("the benchmark", () => {
  test("measures a server without a fault", async () => {
    const figures = await measure(TALK, faulty("none"), CONDITIONS);
    expect(figures.deliveriesPerSecond).toBeGreaterThan(0);
    expect(figures.p50Ms).toBeLessThanOrEqual(figures.maxMs as number);
  });

  for (const [fault, complaint] of [
    ["loss", /heard \d+ of \d, not \d+/],
    ["double", /heard \d+ of \d, not \d+/],
    ["disorder", /heard \d+ of \d, not \d+/],
    ["echo", /heard \d+ of \d, not \d+/],
    ["damage", /heard a broken line of \d/],
    ["forgery", /heard a broken line of \d/],
    ["noise", /heard "What\?\\n"/],
  ] as const) {
    test(`finds ${fault}`, async () => {
      await expect(measure(TALK, faulty(fault), CONDITIONS)).rejects.toThrow(complaint);
    });
  }

  test.each(KINDS)("measures what a delivery costs: %s", async (kind) => {
    expect(await measureEditor(kind, { people: 3, seconds: 0 })).toBeGreaterThanOrEqual(0);
  });

  test("measures how long a flood from one address delays others", async () => {
    const line = "/msg nobody x";
    const workload: Workload = { kind: "flood", about: "", people: 4, addresses: 2, line };
    const figures = await measure(workload, natter("--line-rate", "0"), CONDITIONS);
    expect(figures.p50Ms).toBeLessThanOrEqual(figures.maxMs as number);
    expect(figures.neighbourP99Ms).toBeLessThanOrEqual(2 * (figures.neighbourMaxMs as number));
  });

  test("measures the same when it counts writes too", async () => {
    const figures = await measure(TALK, faulty("none"), { ...CONDITIONS, countsWrites: true });
    expect(figures.cpuNsPerDelivery).not.toBeNaN();
    expect(figures.writesPerDelivery ?? 1).toBeWithin(0.01, 1.1);
  });

  test("gives up on a server that loses the last line of all", async () => {
    const once: Workload = { ...TALK, lines: 5, window: 5 };
    const short = { ...CONDITIONS, graceMs: 500 };
    await expect(measure(once, faulty("loss"), short)).rejects.toThrow("not done after 0.55 s");
  });

  test.each([0, 4_000])("plays people in several processes, %p lines a second", async (rate) => {
    const workload = { ...TALK, people: 7, talkers: 5, linesPerSecond: rate, stalled: 4 };
    const figures = await measure(workload, faulty("none"), { ...CONDITIONS, loads: 3 });
    expect(figures.p99Ms).toBeLessThan(CONDITIONS.graceMs);
    const lost = measure(workload, faulty("loss"), { ...CONDITIONS, loads: 3 });
    await expect(lost).rejects.toThrow(/heard \d+ of \d, not \d+/);
  });

  test.each<Workload>([
    { ...TALK, talkers: 1, window: 1, about: "one talks" },
    { ...TALK, linesPerSecond: 500, stalled: 2, about: "at fixed times, and some do not read" },
    { kind: "storm", people: 30, arriving: 8, about: "a storm" },
    { kind: "idle", people: 30, arriving: 8, place: "room", about: "in the room" },
    { kind: "idle", people: 30, arriving: 8, place: "prompt", about: "at the prompt" },
  ])("finds no fault in natter: $about", async (workload) => {
    const figures = await measure(workload, natter("--line-rate", "0"), CONDITIONS);
    expect(Object.values(figures).length).toBeGreaterThan(1);
  });
});

describe("people who come another way", () => {
  for (const peer of WAYS) {
    const missing = peer.programs?.filter((program) => !Bun.which(program)) ?? [];
    const why = missing.length === 0 ? "" : ` (no ${missing.join(", ")})`;
    test.skipIf(why !== "")(`find no fault in ${peer.name}${why}`, async () => {
      // ncat's chat takes all that it reads at a time for one line.
      const workload = peer.dialect === "ncat" ? { ...TALK, talkers: 1, window: 1 } : TALK;
      const figures = await measure(workload, peer, CONDITIONS);
      expect(figures.deliveriesPerSecond).toBeGreaterThan(0);
    });
  }
});

describe.skipIf(!Bun.which(REDIS_PROGRAM))("a room of two servers", () => {
  const pair: Peer = { ...natter(), servers: 2 };

  test.each<Workload>([
    { ...TALK, people: 6, talkers: 5, linesPerSecond: 500, about: "that talk at fixed times" },
    { kind: "storm", people: 30, arriving: 8, about: "in a storm" },
    { kind: "recovery", people: 30, arriving: 8, fault: "flush", about: "after a flush" },
    { kind: "recovery", people: 30, arriving: 8, fault: "restart", about: "after a restart" },
  ])("is measured without a fault $about", async (workload) => {
    const figures = await measure(workload, pair, CONDITIONS);
    expect(figures.redisUsPerLine ?? figures.joinsPerSecond).toBeGreaterThanOrEqual(0);
  });
});

test("a message tells its talker and its number", () => {
  for (const [talker, number] of [
    [0, 0],
    [1, 64],
    [TALKERS_MAX - 1, NUMBERS_MAX - 1],
    [65, 4_097],
  ] as const) {
    const bytes = Buffer.from(`u: ${writeMessage(talker, number)}\n`);
    const at = bytes.indexOf("$");
    expect([talkerAt(bytes, at), numberAt(bytes, at)]).toEqual([talker, number]);
  }
});

test("latencies are right to a thirty-second part, also when they come from several processes", () => {
  const values = Array.from({ length: 1_000 }, (_, index) => 0.001 * 1.02 ** index);
  const halves = [new Latency(), new Latency()] as const;
  values.forEach((value, index) => halves[index % 2 === 0 ? 0 : 1].add(value));
  halves[0].merge(halves[1].counts, halves[1].maxMs);
  const { p50Ms, p99Ms, maxMs } = halves[0].percentiles();
  expect(p50Ms / (values[499] as number)).toBeWithin(31 / 32, 33 / 32);
  expect(p99Ms / (values[989] as number)).toBeWithin(31 / 32, 33 / 32);
  expect(maxMs).toBe(values[999] as number);
});

describe("the results", () => {
  const results = new Results();
  const add = (peer: string, deliveriesPerSecond: number) =>
    results.add({ workload: "talk-200", peer, result: { deliveriesPerSecond } });
  for (const speed of [9e6, 8e6, 7e6]) add("natter", speed);
  add("Bun.listen", 4e5);
  results.add({ workload: "talk-200", peer: "a & b", result: { fault: "hung" } });

  test("show medians, and the fault of a server that has one", () => {
    expect(results.table("talk-200")).toBe(
      "talk-200    deliveries/s\nnatter      8,000,000\nBun.listen  400,000\na & b       hung\n",
    );
  });

  test("compare the targets with the figures that were measured", () => {
    expect(results.targets().split("\n")[1]).toMatch(
      /^talk-200: deliveries\/s, times Bun.listen's +at least 25 +20.0 +missed$/,
    );
    expect(results.targets().split("\n")).toHaveLength(3);
  });

  test("make a picture with a bar for each median, in proportion", () => {
    const svg = plot(results, "a < b");
    const widths = [...svg.matchAll(/<rect class="(?:natter|other)".* width="([\d.]+)"/g)];
    expect(widths.map(([, width]) => Number(width))).toEqual([498, 24.9]);
    expect(svg).toContain(">8.0 M</text>");
    expect(svg).toContain(">400 k</text>");
    expect(svg).toContain("a &amp; b");
    expect(svg).toContain(">a &lt; b<");
  });
});
