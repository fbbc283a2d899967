/** What can go wrong in the life of a connection. */
import { mutationsOf } from "./mutation.ts";

export const CONNECTION = [
  ...mutationsOf("connection", {
    "the goodbye is not sent": [".finish(GOODBYES[reason])", '.finish("")'],
    "the idle timer is not cleared at close": [
      'this.#phase = "closed";\n    this.#deadline.clear();',
      'this.#phase = "closed";',
    ],
    "a drain does not reach the queue": [
      "drained(): void {\n    this.#writeHalf.drained();",
      "drained(): void {",
    ],
    "the end of the input does not reach the lines": ["this.#readHalf.ended();", ";"],
    "what follows a reset that a write has met looks like an end": [
      "if (!this.#writeHalf.isOver) this.#readHalf.ended();",
      "this.#readHalf.ended();",
    ],
    "a connection that is gone still counts": ["this.#surroundings.onEnd(this);", ""],
    "who is cut off closes before it leaves": [
      "this.#session.leave(reason);\n    this.#transport.terminate();",
      "this.#transport.terminate();\n    this.#session.leave(reason);",
    ],
    "a line does not restart the idle timeout": [
      "if (this.#lost === undefined) this.#deadline.putOff();",
      "",
    ],
    "the time for a name goes on in the chat": [
      'if (this.#lost === undefined) this.#await("line", settings.idleTimeoutMs);',
      "",
    ],
    "who has joined holds nobody": ["backpressure.addReader(this.#writeHalf, this.#address);", ""],
    "an answer to Telnet counts as a line": ["new Chunk(bytes, 0)", "new Chunk(bytes)"],
    "an answer to Telnet waits": [
      "this.#writeHalf.enqueue(new Chunk(bytes, 0));\n    this.#writeHalf.flush();",
      "this.#writeHalf.enqueue(new Chunk(bytes, 0));",
    ],
    "who leaves can go on leaving for ever": ["--this.#closeTimeoutsLeft > 0", "true"],
    "who leaves and reads is cut off at the first deadline": [
      "bytes < this.#bytesAtDeadline;",
      "bytes < 0;",
    ],
    "a socket that is closed and paused is never let go of": [
      "if (this.#lost === undefined) this.#transport.terminate();",
      "",
    ],
    "a join is not paid for": ["this.#pace.spendJoin();", ""],
    "a line is not paid for": ["this.#pace.spendLine(line);", ""],
    "a refusal is not logged": ["this.#surroundings.log.refused(this.#label, reason);", ""],
    "a foreign protocol is refused again and again": [
      'this.#phase === "open" ? this.#protocol.push(bytes) : undefined',
      "this.#protocol.push(bytes)",
    ],
    "who is held back is idle": [
      "if (this.#readHalf.isLineWaiting) this.#deadline.restart();\n    else this.close",
      "this.close",
    ],
    "who sends blank lines at the prompt has all the time": [
      "othersComeFirst && this.#readHalf.isLineWaiting",
      "true",
    ],
    "who waits to be let in is cut off": [
      "othersComeFirst && this.#readHalf.isLineWaiting",
      "false",
    ],
    "who is held at the prompt because others come first is cut off": [
      "this.#readHalf.isHeld || this.#pace",
      "this.#pace",
    ],
    "who waits for others to join is cut off": [" || this.#pace.isForOthers", ""],
    "who has taken its answers is never read from again": ["this.#readHalf.answersTaken();", ""],
    "lines are read for ever after the socket is gone": [
      'this.#await("last lines", closeTimeoutMs * CLOSE_TIMEOUTS_MAX);',
      "",
    ],
    "a socket that is gone keeps its queue": [
      "this.#writeHalf.dispose();\n    this.#readHalf.lost",
      "this.#readHalf.lost",
    ],
    "who leaves may not be hurried at the end": [
      'if (this.#phase === "leaving") this.#phase = "closing";',
      "",
    ],
    "an error of ours is not logged": [
      "const { log } = this.#surroundings;\n    log.failed(this.#label, error);",
      "const { log } = this.#surroundings;",
    ],
    "bytes of a client that is let in are not read": [
      "if (protocol === undefined) this.#readHalf.received(bytes);\n    else this",
      "if (protocol !== undefined) this",
    ],
    "a reset counts as a close": ['isReset ? "reset" : "closed"', '"closed"'],
    "an error in a timer ends the program": ["this.failed(error);", "throw error;"],
    "what a client is told at the prompt waits": [
      'if (this.#session.phase === "naming") this.#writeHalf.flush();',
      "",
    ],
    "a sender is sent to while its input waits": [
      'if (phase === "held") this.#writeHalf.cork();',
      "",
    ],
    "who is slowed down hears nobody": ['phase === "delayed" || ', ""],
    "what somebody asked for is held back because it asked": [' || phase === "replying"', ""],
  }),
  ...mutationsOf(
    "connection",
    {
      "who cannot even leave stays connected": [
        "log.failed(this.#label, another);\n      this.#transport.terminate();",
        "log.failed(this.#label, another);",
      ],
    },
    "failure",
  ),
  ...mutationsOf(
    "connection",
    {
      "an error in leaving keeps a connection in the count": [
        "} finally {\n      this.#surroundings.onEnd(this);",
        "  this.#surroundings.onEnd(this);\n    } finally {",
      ],
    },
    "server",
  ),
  ...mutationsOf(
    "timers",
    {
      "0 is no time at all": ["if (delayMs === 0) return undefined;", ""],
      "a very long time is none": ["Math.min(delayMs, TIMER_MS_MAX)", "delayMs"],
    },
    "timers",
  ),
];
