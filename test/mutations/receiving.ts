/** What can go wrong on the way from a socket to the room. */
import { mutationsOf } from "./mutation.ts";

export const RECEIVING = [
  ...mutationsOf("line-decoder", {
    "off by one in the line limit": ["length <= this.#limitBytes", "length < this.#limitBytes"],
    "a line of the longest kind may not end in CR LF": [
      "last !== CR || length > this.#limitBytes + 1",
      "true",
    ],
    "whatever follows a line that is too long is discarded": ["this.#discarding = false;", ""],
    "a line that is too long begins the next one": [
      "this.#release();\n        return LINE_TOO_LONG;",
      "return LINE_TOO_LONG;",
    ],
    "the CR of a line's end is part of the line": [
      "line.at(-1) === CR ? line.subarray(0, -1) : line",
      "line",
    ],
    "a last line without its LF is lost": ["this.#ended && this.#partialBytes > 0", "false"],
    "what was not pulled is lost when more arrives": [
      "this.#chunk = rest.length === 0 ? data : Buffer.concat([rest, data]);",
      "this.#chunk = data;",
    ],
    "a byte order mark is taken away": ["ignoreBOM: true", "ignoreBOM: false"],
    "a line without end takes twice its limit": [
      "Math.min(this.#limitBytes + 1, Math.max(size, 2 * this.#partial.length))",
      "Math.max(size, 2 * this.#partial.length)",
    ],
  }),
  ...mutationsOf("telnet", {
    "a CR NUL that is cut in two ends no line": ["this.#isAfterCr = bytes.at(-1) === CR;", ""],
    "an offer is answered with a refusal to do it": ["[WILL, DONT]", "[WILL, WONT]"],
    "the end of a subnegotiation is missed": [
      "byte === IAC ? undefined : this.#obey(byte)",
      "undefined",
    ],
    "a doubled IAC in the data is lost": ["return IAC;", "return undefined;"],
    "the lowest command is taken for data": ["COMMAND_MIN = 236", "COMMAND_MIN = 237"],
    "an answer is given twice": ["this.#answers = undefined;", ""],
    "a command erases a character in place of a line": ["return ERASE_LINE;", "return BACKSPACE;"],
  }),
  ...mutationsOf("foreign-protocol", {
    "empty lines before a request hide it": ['.replace(/^[\\r\\n]+/, "")', ""],
    "a later packet is taken for the first": ["this.#isOver = true;", ""],
  }),
  ...mutationsOf(
    "read-half",
    {
      "one large chunk keeps everybody waiting": [
        "if (slices.mayRead(this)) return false;",
        "return false;",
      ],
      "a sender that has to wait is read from all the same": ["this.#source.pause();", ""],
      "a sender that has waited is never read from again": [
        "if (this.#isReading) this.#resumeSource();",
        "",
      ],
      "a held sender whose stay ends is never seen to close": [
        "this.#context.slices.remove(this);\n    this.#resumeSource();",
        "this.#context.slices.remove(this);",
      ],
      "Telnet's commands are a line that waits": [' && typeof this.#next !== "object"', ""],
      "a line behind Telnet's commands is none that waits": [
        "isLine || this.#decoder.hasLine",
        "isLine",
      ],
      "who does not take its answers is read from": ["this.#owner.mustTakeAnswers()", "false"],
      "the timer of a delayed line outlives the stay": ["clearTimeout(this.#timer);", ""],
      "a sender whose stay ends waits on": ["this.#context.backpressure.removeSender(this);", ""],
      "what the socket brought before it went is never over": [
        "this.#decoder.ended || this.#isSocketGone",
        "this.#decoder.ended",
      ],
      "the end of the input is not passed on": ["this.#decoder.end();", ""],
      "what arrives after the stay is kept": ['if (this.#phase === "over") return;', ""],
      "a line that waited is forgotten": [
        "this.#next ??= this.#decoder.next();\n      const",
        "this.#next = this.#decoder.next();\n      const",
      ],
      "what somebody says is not counted during a hold": [
        "this.#context.backpressure.spend(this, line.length);",
        "void 0;",
      ],
      "who has more to be read counts as caught up": [
        "if (this.#isReading) this.#owner.onCaughtUp();",
        "this.#owner.onCaughtUp();",
      ],
    },
    "connection",
  ),
  ...mutationsOf(
    "read-half",
    {
      "a sender that stopped in its own line is still counted": [" && !isOver) this", ") this"],
    },
    "read-half",
  ),
];
