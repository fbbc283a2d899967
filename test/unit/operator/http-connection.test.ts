import { describe, expect, test } from "bun:test";
import { HttpConnection, type HttpAnswer } from "../../../lib/operator/http-connection.ts";
import { stopClock } from "../../helpers/clock.ts";

stopClock({ leavesNoTimer: true });

const OK: HttpAnswer = { status: 200, type: "text/plain", body: "ok\n" };
const GET = Buffer.from("GET / HTTP/1.1\r\n\r\n");

/** A connection whose socket accepts so much with each write, and then everything. */
function stage(...accepts: number[]) {
  let sent = "";
  const calls: string[] = [];
  const socket = {
    write(bytes: Uint8Array): number {
      const accepted = Math.min(accepts.shift() ?? Infinity, bytes.length);
      sent += Buffer.from(bytes.subarray(0, Math.max(0, accepted))).toString();
      return accepted;
    },
    shutdown: () => void calls.push("shutdown"),
    terminate: () => void calls.push("terminate"),
  };
  const connection = new HttpConnection(socket as unknown as Bun.Socket<HttpConnection>, () => OK);
  return { connection, calls, sent: () => sent };
}

describe("HttpConnection", () => {
  test("writes on when there is space, and shuts down when all is sent", () => {
    const { connection, calls, sent } = stage(0, 10, 0);
    connection.received(GET);
    expect([sent(), calls]).toEqual(["", []]);
    connection.write();
    connection.write();
    expect([sent(), calls]).toEqual(["HTTP/1.1 2", []]);
    connection.write();
    expect(sent()).toEndWith("\r\n\r\nok\n");
    connection.write();
    expect(calls).toEqual(["shutdown"]);
    connection.closed();
  });

  test("writes nothing before it was asked, and nothing twice", () => {
    const { connection, sent } = stage();
    connection.write();
    expect(sent()).toBe("");
    connection.received(GET);
    connection.received(GET);
    expect(sent().match(/HTTP/g)).toEqual(["HTTP"]);
    connection.closed();
  });

  test("ends when a write shows that nobody is there", () => {
    const { connection, calls } = stage(5, -1);
    connection.received(GET);
    connection.write();
    expect(calls).toEqual(["terminate"]);
    connection.closed();
  });
});
