import { expect, test } from "bun:test";
import { dlopen } from "bun:ffi";
import type { Door, Link } from "../../../lib/connection/link.ts";
import { limitReceiveBuffer } from "../../../lib/listeners/receive-buffer.ts";
import { listenTcp } from "../../../lib/listeners/tcp.ts";
import { ChatClient } from "../../helpers/chat-client.ts";

const isLinux = process.platform === "linux";
const note = isLinux ? "" : ": skipped, needs Linux";

test.skipIf(!isLinux)(
  `the system keeps no more than so much of a client's input${note}`,
  async () => {
    const { promise, resolve } = Promise.withResolvers<Link>();
    const door: Door = {
      accept(link) {
        resolve(link);
        return { received() {}, ended() {}, drained() {}, closed() {}, failed() {} };
      },
      expect: () => () => {},
      refuse: () => undefined,
      turnedAway() {},
      failed: (error) => expect.unreachable(String(error)),
    };
    const settings = { keepAliveMs: 60_000, reusePort: false, trustLoopback: true };
    const context = { ...settings, door, nextNumber: () => 1 };
    const checks = { proxies: undefined, identity: undefined, editor: undefined };
    const listener = listenTcp({ hostname: "127.0.0.1", port: 0 }, context, checks);
    using _ = await ChatClient.connect(listener.port);
    expect(receiveBufferOf((await promise).descriptor)).toBe(262_144);
    listener.stop();
  },
);

test("where it cannot be said, everything goes on as it is", () => {
  expect(limitReceiveBuffer(-1, 131_072)).toBe(false);
  expect(limitReceiveBuffer(0, 131_072, "libnosuch.so.1")).toBe(false);
});

function receiveBufferOf(descriptor: number): number {
  const args = ["i32", "i32", "i32", "ptr", "ptr"] as const;
  const libc = dlopen("libc.so.6", { getsockopt: { args, returns: "i32" } });
  const [value, size] = [new Int32Array(16), Int32Array.of(4)];
  libc.symbols.getsockopt(descriptor, 1, 8, value, size);
  libc.close();
  return value[0] ?? 0;
}
