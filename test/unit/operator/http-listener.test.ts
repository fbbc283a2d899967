import { expect, test } from "bun:test";
import { listenHttp } from "../../../lib/operator/http-listener.ts";
import { ChatClient } from "../../helpers/chat-client.ts";

test("sends an answer that is larger than what the system takes at once", async () => {
  const body = "0123456789abcdef".repeat(1_000_000);
  const listener = listenHttp(
    { hostname: "127.0.0.1", port: 0 },
    () => ({ status: 200, type: "text/plain", body }),
    (error) => expect.unreachable(String(error)),
  );
  const client = await ChatClient.connect(
    Number(listener.address.split(":")[1]),
    "127.0.0.1",
    false,
  );
  client.send("GET / HTTP/1.1\r\n\r\n");
  let length = 0;
  for (;;) {
    const text = await client.first();
    if (text === "") break;
    length += text.length;
  }
  expect(length).toBeGreaterThan(body.length);
  listener.stop();
});
