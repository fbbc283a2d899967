import { describe, expect, setDefaultTimeout, spyOn, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { describeStartError } from "../../lib/cli/start-error.ts";
import { startChatServer } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { until } from "../helpers/clock.ts";
import { readMetrics } from "../helpers/metrics-page.ts";
import { Program } from "../helpers/program.ts";
import { HAS_PROMTOOL, promtool } from "../helpers/promtool.ts";

/** On a machine that is busy otherwise, in milliseconds. */
setDefaultTimeout(30_000);

const HTTP = "127.0.0.1:0";

const LOG_METRICS = [
  "natter_log_failing",
  "natter_log_waiting_lines",
  "natter_log_lost_lines_total",
];

const AWAY = "degraded: Redis is away, and what people say waits\n";

/** The status and text of /healthz. */
async function health(address: string | undefined, init: BunFetchRequestInit = {}) {
  const response = await fetch(`http://${address}/healthz`, init);
  return [response.status, await response.text()];
}

/** Asks until the answer is this one. */
async function expectHealth(status: number, text: string, ask: () => ReturnType<typeof health>) {
  for (;;) {
    const answer = await ask();
    if (answer[0] === status && answer[1] === text) return;
    await Bun.sleep(20);
  }
}

const HAS_REDIS = Bun.which("redis-server") !== null;
const REDIS_NOTE = HAS_REDIS ? "" : ": skipped, needs redis-server";

/** A Redis of the test's own, which keeps nothing. */
function startRedis(port: number): Program {
  const keepNothing = ["--save", "", "--appendonly", "no"];
  return new Program("redis-server", "--port", `${port}`, "--bind", "127.0.0.1", ...keepNothing);
}

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

describe("/healthz", () => {
  test("is 503 from the moment when the server stops until the last client has gone", async () => {
    const server = startChatServer({ port: 0, http: HTTP, closeTimeoutMs: 1_000_000 });
    using alice = await ChatClient.join(server.port, "Alice");
    expect(await health(server.httpAddress)).toEqual([200, "ok\n"]);
    alice.pause();
    const stopped = server.stop();
    expect(await health(server.httpAddress)).toEqual([503, "stopping\n"]);
    const address = server.httpAddress;
    await server.stop({ force: true });
    await stopped;
    await expect(health(address)).rejects.toThrow();
  });

  test("is 503 while the server drains", async () => {
    const server = startChatServer({ port: 0, http: HTTP });
    using alice = await ChatClient.join(server.port, "Alice");
    await until(() => server.members.length === 1);
    server.drain();
    await alice.expect("*** The server will shut down in 5 minutes ***\n");
    expect(await health(server.httpAddress)).toEqual([503, "stopping\n"]);
    await server.stop({ force: true });
  });

  test("is degraded while the log cannot be written, and metrics say so", async () => {
    const folder = mkdtempSync(`${tmpdir()}/natter-`);
    const unix = `${folder}/http.sock`;
    const command = `exec "$0" run index.ts --port 0 --http ${unix} > /dev/full`;
    await using natter = new Program("sh", "-c", command, process.execPath);
    while (!existsSync(unix)) await Bun.sleep(20);
    const ask = () => health("localhost", { unix });
    await expectHealth(200, "degraded: the log cannot be written\n", ask);
    const page = await (await fetch("http://localhost/metrics", { unix })).text();
    expect(page).toContain("\nnatter_log_failing 1\n");
    expect(page).toContain("\nnatter_log_waiting_lines 2\n");
    natter.signal("SIGKILL");
    await natter.exited;
    rmSync(folder, { recursive: true });
  });

  test("is degraded while the log file cannot be written, whatever is said of the console", async () => {
    using _error = spyOn(console, "error").mockImplementation(() => {});
    const folder = mkdtempSync(`${tmpdir()}/natter-`);
    await using server = startChatServer({
      port: 0,
      http: HTTP,
      logFile: `${folder}/log`,
      logState: () => ({ waitingLines: 3, lostLines: 40, isFailing: false }),
    });
    const ask = () => health(server.httpAddress);
    /** Asks until it is so, but not more often than is answered. */
    const expectLog = async (failing: number, waiting: number, lost: number) => {
      for (;;) {
        const page = await readMetrics(server.httpAddress as string);
        const values = LOG_METRICS.map((name) => page.value(name));
        if (Bun.deepEquals(values, [failing, waiting, lost])) return;
        await Bun.sleep(100);
      }
    };
    expect(await ask()).toEqual([200, "ok\n"]);
    await expectLog(0, 3, 40);
    rmSync(folder, { recursive: true });
    using _alice = await ChatClient.join(server.port, "Alice");
    await expectHealth(200, "degraded: the log cannot be written\n", ask);
    await expectLog(1, 4, 40);
    mkdirSync(folder);
    await expectHealth(200, "ok\n", ask);
    await expectLog(0, 3, 40);
    server.reload({ logFile: "/dev/full" });
    await expectHealth(200, "degraded: the log cannot be written\n", ask);
    server.reload({ logFile: `${folder}/log` });
    await expectHealth(200, "ok\n", ask);
    // The line that says that it was changed to /dev/full.
    await expectLog(0, 3, 41);
    rmSync(folder, { recursive: true });
  });

  test("knows of the log file without logState", async () => {
    using _error = spyOn(console, "error").mockImplementation(() => {});
    await using server = startChatServer({ port: 0, http: HTTP, logFile: "/dev/full" });
    using _alice = await ChatClient.join(server.port, "Alice");
    const ask = () => health(server.httpAddress);
    await expectHealth(200, "degraded: the log cannot be written\n", ask);
    const page = await readMetrics(server.httpAddress as string);
    expect(page.value("natter_log_failing")).toBe(1);
  });

  test.skipIf(!HAS_REDIS)(
    `is degraded while Redis is away, and metrics tell how far it is${REDIS_NOTE}`,
    async () => {
      const port = freePort();
      const events: string[] = [];
      const server = startChatServer({
        port: 0,
        http: HTTP,
        cluster: `redis://127.0.0.1:${port}/0`,
        room: "health",
        onEvent: ({ type }) => void events.push(type),
      });
      const ask = () => health(server.httpAddress);
      await expectHealth(200, AWAY, ask);
      expect(events).toEqual(["lost touch"]);
      const redis = startRedis(port);
      await expectHealth(200, "ok\n", ask);
      using alice = await ChatClient.join(server.port, "Alice");
      using bob = await ChatClient.join(server.port, "Bob");
      await alice.expect("*** Bob has joined the chat ***\n");
      bob.send("hello\n");
      await alice.expect("Bob: hello\n");
      const page = await readMetrics(server.httpAddress as string);
      expect(page.value("natter_cluster_in_touch")).toBe(1);
      expect(page.value("natter_cluster_lost_touch_total")).toBe(1);
      expect(page.value("natter_cluster_gaps_total")).toBe(0);
      expect(page.value("natter_cluster_round_trip_seconds_count")).toBeGreaterThanOrEqual(3);
      expect(page.value("natter_cluster_round_trip_seconds_sum")).toBeWithin(0.0001, 10);
      expect(page.value("natter_cluster_entries_ahead")).toBeWithin(0, 2);
      expect(page.value("natter_cluster_waiting_bytes")).toBe(0);
      expect(page.value("natter_deliveries_total")).toBe(2);
      if (HAS_PROMTOOL) expect(promtool(["check", "metrics"], page.text).output).toBe("");
      await redis[Symbol.asyncDispose]();
      await expectHealth(200, AWAY, ask);
      bob.send("who hears me?\n");
      for (;;) {
        const away = await readMetrics(server.httpAddress as string);
        if ((away.value("natter_cluster_waiting_bytes") ?? 0) > 0) break;
        await Bun.sleep(100);
      }
      await server.stop({ force: true });
    },
  );
});

describe("the program", () => {
  test("says where it serves metrics, after where the chat is", async () => {
    await using natter = Program.natter("--port", "0", "--http", HTTP);
    await natter.port();
    const [, address] = /^Metrics and health on (127\.0\.0\.1:\d+)$/.exec(
      await natter.stdout.line(),
    ) ?? ["", ""];
    expect(await health(address)).toEqual([200, "ok\n"]);
    const page = await readMetrics(address as string);
    expect(page.values("natter_log_failing", "natter_log_lost_lines_total")).toEqual({
      natter_log_failing: 0,
      natter_log_lost_lines_total: 0,
    });
  });

  test("does not start where metrics cannot be served, and says why", async () => {
    const server = startChatServer({ port: 0, http: HTTP });
    const http = server.httpAddress as string;
    await using natter = Program.natter("--port", "0", "--http", http);
    await natter.stderr.expectLast(
      `natter: cannot serve /metrics on ${http}: it is in use; check --http.\n`,
    );
    expect(await natter.exited).toBe(1);
    const error = { message: "Failed to listen at nowhere", option: "http" };
    expect(describeStartError(error, { http: "nowhere:1" })).toBe(
      "cannot serve /metrics on nowhere:1: no host of that name is known; check --http.",
    );
    await using wrong = Program.natter("--http", "here");
    expect(await wrong.exited).toBe(2);
    await wrong.stderr.until(/^natter: http is "here"; it must be an address and port/);
    await server.stop();
  });
});
