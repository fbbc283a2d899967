/** What can go wrong with the limits that keep one client from being a burden to the others. */
import { mutationsOf } from "./mutation.ts";

export const LIMITS = [
  ...mutationsOf("total-limit", {
    "who holds nothing any more is still looked at": [
      "if (bytes === 0) this.#holders.delete(holder);\n    else this.#holders",
      "this.#holders",
    ],
    "what a holder held before is counted twice": [
      "bytes - (this.#holders.get(holder) ?? 0)",
      "bytes",
    ],
    "relief comes once and never again": ["this.#isRelieving = false;\n    const", "const"],
    "the shortest queue is given up first": ["=> other - one);", "=> one - other);"],
    "a connection ends in the middle of a flush": [
      "else setImmediate(() => this.#giveUpLongest());",
      "else this.#giveUpLongest();",
    ],
    "queues that keep up are cut like the others": ["queues--;", ""],
    "everybody who holds anything is given up": [
      "if (this.#bytes <= this.#targetBytes) break;",
      "",
    ],
  }),
  ...mutationsOf("backpressure", {
    "a queue that is half full holds": [
      "bytes > this.#holdAboveBytes",
      "bytes >= this.#holdAboveBytes",
    ],
    "a hold goes on at a quarter": [
      "bytes <= this.#releaseAtBytes",
      "bytes < this.#releaseAtBytes",
    ],
    "a reader that takes nothing holds for half a second": [
      " || state.idleChecks === IDLE_CHECKS_MAX",
      "",
    ],
    "a reader that takes too little holds for ever": ["state.checks === CHECKS_MAX || ", ""],
    "the checks of a hold go on after it": ["clearInterval(from.timer);", ""],
    "what was said during one hold counts in the next": ["this.#said.clear();", ""],
    "a sender that stops is remembered until the hold ends": ["this.#said.delete(sender);", ""],
    "a sender that has stopped is resumed": [
      "if (this.#waiting.delete(sender)) sender.resume();",
      "this.#waiting.delete(sender);\n        sender.resume();",
    ],
    "a hold that begins meanwhile stops nobody": ["if (this.#holding > 0) break;", ""],
    "senders are resumed once and never again": ["this.#resuming = false;", ""],
    "one of two that hold releases everybody": ["if (this.#holding > 0) return;", ""],
  }),
  ...mutationsOf("budget", {
    "the burst is one more": ["(this.#burst - 1)", "this.#burst"],
    "a budget refills beyond its burst": [
      "Math.max(this.#fullAtMs, performance.now())",
      "this.#fullAtMs",
    ],
    "a rate of 0 lets nobody spend": [
      "perSecond === 0 ? 0 : 1_000 / perSecond",
      "1_000 / perSecond",
    ],
  }),
  ...mutationsOf(
    "join-budgets",
    {
      "this machine is limited like any other": ["origin === LOOPBACK || ", ""],
      "addresses are never forgotten": ["this.#forgetFull();", ""],
      "one that is spent from again keeps others from being forgotten": [
        "this.#budgets.delete(origin);\n    this.#forgetFull();",
        "this.#forgetFull();",
      ],
      "joining is free": ["budget.spend(1);", ""],
    },
    "budget",
  ),
  ...mutationsOf(
    "pace",
    {
      "a line is paid for only when a KiB is full": ["Math.ceil(", "Math.floor("],
      "a line that is too long is cheap": ["lineLimitBytes + 1", "lineLimitBytes * 0"],
      "Telnet's commands cost one, however many they are": [": line.bytes;", ": -1_024;"],
      "who is in the chat waits for its address's joins": ["isNaming ? ", "true ? "],
      "a change of name is free": ["this.spendJoin();\n    return true;", "return true;"],
    },
    "connection",
  ),
  ...mutationsOf("admission", {
    "one client more than the limit is let in": [
      "this.#clients >= this.clientsMax",
      "this.#clients > this.clientsMax",
    ],
    "one client more of an address is let in": [
      "clients >= this.#clientsPerAddressMax",
      "clients > this.#clientsPerAddressMax",
    ],
    "this machine is limited like any other address": ["origin !== LOOPBACK && ", ""],
    "an address keeps a place that is free": ["this.#clientsByOrigin.delete(origin);", "void 0;"],
    "the last descriptors are given away": [
      "return descriptor >= this.#descriptorsMax;",
      "return false;",
    ],
  }),
  ...mutationsOf(
    "descriptors",
    {
      "looking at the descriptors takes one": ["closeSync(descriptor);", ""],
    },
    "admission",
  ),
];
