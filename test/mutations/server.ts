/** What can go wrong where clients come in and where everything ends. */
import { mutationsOf } from "./mutation.ts";

export const SERVER = [
  ...mutationsOf(
    "chat",
    {
      "who has gone keeps its place": [
        "if (address !== undefined) this.#admission.leave(address);",
        "",
      ],
      "who was refused gives back a place": [
        "if (address !== undefined) this.#admission.leave(address)",
        "this.#admission.leave(address!)",
      ],
      "any number who are refused stay a while": ["refused < REFUSED_MAX && ", ""],
      "nobody is asked for a sign of life": [
        "socket.setKeepAlive(true, this.surroundings.settings.keepAliveMs);",
        "",
      ],
      "who is turned away at the door is not told why": [
        "socket.write(Buffer.from(GOODBYES[refusal]));",
        "",
      ],
      "nobody is told that fewer clients are let in": ["clientsMax < settings.maxClients", "false"],
    },
    "admission",
  ),
  ...mutationsOf(
    "chat",
    {
      "an error at the door is not logged": [
        'else this.surroundings.log.failed("the door", error);',
        "",
      ],
    },
    "failure",
  ),
  ...mutationsOf(
    "chat",
    {
      "a socket that has been reset already is never closed": [
        "if (remoteAddress === undefined) return socket.terminate();",
        "if (remoteAddress === undefined) return;",
      ],
      "a turn is larger than a slow reader's queue": [
        "Math.min(TURN_BYTES_MAX, queueLimitBytes / TURNS_PER_QUEUE)",
        "TURN_BYTES_MAX",
      ],
    },
    "chat",
  ),
  ...mutationsOf(
    "chat",
    {
      "the server does not wait for the last client": [
        "if (this.#connections.size > 0) await this.#empty.promise;",
        "",
      ],
      "everybody is told of everybody's end": ["this.surroundings.room.dissolve();", ""],
      "the last lines of the log are not handed on": ["this.surroundings.log.flush();", ""],
    },
    "server",
  ),
  ...mutationsOf("address", {
    "a host has one place for each of its IPv6 addresses": [".slice(0, 4)", ""],
    "an IPv4 address on an IPv6 listener is another": ["host.slice(7) : host", "host : host"],
  }),
  ...mutationsOf("server", {
    "a half-close is a close": ["allowHalfOpen: true", "allowHalfOpen: false"],
    "drains do not reach the connection": ["socket.data?.drained()", "void socket"],
    "a reset looks like a close": ["socket.data?.closed(error)", "socket.data?.closed(undefined)"],
    "the server stops twice": ["this.#stopped ??= ", "this.#stopped = "],
    "a server that stops lets people in": ["this.#listener.stop();", ""],
  }),
  ...mutationsOf(
    "server",
    {
      "errors do not reach the connection": ["chat.failed(socket, error)", "void socket"],
    },
    "failure",
  ),
  ...mutationsOf(
    "server",
    {
      "the welcome is not read again when asked": ["this.#chat.surroundings.welcome.reload();", ""],
    },
    "welcome",
  ),
];
