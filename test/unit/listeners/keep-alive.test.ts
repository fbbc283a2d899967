import { afterAll, expect, test } from "bun:test";
import { dlopen } from "bun:ffi";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { connect as connectTls } from "node:tls";
import type { Door, Link } from "../../../lib/connection/link.ts";
import { Listeners } from "../../../lib/listeners/listeners.ts";
import { endpointsOf } from "../../../lib/options/listen-url.ts";
import { resolveOptions } from "../../../lib/options/settings.ts";
import { until } from "../../helpers/clock.ts";
import { TLS } from "../../helpers/ways-in.ts";

const isLinux = process.platform === "linux";
const folder = mkdtempSync(`${tmpdir()}/natter-`);
afterAll(() => rmSync(folder, { recursive: true }));

const PROXIED = "tcp://127.0.0.1:0?proxy=127.0.0.1";
test.skipIf(!isLinux).each(["tcp://127.0.0.1:0", PROXIED, ...TLS.listen])(
  "over %s the silence before a sign of life is asked for may change",
  async (url) => {
    const settings = { ...resolveOptions({ ...TLS, listen: [url, ...TLS.listen] }) };
    const { door, links } = doorway();
    const listeners = new Listeners(endpointsOf(settings, {}), settings, door);
    const enter = async () => {
      const client = connectTo(url, listeners.port);
      clients.push(client);
      await until(() => links.length === clients.length);
      return links.at(-1) as Link;
    };
    const clients: Socket[] = [];
    const first = await enter();
    expect(idleSecondsOf(first)).toBe(60);
    first.keepAlive?.(9_000);
    expect(idleSecondsOf(first)).toBe(9);
    Object.assign(settings, { keepAliveMs: 5_000 });
    expect(idleSecondsOf(await enter())).toBe(5);
    for (const client of clients) client.destroy();
    listeners.stop();
  },
);

test("a unix socket takes no notice of it", async () => {
  const settings = resolveOptions({ listen: [`unix://${folder}/socket`] });
  const { door, links } = doorway();
  const listeners = new Listeners(endpointsOf(settings, {}), settings, door);
  const client = connect(`${folder}/socket`);
  await until(() => links.length === 1);
  links[0]?.keepAlive?.(9_000);
  client.destroy();
  listeners.stop();
});

function connectTo(url: string, port: number): Socket {
  const client = url.startsWith("tls:")
    ? connectTls({ port, rejectUnauthorized: false })
    : connect(port);
  if (url === PROXIED) client.write("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n");
  return client;
}

/** A door, and the links that are handed in. */
function doorway() {
  const links: Link[] = [];
  const door: Door = {
    accept(link) {
      links.push(link);
      return { received() {}, ended() {}, drained() {}, closed() {}, failed() {} };
    },
    expect: () => () => {},
    refuse: () => undefined,
    turnedAway() {},
    failed: (error) => expect.unreachable(String(error)),
  };
  return { door, links };
}

/** `TCP_KEEPIDLE` of a socket. */
function idleSecondsOf({ descriptor }: Link): number {
  const args = ["i32", "i32", "i32", "ptr", "ptr"] as const;
  const libc = dlopen("libc.so.6", { getsockopt: { args, returns: "i32" } });
  const [value, size] = [new Int32Array(1), Int32Array.of(4)];
  libc.symbols.getsockopt(descriptor, 6, 4, value, size);
  libc.close();
  return value[0] ?? 0;
}
