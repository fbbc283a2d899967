import { describe, expect, test } from "bun:test";
import { startChatServer, type ChatServer } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { until } from "../helpers/clock.ts";
import { MetricsPage, readMetrics } from "../helpers/metrics-page.ts";
import { TLS, unixPath, WAYS_IN } from "../helpers/ways-in.ts";
import { HAS_PROMTOOL, promtool, PROMTOOL_NOTE } from "../helpers/promtool.ts";

const HTTP = "127.0.0.1:0";

const metricsOf = (server: ChatServer) => readMetrics(server.httpAddress as string);

/** Two people in a room, of whom each has heard of the other. */
async function room(options: Parameters<typeof startChatServer>[0] = {}) {
  const server = startChatServer({ port: 0, http: HTTP, ...options });
  const alice = await ChatClient.join(server.port, "Alice");
  const bob = await ChatClient.join(server.port, "Bob");
  await alice.expect("*** Bob has joined the chat ***\n");
  return { server, alice, bob };
}

describe("/metrics", () => {
  test("has what happened in a visit, each thing once", async () => {
    const { server, alice, bob } = await room({ maxClients: 3 });
    bob.send("one\ntwo\n/me waves\n/nick Rob\n/WHO\n/names\n/msg Alice psst\n/nope\n//etc\n");
    await alice.expect("Bob: one\nBob: two\n* Bob waves\n*** Bob is now Rob ***\n");
    await alice.expect("[private from Rob] psst\nRob: /etc\n");
    await bob.until(/There is no command/);
    const waiting = await ChatClient.connect(server.port);
    await waiting.expect("Enter your name: ");
    const refused = await ChatClient.connect(server.port);
    await refused.expectLast("The server is full; try again later.\n");
    const page = await metricsOf(server);
    const [url] = server.urls;
    expect(page.byLabel("natter_clients")).toEqual({
      [`${url} naming`]: 1,
      [`${url} chatting`]: 2,
    });
    expect(page.byLabel("natter_refusals_total")).toEqual({ "server full": 1 });
    expect(page.byLabel("natter_leaves_total")).toEqual({});
    expect(page.byLabel("natter_commands_total")).toEqual({
      me: 1,
      nick: 1,
      who: 2,
      msg: 1,
      unknown: 1,
    });
    const counted = {
      natter_members: 2,
      natter_clients_max: 3,
      natter_connections_total: 3,
      natter_joins_total: 2,
      natter_renames_total: 1,
      // Two names, and nine lines of Bob's.
      natter_lines_read_total: 11,
      natter_messages_total: 4,
      // To Alice that Bob has joined, and his four; to both his new name.
      natter_deliveries_total: 7,
      natter_skipped_lines_total: 0,
      natter_errors_total: 0,
      natter_queued_bytes: 0,
      natter_stalled_readers: 0,
      natter_holds_total: 0,
    };
    expect(page.values(...Object.keys(counted))).toEqual(counted);
    waiting.halfClose();
    bob.send("/quit\n");
    await alice.expect("*** Rob has left the chat ***\n");
    await until(() => server.clients === 1);
    const later = await metricsOf(server);
    expect(later.byLabel("natter_clients")).toEqual({ [`${url} chatting`]: 1 });
    expect(later.byLabel("natter_leaves_total")).toEqual({ quit: 1 });
    expect(later.byLabel("natter_disconnects_total")).toEqual({
      quit: 1,
      closed: 1,
      "server full": 1,
    });
    await server.stop();
  });

  test("counts every byte that clients send and are sent", async () => {
    const { server, alice, bob } = await room();
    bob.send("hello\n");
    await alice.expect("Bob: hello\n");
    const page = await metricsOf(server);
    expect(page.value("natter_received_bytes_total")).toBe("Alice\nBob\nhello\n".length);
    const sent =
      "Enter your name: ".repeat(2) + "*** Bob has joined the chat ***\n" + "Bob: hello\n";
    expect(page.value("natter_sent_bytes_total")).toBe(sent.length);
    const flushes = page.value("natter_flush_seconds_count") ?? 0;
    expect(flushes).toBeWithin(2, 4);
    expect(page.value('natter_flush_seconds_bucket{le="+Inf"}')).toBe(flushes);
    expect(page.value("natter_flush_seconds_sum")).toBeWithin(0, 1);
    await server.stop();
  });

  test.each([...WAYS_IN])("counts those over $name, also of who has gone", async (way) => {
    await using server = way.start({ http: HTTP });
    const alice = await ChatClient.join(server.target, "Alice");
    await until(() => server.members.length === 1);
    const clients = (await metricsOf(server)).byLabel("natter_clients");
    expect(clients).toEqual({ [`${server.urls[0]} chatting`]: 1 });
    await alice.send("/quit\n").expectLast("*** Goodbye.\n");
    await until(() => server.clients === 0);
    const page = await metricsOf(server);
    expect(page.value("natter_received_bytes_total")).toBe("Alice\n/quit\n".length);
    expect(page.value("natter_sent_bytes_total")).toBe("Enter your name: *** Goodbye.\n".length);
  });

  test("counts no header of a proxy, and what somebody is told who is refused", async () => {
    const listen = ["tcp://127.0.0.1:0?proxy=127.0.0.1", ...TLS.listen];
    await using server = startChatServer({ ...TLS, listen, http: HTTP });
    const ports = server.urls.map((url) => Number(url.split(/[:?]/).at(2)));
    const ann = await ChatClient.connect(ports[0] as number);
    await ann.send("PROXY TCP4 192.0.2.8 192.0.2.1 4660 8888\r\nAnn\n").expect("Enter your name: ");
    const plain = await ChatClient.connect(ports[1] as number);
    await plain.send("Bob\n").expectLast("This port speaks TLS: ncat --ssl HOST PORT\n");
    await until(() => server.members.length === 1);
    const page = await metricsOf(server);
    expect(page.value("natter_received_bytes_total")).toBe("Ann\n".length);
    expect(page.value("natter_sent_bytes_total")).toBe(
      "Enter your name: This port speaks TLS: ncat --ssl HOST PORT\n".length,
    );
    expect(page.byLabel("natter_refusals_total")).toEqual({ "no TLS": 1 });
    expect(page.byLabel("natter_clients")).toEqual({ [`${server.urls[0]} chatting`]: 1 });
    expect(page.text).not.toContain("192.0.2");
  });

  test("has each listener with all stages from the start", async () => {
    const path = unixPath();
    const listen = ["tcp://127.0.0.1:0", ...TLS.listen, `unix://${path}`];
    await using server = startChatServer({ ...TLS, listen, http: HTTP });
    const { text } = await metricsOf(server);
    const [tcp, tls, unix] = server.urls;
    expect(tcp).toMatch(/^tcp:\/\/127\.0\.0\.1:[1-9]\d+$/);
    expect(tls).toMatch(/^tls:\/\/127\.0\.0\.1:[1-9]\d+$/);
    expect(unix).toBe(`unix://${path}`);
    expect(text.split("\n").filter((line) => line.startsWith("natter_clients{"))).toEqual(
      [tcp, tls, unix].flatMap((url) =>
        ["naming", "claiming", "chatting", "leaving"].map((stage) => {
          return `natter_clients{listener="${url}",stage="${stage}"} 0`;
        }),
      ),
    );
  });

  test("has neither names nor addresses of clients nor anything that was said", async () => {
    // So the listener's address, which may show, is not the one that these clients come from.
    const { server, alice, bob } = await room({ hostname: "0.0.0.0" });
    bob.send("secret\n/msg Alice hidden\n/Secret\n");
    await alice.expect("Bob: secret\n[private from Bob] hidden\n");
    await bob.until(/no command/);
    const { text } = await metricsOf(server);
    expect(text).toContain(`listener="tcp://0.0.0.0:${server.port}"`);
    for (const word of ["Alice", "Bob", "ecret", "hidden", "127.0.0.1", alice.address]) {
      expect(text).not.toContain(word);
    }
    await server.stop();
  });

  test("has a reader that stalls, what waits for it, and those who wait for it", async () => {
    const { server, alice, bob } = await room({
      queueLimitBytes: 65_536,
      lineRate: 0,
      addressLineRate: 0,
    });
    alice.pause();
    bob.send(`${"x".repeat(1_000)}\n`.repeat(8_000));
    const stalled = await metricsWhen(
      server,
      (page) =>
        page.value("natter_skipped_lines_total") === 0 &&
        (page.value("natter_readers_left_behind_total") ?? 0) > 0,
    );
    expect(stalled.value("natter_stalled_readers")).toBe(1);
    // One more, if the system still took what waited when the room was held first.
    expect(stalled.value("natter_holds_total")).toBeWithin(1, 3);
    expect(stalled.value("natter_holding_readers")).toBe(0);
    expect(stalled.value("natter_queued_bytes")).toBeWithin(16_384, 65_537);
    alice.resume();
    await alice.until(/lines skipped/);
    const page = await metricsOf(server);
    expect(page.value("natter_skipped_lines_total")).toBeGreaterThan(100);
    await server.stop({ force: true });
  });

  test("has the time for which a client has to wait that says too much", async () => {
    const { server, alice, bob } = await room({ lineBurst: 1, lineRate: 10 });
    bob.send("one\ntwo\n");
    await alice.expect("Bob: one\nBob: two\n");
    // A tenth of a second for each line after the name.
    const page = await metricsOf(server);
    expect(page.value("natter_throttled_seconds_total")).toBeWithin(0.1, 0.21);
    await server.stop();
  });

  test("tells of the process and of its log, as far as that is known", async () => {
    const logState = () => ({ waitingLines: 3, lostLines: 40, isFailing: true });
    const { server } = await room({ logState });
    const page = await metricsOf(server);
    expect(page.value("natter_log_waiting_lines")).toBe(3);
    expect(page.value("natter_log_lost_lines_total")).toBe(40);
    expect(page.value("natter_log_failing")).toBe(1);
    expect(page.value("process_resident_memory_bytes")).toBeGreaterThan(10_000_000);
    expect(page.value("process_open_fds")).toBeGreaterThan(5);
    expect(page.value("process_max_fds")).toBeGreaterThan(page.value("process_open_fds") ?? 0);
    expect(page.value("process_cpu_seconds_total")).toBeGreaterThan(0);
    const startedMs = (page.value("process_start_time_seconds") ?? 0) * 1_000;
    expect(Date.now() - startedMs).toBeWithin(0, 3_600_000);
    await server.stop();
    const other = await room();
    const { text } = await metricsOf(other.server);
    expect(text).not.toContain("natter_log_");
    expect(text).not.toContain("natter_cluster_");
    await other.server.stop();
  });

  test.skipIf(!HAS_PROMTOOL)(`is as Prometheus wants it${PROMTOOL_NOTE}`, async () => {
    const { server } = await room({
      logState: () => ({ waitingLines: 0, lostLines: 0, isFailing: false }),
    });
    const { text } = await metricsOf(server);
    expect(promtool(["check", "metrics"], text)).toEqual({ exitCode: 0, output: "" });
    const broken = text.replace("TYPE natter_members gauge", "TYPE natter_members counter");
    expect(promtool(["check", "metrics"], broken).exitCode).not.toBe(0);
    await server.stop();
  });
});

/** Asks until it is so, but not more often than is answered. */
async function metricsWhen(
  server: ChatServer,
  isSo: (page: MetricsPage) => boolean,
): Promise<MetricsPage> {
  for (;;) {
    const page = await metricsOf(server);
    if (isSo(page)) return page;
    await Bun.sleep(100);
  }
}
