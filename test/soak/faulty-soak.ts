/**
 * natter with a fault that the soak must find: `FAULT=… bun run test/soak/faulty-soak.ts`. Each fault happens only
 * now and then, as a real one would.
 */
import { beSoaked } from "./soaked-server.ts";
import { Chat } from "../../lib/chat.ts";
import { Room, type Member } from "../../lib/room/room.ts";
import { startChatServer } from "../../lib/server.ts";

type Publish = (this: Room, line: string, author?: Member) => void;

/** How many lines are published, or people connect, between two faults. */
const PERIOD = 10;

const { publish, leave, announce } = Room.prototype as unknown as {
  publish: Publish;
  announce: Publish;
  leave: (this: Room, member: Member) => void;
};
const { accept } = Chat.prototype;

/** What happens to the line whose turn it is. */
const LINES: Readonly<Record<string, Publish>> = {
  loss() {},
  double(line, author) {
    publish.call(this, line, author);
    publish.call(this, line, author);
  },
  echo(line) {
    publish.call(this, line);
  },
  damage(line, author) {
    publish.call(this, line.replace(/=../, "=?"), author);
  },
  control(line, author) {
    publish.call(this, line.replace("=", "\x1b="), author);
  },
  stranger(line, author) {
    publish.call(this, line.replace(/^(?:\* )?\S+ /, "Nobody: "), author);
  },
};

/** What happens when it is somebody's turn to connect. */
const LEAKS: Readonly<Record<string, () => void>> = {
  leaks() {
    setInterval(() => {}, 1_000_000);
    hoard.push(Bun.listen({ hostname: "127.0.0.1", port: 0, socket }));
  },
};
const hoard: unknown[] = [];
const socket = { data() {}, drain() {} };

const fault = process.env["FAULT"] ?? "";
let turns = 0;
const isDue = () => ++turns % PERIOD === 0;

const spoil = LINES[fault];
if (spoil !== undefined) {
  Room.prototype.publish = function (line, author) {
    (isDue() ? spoil : publish).call(this, line, author);
  };
}
const leak = LEAKS[fault];
if (leak !== undefined) {
  Chat.prototype.accept = function (link) {
    if (isDue()) leak();
    return accept.call(this, link);
  };
}
if (fault === "ghost") {
  // The member that leaves is announced, but is still there.
  Room.prototype.leave = function (member) {
    if (!isDue()) leave.call(this, member);
  };
}
if (fault === "silence") {
  Room.prototype.announce = function (line, subject) {
    if (!isDue()) announce.call(this, line, subject);
  };
}

beSoaked(startChatServer);
