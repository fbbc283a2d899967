/** What can go wrong on the way from the room to a socket. */
import { mutationsOf } from "./mutation.ts";

export const SENDING = [
  ...mutationsOf("send-queue", {
    "the queue forgets that it is blocked": [
      "this.#blocked = accepted < bytes.length;",
      "this.#blocked = false;",
    ],
    "the queue forgets that it is blocked when a lone chunk is cut short": [
      "this.#consume(accepted);\n    this.#blocked = true;",
      "this.#consume(accepted);",
    ],
    "a drain does not unblock the queue": ["this.#blocked = false;\n    return", "return"],
    "what is sent at once overtakes what waits": [
      "if (this.#blocked || this.chargedBytes > 0) {",
      "if (this.#blocked) {",
    ],
    "a queue at its limit loses a line": [
      "if (this.refusedBytes > this.#limitBytes)",
      "if (this.refusedBytes >= this.#limitBytes)",
    ],
    "a line in flight is cut in two": ["isBetweenLines ? undefined :", "true ? undefined :"],
    "dropped lines are not announced": ["this.#skippedLines += chunk.lines;", ""],
    "the unsent lines of a chunk in flight are not counted as skipped": [
      "this.#skippedLines += countLines(dropped);",
      "",
    ],
    "a gap is announced behind what follows it": ["this.#waiting.unshift(", "this.#waiting.push("],
    "an announcement that is dropped forgets how many it announced": [
      "new Chunk(bytes, this.#skippedLines)",
      "new Chunk(bytes)",
    ],
    "the goodbye counts against the limit": ["this.#limitBytes = Infinity;", ""],
    "what is kept of lines costs nothing": [
      "this.#waiting.length * CHUNK_OVERHEAD_BYTES",
      "this.#waiting.length * 0",
    ],
    "what was sent of a large chunk stays in memory": [
      "if (rest.buffer === chunk.bytes.buffer) return;",
      "return;",
    ],
    "a closed socket's queue keeps its lines": ["this.clear();\n        return -1;", "return -1;"],
  }),
  ...mutationsOf(
    "chunk",
    {
      "the line in flight begins with the end of the one before": [
        "lastIndexOf(LF) + 1;",
        "lastIndexOf(LF);",
      ],
      "each reader has its own copy of the line in flight": ["this.#copies.set(start, line);", ""],
      "a small rest keeps a whole turn in memory": ["2 * view.length < bytes.length", "false"],
    },
    "send-queue",
  ),
  ...mutationsOf("deque", {
    "an item put in front takes another's place": ["[--this.#head] = item", "[this.#head] = item"],
    "after moving up, the first items are passed over": [
      "this.#items.splice(0, this.#head);\n      this.#head = 0;",
      "this.#items.splice(0, this.#head);",
    ],
  }),
  ...mutationsOf(
    "write-half",
    {
      "a drain is dropped": [
        "if (!this.#isCorked()) this.#watch(this.#queue.drain());",
        "if (!this.#isCorked()) this.#watch(0);",
      ],
      "the stall timer outlives the socket": [
        "this.#stall?.clear();\n    this.#queue",
        "this.#queue",
      ],
      "the cork's timer outlives the socket": [
        "clearTimeout(this.#corkTimer);\n    this.#stall",
        "this.#stall",
      ],
      "what waited for one that has gone counts for ever": [
        "this.#queue.clear();\n    this.#account();",
        "this.#queue.clear();",
      ],
      "what was cut still counts": [
        "this.#queue.cutTo(bytes);\n      this.#account();",
        "this.#queue.cutTo(bytes);",
      ],
      "progress does not restart the stall timeout": ["this.#stall.putOff();", ""],
      "a stalled reader is not cut off while the others talk": [
        "} else if (acceptedBytes > 0) {",
        "} else {",
      ],
      "the stall timeout counts on when a reader has caught up": [
        "this.#stall?.clear();\n      this.#stall = undefined;",
        "",
      ],
      "who drains its goodbye is never shut down": [
        "this.#stall = undefined;\n      this.#shutDownIfFinished();",
        "this.#stall = undefined;",
      ],
      "who takes its goodbye at once is never shut down": [
        "this.#noteAnswersTaken();\n    this.#shutDownIfFinished();",
        "this.#noteAnswersTaken();",
      ],
      "the sending side is shut down twice": [
        'this.#phase = "over";\n    this.#sink',
        "this.#sink",
      ],
      "a full queue holds nobody": ["backpressure.report(this, chargedBytes - answerBytes);", ""],
      "who asks for a lot and reads nothing holds the others": [
        "chargedBytes - answerBytes",
        "chargedBytes",
      ],
      "any number of answers wait for one that does not read": [
        "this.#queue.answerBytes > bytesMax",
        "false",
      ],
      "who takes its answers later is never read from again": [
        "this.#account();\n    this.#noteAnswersTaken();\n    const",
        "this.#account();\n    const",
      ],
      "who leaves still holds the others": [
        "this.#context.backpressure.removeReader(this);\n    this.#queue.pushLast",
        "this.#queue.pushLast",
      ],
      "who is gone still holds the others": [
        "this.#context.backpressure.removeReader(this);\n    clearTimeout",
        "clearTimeout",
      ],
      "the goodbye may be dropped with the rest": ["this.#queue.pushLast(", "this.#queue.push("],
      "the goodbye does not pull the cork": [
        'this.uncork();\n    this.#phase = "finishing";',
        'this.#phase = "finishing";',
      ],
      "a drain that came under the cork is lost": [
        'if (this.#phase === "corked") return this.drained();',
        "",
      ],
      "the cork goes in again at once after its second": [
        '#pullCork("outlasted")',
        '#pullCork("open")',
      ],
      "the end of a socket is dealt with in the middle of a flush": [
        "setImmediate(() => this.#owner.run(() => this.#owner.onGone()));",
        "this.#owner.run(() => this.#owner.onGone());",
      ],
      "a reader is given up without a last write": [
        "const acceptedBytes = this.#queue.drain();\n    this.#watch",
        "const acceptedBytes = 0;\n    this.#watch",
      ],
    },
    "connection",
  ),
];
