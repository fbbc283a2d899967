/**
 * natter with a fault, for the soak to find: `FAULT=… bun run test/soak/faulty-soak.ts`. Each comes only now
 * and then, as it would in earnest.
 */
import { beSoaked } from "./soaked-server.ts";
import { Chat } from "../../lib/chat.ts";
import { Broadcast, type Listener } from "../../lib/room/broadcast.ts";
import { Room } from "../../lib/room/room.ts";
import { startChatServer } from "../../lib/server.ts";
import { left } from "../../lib/text/messages.ts";

type Publish = (this: Broadcast, line: string) => void;

/** So many lines are published, or people connect, between two faults. */
const PERIOD = 10;

/** So few leave in a short soak that each second one of them must be a ghost. */
const GHOST_PERIOD = 2;

const { publish, excludeLast } = Broadcast.prototype;
const { apply } = Room.prototype;
const { accept } = Chat.prototype;
const say: Publish = function (line) {
  publish.call(this, line, "talk");
};

/** What becomes of the line whose turn it is. */
const LINES: Readonly<Record<string, Publish>> = {
  loss() {},
  double(line) {
    say.call(this, line + line);
  },
  echo: say,
  damage(line) {
    say.call(this, line.replace(/=../, "=?"));
  },
  control(line) {
    say.call(this, line.replace("=", "\x1b="));
  },
  stranger(line) {
    say.call(this, line.replace(/^(?:\* )?\S+ /, "Nobody: "));
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
const isDue = () => ++turns % (fault === "ghost" ? GHOST_PERIOD : PERIOD) === 0;

/** Whether nobody is to be spared the line that was published last, or there is none. */
let isForAll = false;

Broadcast.prototype.publish = function (line, urgency) {
  const spoil = urgency === "talk" ? LINES[fault] : undefined;
  const isSpoilt = spoil !== undefined && isDue();
  const isSilent = fault === "silence" && urgency === "notice" && isDue();
  isForAll = isSilent || (isSpoilt && (fault === "echo" || fault === "loss"));
  if (isSpoilt) spoil.call(this, line);
  else if (!isSilent) publish.call(this, line, urgency);
};
Broadcast.prototype.excludeLast = function (listener: Listener) {
  if (!isForAll) excludeLast.call(this, listener);
};
Room.prototype.apply = function (deed) {
  if (fault !== "ghost" || deed.do !== "leave" || !isDue()) return apply.call(this, deed);
  // Who leaves is announced, but still there.
  return apply.call(this, { do: "announce", lines: left(deed.member.name) });
};
Chat.prototype.accept = function (link) {
  const leak = LEAKS[fault];
  if (leak !== undefined && isDue()) leak();
  return accept.call(this, link);
};

beSoaked(startChatServer);
