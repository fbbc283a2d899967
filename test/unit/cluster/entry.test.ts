import { describe, expect, test } from "bun:test";
import {
  decodeEntry,
  decodeEvents,
  decodeLetter,
  encodeEvent,
  encodeWhisper,
  type Entry,
  type LogEvent,
} from "../../../lib/cluster/entry.ts";
import { OPTIONS } from "../../../lib/options/options.ts";

/** The events of an entry with this text. */
function eventsOf(text: string): readonly LogEvent[] {
  const entry = decodeEntry("5-1", ["v", "1", "n", "other", "t", "1", "e", text]);
  if (entry.kind !== "turn") throw new Error(`it is ${entry.kind}`);
  return decodeEvents(entry.events);
}

describe("an event", () => {
  test.each<[event: Exclude<LogEvent, { do: "unknown" }>, known: string]>([
    [{ do: "join", who: "1", name: "Zoë" }, "zoë"],
    [{ do: "rename", who: "2", name: "Bob" }, "bob"],
    [{ do: "leave", who: "3" }, ""],
    [{ do: "say", who: "4", text: "hi\tyou" }, "Bob"],
    [{ do: "act", who: "4", text: "waves" }, "Bob"],
  ])("%p is read as it was written", (event, known) => {
    expect(eventsOf(encodeEvent(event, known))).toEqual([event]);
  });

  test("has a last line that ends, when it is said to somebody", () => {
    const home = encodeEvent({ do: "send home", id: "a:1", goodbye: "*** Bye" });
    const line = encodeEvent({ do: "announce", line: "*** Announcement: tea" });
    expect(eventsOf(`${home}\0${line}`)).toEqual([
      { do: "send home", id: "a:1", goodbye: "*** Bye\n" },
      { do: "announce", line: "*** Announcement: tea\n" },
    ]);
  });

  test.each(["", "z\n1", "j\n1\nkey\n*** x", "j\nx\nkey\nBob", "l\n-1", "s\n1e3\nBob\nhi", "n\n1"])(
    "%p is unknown, and what comes after it is read",
    (text) => {
      expect(eventsOf(`${text}\0l\n7`).at(-1)).toEqual({ do: "leave", who: "7" });
      if (text !== "") expect(eventsOf(text)).toEqual([{ do: "unknown" }]);
    },
  );

  test("is made safe to show, and is no longer than any client's line", () => {
    const { max } = OPTIONS.lineLimitBytes;
    const [event] = eventsOf(`s\n1\nBob\n\x1b[2Ja\u202e${"x".repeat(2 * max)}`);
    if (event?.do !== "say") throw new Error("it is not said");
    expect(event.text.startsWith("ax")).toBe(true);
    expect(event.text.length).toBeLessThanOrEqual(max);
  });
});

describe("an entry", () => {
  test.each<[fields: string[], entry: Partial<Entry>]>([
    [["v", "1", "a", "9", "d", "gone"], { kind: "departed", node: "gone" }],
    [["v", "1", "m", "1"], { kind: "lost" }],
    [
      ["v", "1", "g", "4-7", "k", "1"],
      { kind: "generation", from: { generation: 4, counter: 7 }, keepsNames: true },
    ],
    [["v", "1", "g", "nonsense", "k", "0"], { kind: "generation", keepsNames: false }],
    [["v", "2", "n", "other"], { kind: "unknown" }],
    [["n", "other"], { kind: "unknown" }],
    [["v"], { kind: "unknown" }],
    [["v", "1"], { kind: "unknown" }],
  ])("%p is read", (fields, entry) => {
    const read = decodeEntry("5-2", fields);
    expect(read).toMatchObject(entry as object);
    expect(read.position).toEqual({ generation: 5, counter: 2 });
  });

  test("says which of its events were refused, and for whom it has letters", () => {
    const fields = ["v", "1", "n", "other", "t", "8", "r", "0,2", "w", "a,b", "e", ""];
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
  expect(decodeLetter(["v", "1", "e", `${encodeWhisper(one)}\0${other}`])).toEqual([
    one,
    { ...one, text: "x" },
  ]);
});
