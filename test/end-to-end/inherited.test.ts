import { describe, expect, test } from "bun:test";
import { dlopen } from "bun:ffi";
import { existsSync, renameSync } from "node:fs";
import { startChatServer } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { readMetrics } from "../helpers/metrics-page.ts";
import { Program } from "../helpers/program.ts";
import { certificate, TLS, unixPath } from "../helpers/ways-in.ts";
import { needs } from "../documents/recipes.ts";

const isLinux = process.platform === "linux";
const note = isLinux ? "" : ": skipped, needs Linux";

/** The descriptor and the port of a socket that listens, and with which nobody does anything yet. */
function listening(place: { unix: string } | { hostname: string; port: number }) {
  const handlers = { socket: { data() {}, drain() {} } };
  const listener = Bun.listen({ ...(place as { unix: string }), ...handlers });
  const { fd, port } = listener as unknown as { fd: number; port: number };
  const libc = dlopen("libc.so.6", { dup: { args: ["i32"], returns: "i32" } });
  const descriptor = libc.symbols.dup(fd);
  if ("unix" in place) renameSync(place.unix, `${place.unix}.there`);
  listener.stop();
  return { descriptor, port };
}

describe("a socket that listens already", () => {
  test.skipIf(!isLinux)(`may be one of TCP, with TLS or without${note}`, async () => {
    for (const isTls of [false, true]) {
      const { descriptor, port } = listening({ hostname: "127.0.0.1", port: 0 });
      let logged = "";
      const log = (text: string) => void (logged += text);
      const files = isTls ? { tlsCert: TLS.tlsCert, tlsKey: TLS.tlsKey } : {};
      const listen = [`fd://${descriptor}${isTls ? "?tls" : ""}`];
      const server = startChatServer({ listen, ...files, log, http: "127.0.0.1:0" });
      using alice = await ChatClient.join(isTls ? { tls: port } : port, "Alice");
      using _bob = await ChatClient.join(isTls ? { tls: port } : port, "Bob");
      await alice.expect("*** Bob has joined the chat ***\n");
      const url = `fd://${descriptor}`;
      expect([server.urls, server.port]).toEqual([[url], 0]);
      const page = await readMetrics(server.httpAddress as string);
      expect(page.byLabel("natter_clients")).toEqual({ [`${url} chatting`]: 2 });
      await server.stop();
      expect(logged).toStartWith(`Alice (${alice.address}) has joined\n`);
    }
  });

  test.skipIf(!isLinux)(`may be a unix socket, whose file stays${note}`, async () => {
    const path = unixPath();
    const { descriptor } = listening({ unix: path });
    const unix = `${path}.there`;
    let logged = "";
    const log = (text: string) => void (logged += text);
    const server = startChatServer({ listen: [`fd://${descriptor}`], log });
    using alice = await ChatClient.join({ unix }, "Alice");
    using _bob = await ChatClient.join({ unix }, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    await server.stop();
    expect(existsSync(unix)).toBe(true);
    expect(logged).toStartWith("Alice (unix:1) has joined\n");
  });

  test("must listen", () => {
    const url = "fd://999";
    expect(() => startChatServer({ listen: [url] })).toThrow(expect.objectContaining({ url }));
  });

  const missing = needs("systemd-socket-activate");
  test.skipIf(missing !== "")(`is taken from systemd, of whatever kind${missing}`, async () => {
    const [unix, folder] = [unixPath(), process.cwd()];
    const [plain, tls] = [freePort(), freePort()];
    await using natter = new Program(
      "systemd-socket-activate",
      ...["-l", `127.0.0.1:${plain}`, "-l", unix, "-l", `127.0.0.1:${tls}`],
      ...["--fdname=chat:local:tls", process.execPath, "run", `${folder}/index.ts`],
      ...["--tls-cert", certificate("server.pem"), "--tls-key", certificate("server.key")],
    );
    await natter.stderr.until(/Listening on .* as 5\./);
    using alice = await ChatClient.join(plain, "Alice");
    for (const number of [3, 4, 5]) {
      expect(await natter.stdout.line()).toBe(`Chat server running on fd://${number}`);
    }
    using _bob = await ChatClient.join({ unix }, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    using _carol = await ChatClient.join({ tls }, "Carol");
    await alice.expect("*** Carol has joined the chat ***\n");
    natter.signal("SIGTERM");
    await alice.expectLast("*** The server is shutting down ***\n");
    expect(await natter.exited).toBe(0);
    expect(existsSync(unix)).toBe(true);
  });
});

/** A port that was free a moment ago. */
function freePort(): number {
  using listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  return listener.port;
}
