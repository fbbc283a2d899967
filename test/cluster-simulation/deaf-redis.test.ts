import { describe, expect, test } from "bun:test";
import { RedisLog } from "../../lib/cluster/redis-log.ts";

const HELLO = "%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n";

describe("RedisLog", () => {
  test("gives up a server that greets and then says nothing", async () => {
    using server = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        data(socket, bytes) {
          if (bytes.includes("HELLO")) socket.write(HELLO);
          // This is how the one that asks why is answered.
          if (bytes.includes("PING")) socket.write("+PONG\r\n");
        },
      },
    });
    const url = `redis://127.0.0.1:${server.port}/0`;
    const log = new RedisLog({ url, room: "test", node: "a", leaseMs: 5_000 });
    await expect(log.connect()).rejects.toThrow("closed");
  });
});
