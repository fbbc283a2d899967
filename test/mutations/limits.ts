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
    "what was said during one hold counts in the next": ["this.#allowances.clear();", ""],
    "a sender that stops is remembered until the hold ends": [
      "this.#allowances.delete(sender);",
      "",
    ],
    "a sender that has stopped is resumed": [
      "this.mayRead(sender) && this.#waiting.delete(sender)",
      "(this.#waiting.delete(sender), this.mayRead(sender))",
    ],
    "a hold that begins meanwhile stops nobody": [
      "this.mayRead(sender) && this.#waiting",
      "this.#waiting",
    ],
    "senders are resumed once and never again": ["this.#resuming = false;", ""],
    "one of two that hold releases everybody": ["if (this.#holding.size > 0) return;", ""],
    "who types is held by readers in turn": [
      "ALLOWANCE_BYTES_PER_SECOND = 200",
      "ALLOWANCE_BYTES_PER_SECOND = 20",
    ],
    "who may say more during a hold is not read from": [
      "if (this.#waiting.size > 0) this.#resumeSoon();",
      "",
    ],
    "a hold that is given up costs nothing": ["address.abandonHold();", ""],
    "an address that has given up holds goes on holding": [
      "if (!address.mayHold) this.#endHolds(address);",
      "",
    ],
    "an address that has given up holds begins others": [" && address.mayHold) this", ") this"],
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
  ...mutationsOf("addresses", {
    "joins from this machine are limited": ["isExempt ? 0 : joinRate", "joinRate"],
    "lines from this machine are limited": ["isExempt ? 0 : addressLineRate", "addressLineRate"],
    "addresses are never forgotten": ["this.#forgetSome();", ""],
    "an address with clients is forgotten": ["this.clients === 0 && ", ""],
    "an address is forgotten before its budget is full": ["this.joins.isFull && ", ""],
    "an address holds nobody for ever": ["this.#abandonedAtMs = [];\n", "\n"],
    "holds that were given up long ago count": [" || nowMs - firstMs > ABANDONED_MS", ""],
  }),
  ...mutationsOf("slices", {
    "an address has all the time of a turn": ["this.takenMs >= SLICE_MS || ", ""],
    "an address says more than its budget": ["|| this.lines.waitMs > 0", ""],
    "a slice is never given back": ["slice.takenMs = 0;\n    this.#started", "this.#started"],
    "who waits is overtaken": ["slice.waiting === undefined || slice.served === taker", "true"],
    "who has taken most comes first": ["taken < leastTaken", "-taken < leastTaken"],
    "what was taken long ago counts": ["HALF_LIFE_MS + nowMs - takenAtMs", "HALF_LIFE_MS"],
    "a long pause counts for the client that it happened to": [
      "Math.min(tookMs, SLICE_MS)",
      "tookMs",
    ],
    "a pause is charged to the next": [
      "this.#sinceMs = performance.now();\n  }\n\n  /** What was done",
      "}\n\n  /** What was done",
    ],
    "a client that has gone waits on": ["slice.waiting?.delete(taker);", ""],
    "the timer of an address outlives its clients": [
      "slice.waiting = undefined;\n    clearTimeout(slice.timer);",
      "slice.waiting = undefined;",
    ],
  }),
  ...mutationsOf("deadline", {
    "a deadline cannot be put off": ["if (leftMs > 0) return this.#wait(Math.ceil(leftMs));", ""],
    "after a leap nobody has time to be heard": ["nowMs - this.#dueMs > LATE_MS && ", "false && "],
    "a loop that is always late sends nobody home": ["this.#gracesLeft-- > 0", "true"],
    "a deadline that is cleared is met": ["clearTimeout(this.#timer);", ""],
  }),
  ...mutationsOf(
    "pace",
    {
      "a line is paid for only when a KiB is full": ["Math.ceil(", "Math.floor("],
      "a line that is too long is cheap": ["lineLimitBytes + 1", "lineLimitBytes * 0"],
      "Telnet's commands cost one, however many they are": [": line.bytes;", ": -1_024;"],
      "an address says as much as it likes": ["this.#address.lines.spend(price);", ""],
      "who is in the chat waits for its address's joins": ["mayJoin ? ", "true ? "],
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
      "address.clients >= this.#clientsPerAddressMax",
      "address.clients > this.#clientsPerAddressMax",
    ],
    "this machine is limited like any other address": [" && !address.isExempt", ""],
    "an address keeps a place that is free": ["address.clients--;", ""],
    "a server starts that nobody can get into": ["if (free < 1) {", "if (false) {"],
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
