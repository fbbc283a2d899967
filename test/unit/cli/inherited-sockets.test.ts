import { expect, test } from "bun:test";
import { addInheritedSockets } from "../../../lib/cli/inherited-sockets.ts";

const PID = 77;
const add = (environment: object, listen?: string[]) =>
  addInheritedSockets(listen ? { listen } : {}, { LISTEN_PID: "77", ...environment }, PID);

test("sockets that systemd has opened are listened on, and one named tls speaks TLS", () => {
  expect(add({ LISTEN_FDS: "1" })).toEqual({ listen: ["fd://3"] });
  expect(add({ LISTEN_FDS: "3", LISTEN_FDNAMES: "chat.socket:tls:x" })).toEqual({
    listen: ["fd://3", "fd://4?tls", "fd://5"],
  });
});

test("a flag may say more of such a socket, and name other places", () => {
  const listen = ["unix:///x", "fd://3?proxy=127.0.0.1", "fd://30"];
  expect(add({ LISTEN_FDS: "2" }, listen)).toEqual({ listen: [...listen, "fd://4"] });
});

test.each([
  {},
  { LISTEN_FDS: "0" },
  { LISTEN_FDS: "-1" },
  { LISTEN_FDS: "99999" },
  { LISTEN_FDS: "x" },
  { LISTEN_FDS: "1", LISTEN_PID: "78" },
  { LISTEN_FDS: "1", LISTEN_PID: undefined },
])("%j opens nothing for this process", (environment) => {
  expect(add(environment)).toEqual({});
});
