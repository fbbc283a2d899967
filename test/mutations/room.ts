/** What can go wrong in the room: who is in it, who is told what, and when. */
import { mutationsOf } from "./mutation.ts";

export const ROOM = [
  ...mutationsOf("room", {
    "a member hears itself": ["setApart(author as Place, start, this.#turnBytes);", ""],
    "whoever joins hears what was said before": ["seen: this.#turnBytes,", "seen: 0,"],
    "two lines of the flush are swapped: a place is reset before it is read": [
      "const { seen, apart, outbox } = member;\n      member.seen = 0;",
      "member.seen = 0;\n      const { seen, apart, outbox } = member;",
    ],
    "two lines of the flush are swapped: the turn is emptied before it is read": [
      "const lines = this.#turnLines;\n    const whole = new Chunk(bytes);\n    this.#turnBytes = 0;\n    this.#turnLines = 0;",
      "this.#turnLines = 0;\n    const lines = this.#turnLines;\n    const whole = new Chunk(bytes);\n    this.#turnBytes = 0;",
    ],
    "what waits for a slow reader is overwritten by the next turn": [
      "new Uint8Array(this.#turn.subarray(0, this.#turnBytes));",
      "this.#turn.subarray(0, this.#turnBytes);",
    ],
    "each member is handed a copy of the turn": [
      "seen === 0 ? whole : new Chunk(tail(bytes, seen))",
      "new Chunk(new Uint8Array(bytes.subarray(seen)))",
    ],
    "what is not for a member is kept from it in the next turn too": [
      "member.seen = 0;\n      member.apart = NOTHING;",
      "member.seen = 0;",
    ],
    "what a member was given is given to it again": ["member.seen = this.#turnBytes;\n", "\n"],
    "a name is not freed when its owner leaves": [
      "this.#byKey.delete(place.key);\n    this.#told",
      "this.#told",
    ],
    "two have one name": ["if (this.#byKey.has(key)) return undefined;", ""],
    "a name is taken from its holder": [
      "if (holder !== undefined && holder !== place) return false;",
      "",
    ],
    "who leaves misses what was said before": [
      "this.#bringUpToDate(place);\n    this.#byKey",
      "this.#byKey",
    ],
    "a private line overtakes what came before": [
      "this.#bringUpToDate(member as Place);\n    member.outbox.tell",
      "member.outbox.tell",
    ],
    "an answer overtakes what came before": [
      "this.#bringUpToDate(member as Place);\n    member.outbox.answer",
      "member.outbox.answer",
    ],
    "a private line waits until somebody speaks": [
      "if (this.#told.size === 0) setImmediate(() => this.#sendTold());",
      "",
    ],
    "who was told something privately once is never told again": [
      "this.#told.clear();\n    this.#each(told",
      "this.#each(told",
    ],
    "whoever is ignored comes and goes unseen": ['if (urgency === "talk") {', "{"],
    "a turn outgrows its limit": ["this.#turnBytes + bytesMax > this.#turnLimitBytes", "false"],
    "a line of wide letters is cut off": ["BYTES_PER_UNIT_MAX = 3", "BYTES_PER_UNIT_MAX = 2"],
    "the end of the chat swallows the last lines": [
      "this.#flush();\n    this.#members.clear();",
      "this.#members.clear();",
    ],
    "one outbox that throws ends the flush": [
      "failures.push([member.outbox, error]);",
      "throw error;",
    ],
    "nobody hears of an outbox that throws": ["outbox.failed(error))", "undefined)"],
  }),
  ...mutationsOf(
    "room",
    {
      "a name is not freed on rename": [
        "this.#byKey.delete(place.key);\n    this.#byKey.set(key, place);",
        "this.#byKey.set(key, place);",
      ],
      "who has left is still here for those it wrote to": ["place.contact.member = undefined;", ""],
      "who joins and leaves is never ignored again": ["this.ignoreLists.joined(member);", ""],
      "who speaks counts as silent": ["if (author) author.spokeAtMs = performance.now();", ""],
    },
    "commands",
  ),
  ...mutationsOf(
    "room",
    {
      "nothing is remembered for those who come later": ["this.history.add(line);", ""],
    },
    "history",
  ),
  ...mutationsOf("flush-timer", {
    "a flush of four lines does not count as busy": [
      "lines < BUSY_LINES_MIN",
      "lines <= BUSY_LINES_MIN",
    ],
    "talk that overtakes a notice has everything flushed twice": ["clearTimeout(this.#timer);", ""],
    "notices wait without an end": [
      "Math.min(NOTICE_PAUSES * tookMs, NOTICE_PAUSE_MS_MAX)",
      "NOTICE_PAUSES * tookMs",
    ],
    "nothing is flushed after the first time": ['this.#due = "never";', ""],
    "talk waits with the notices": [' && urgency === "notice")) return', ")) return"],
    "a notice puts off the talk that waits": ['this.#due === "soon" || ', ""],
    "a busy room does not pause": ["? 0 : endedMs + tookMs;", "? 0 : 0;"],
  }),
  ...mutationsOf("history", {
    "who comes later is told an old history": ["this.#text = undefined;", ""],
    "one long line drives out the others": [
      "if (bytes > this.#bytesMax * LINE_PART_MAX) return;",
      "",
    ],
    "one line fewer is kept": [
      "this.#lines.length > this.#linesMax",
      "this.#lines.length >= this.#linesMax",
    ],
    "the history grows beyond its bytes": ["this.#bytes += bytes;", ""],
    "the history shrinks with every line it ever had": ["this.#bytes -= Buffer", "Buffer"],
  }),
  ...mutationsOf("ignore-lists", {
    "whoever leaves and comes back is heard again": ["include(this.#away, key, entry);", "void 0;"],
    "an entry that has ended is taken up again": ["exclude(this.#away, key, entry);", "void 0;"],
    "somebody is ignored twice": ["if (this.has(member, person)) return true;", ""],
    "the list of whom one ignores has one entry more": [">= IGNORED_MAX", "> IGNORED_MAX"],
    "whoever has left goes on ignoring": [
      "this.#lists.get(person)?.forEach((entry) => this.#letGo(entry));",
      "",
    ],
    "a name had long ago is remembered": [".slice(-KEYS_MAX)", ""],
    "a person evades by another name": [
      "this.#entries.get(person)?.forEach((entry) => rename(entry, person));",
      "",
    ],
    "who has come back under an old name is not listed by it": [
      "include(this.#entries, person, entry);\n      rename(entry, person);",
      "include(this.#entries, person, entry);",
    ],
  }),
  ...mutationsOf(
    "ignore-lists",
    {
      "another name ends an entry": ["each.key === key", "each.keys.includes(key)"],
    },
    "commands",
  ),
];
