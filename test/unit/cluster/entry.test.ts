import { describe, expect, test } from "bun:test";
import {
  decodeEntry,
  decodeEvents,
  decodeLetter,
  encodeEvent,
  encodeWhisper,
  type Entry,
  linesOf,
  type LogDeed,
  type LogEvent,
} from "../../../lib/cluster/entry.ts";
import { LOG_VERSION } from "../../../lib/cluster/scripts.ts";
import { OPTIONS } from "../../../lib/options/options.ts";

/** The events of an entry with this text. */
function eventsOf(text: string): readonly LogEvent[] {
  const entry = decodeEntry("5-1", ["v", LOG_VERSION, "n", "other", "t", "1", "e", text]);
  if (entry.kind !== "turn") throw new Error(`it is ${entry.kind}`);
  return decodeEvents(entry.events);
}

describe("an event", () => {
  test.each<[event: LogEvent & { do: LogDeed }, known: string]>([
    [{ do: "join", who: "1", text: "Zoë" }, "zoë"],
    [{ do: "rename", who: "2", text: "Bob" }, "bob"],
    [{ do: "leave", who: "3", text: "" }, ""],
    [{ do: "say", who: "4", text: "hi\tyou" }, "Bob"],
    [{ do: "act", who: "4", text: "waves" }, "Bob"],
    [{ do: "send home", who: "a:1", text: "*** Bye" }, ""],
    [{ do: "announce", who: "", text: "*** Announcement: tea" }, ""],
  ])("%p is read as it was written", (event, known) => {
    const { do: deed, who, text } = event;
    expect(eventsOf(encodeEvent(deed, who, known, text))).toEqual([event]);
  });

  test.each(["", "z\n1", "j\n1\nkey\n*** x", "j\nx\nkey\nBob", "l\n-1", "s\n1e3\nBob\nhi", "n\n1"])(
    "%p is unknown, and what comes after it is read",
    (text) => {
      expect(eventsOf(`${text}\0l\n7`).at(-1)).toEqual({ do: "leave", who: "7", text: "" });
      if (text !== "") expect(eventsOf(text)).toEqual([{ do: "unknown", who: "", text: "" }]);
    },
  );

  test("is made safe to show, and is no longer than any client's line", () => {
    const { max } = OPTIONS.lineLimitBytes;
    const [event] = eventsOf(`s\n1\nBob\n\x1b[2Ja\u202e${"x".repeat(2 * max)}`);
    const text = event?.text ?? "";
    expect(text.startsWith("ax")).toBe(true);
    expect(text.length).toBeLessThanOrEqual(max);
  });
});

describe("an entry", () => {
  test.each<[fields: string[], entry: Partial<Entry>]>([
    [["v", LOG_VERSION, "a", "9", "d", "gone"], { kind: "departed", node: "gone" }],
    [["v", LOG_VERSION, "m", "1"], { kind: "lost" }],
    [
      ["v", LOG_VERSION, "g", "4-7", "k", "1"],
      { kind: "generation", from: { generation: 4, counter: 7 }, keepsNames: true },
    ],
    [["v", LOG_VERSION, "g", "nonsense", "k", "0"], { kind: "generation", keepsNames: false }],
    [["v", "1", "n", "other"], { kind: "unknown" }],
    [["n", "other"], { kind: "unknown" }],
    [["v"], { kind: "unknown" }],
    [["v", LOG_VERSION], { kind: "unknown" }],
  ])("%p is read", (fields, entry) => {
    const read = decodeEntry("5-2", fields);
    expect(read).toMatchObject(entry as object);
    expect(read.position).toEqual({ generation: 5, counter: 2 });
  });

  test("says which of its events were refused, and for whom it has letters", () => {
    const fields = ["v", LOG_VERSION, "n", "other", "t", "8", "r", "0,2", "w", "a,b", "e", ""];
    expect(decodeEntry("5-1", fields)).toMatchObject({
      turn: 8,
      refused: new Set([0, 2]),
      letterNodes: ["a", "b"],
      events: "",
    });
  });
});

test("a letter is read as it was written, and made safe to show", () => {
  const one = { from: "a:1", to: "b:2", text: "psst" };
  const other = encodeWhisper({ ...one, text: "\x1b[2Jx" });
  expect(decodeLetter(["v", LOG_VERSION, "e", `${encodeWhisper(one)}\0${other}`])).toEqual([
    one,
    { ...one, text: "x" },
  ]);
});

test("what was said is read back under the names of then, which must be names", () => {
  const events = ["s\n1\nBob\nhi", "l\n1\n\n", "a\n2\nZoë\nwaves", "s\n3\n*** x\nhi"];
  const fields = ["v", LOG_VERSION, "n", "other", "t", "1", "e", events.join("\0")];
  expect(linesOf(decodeEntry("5-1", fields))).toEqual(["Bob: hi\n", "* Zoë waves\n"]);
});
