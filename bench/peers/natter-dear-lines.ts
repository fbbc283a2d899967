/** natter with a slow command: `/msg` takes five milliseconds. */
import { startChatServer } from "../../lib/server.ts";
import { Session } from "../../lib/conversation/session.ts";

const DEAR_MS = 5;

const { line } = Session.prototype;
Session.prototype.line = function (text) {
  const startMs = performance.now();
  while (text.startsWith("/msg") && performance.now() < startMs + DEAR_MS);
  return line.call(this, text);
};

startChatServer({ port: Number(Bun.argv[2]), lineRate: 0 });
