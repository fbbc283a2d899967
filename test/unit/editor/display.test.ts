import { describe, expect, test } from "bun:test";
import { Display } from "../../../lib/editor/display.ts";
import { readerCalled } from "../../../lib/editor/dressed.ts";
import { EditedLine } from "../../../lib/editor/edited-line.ts";
import { SendQueue } from "../../../lib/connection/send-queue.ts";
import { Chunk } from "../../../lib/room/chunk.ts";
import { ScriptedLink } from "../../helpers/scripted-link.ts";

const PLAIN = { isColoured: false, time: "" };
const MARKS = "\x1b[?2004h";

/** A display with a line in it, and nothing written so far. */
function stage(typed = "", prompt = "", terminal = "xterm") {
  const link = new ScriptedLink();
  const line = new EditedLine();
  line.insert(typed);
  const display = new Display(link, line);
  display.start(prompt, terminal);
  display.redraw();
  let seen = link.sent.length;
  const news = () => {
    const { sent } = link;
    const fresh = sent.slice(seen);
    seen = sent.length;
    return fresh;
  };
  const write = (text: string) => display.write(Buffer.from(text), PLAIN, readerCalled("Ann"));
  return { link, line, display, news, write };
}

describe("Display", () => {
  test("begins with the line below what is on the screen already", () => {
    const { link } = stage("Al", "Name: ");
    expect(link.writes).toEqual([MARKS, "\r\x1b[JName: Al"]);
  });

  test("takes the line away, prints what arrived, and puts it back, in one write", () => {
    const { link, display, line, news, write } = stage("half");
    line.press("left");
    display.refresh();
    expect(write("Bob: hi\nCid: ho\n")).toBe(16);
    expect(link.writes).toHaveLength(3);
    expect(news()).toBe("\r\x1b[JBob: hi\r\nCid: ho\r\nhalf\rhal");
    display.redraw();
    expect(news()).toBe("");
  });

  test("writes what arrived as it is dressed while nothing is typed", () => {
    const { news, write } = stage();
    write("Bob: hi\n");
    expect(news()).toBe("Bob: hi\r\n");
  });

  test("keeps what has no end for a prompt, and the prompt with its answer on the screen", () => {
    const { display, line, news, write } = stage();
    write("Welcome\nName: ");
    expect([news(), display.prompt]).toEqual(["Welcome\r\nName: ", "Name: "]);
    line.insert("Al");
    display.refresh();
    display.redraw();
    expect(news()).toBe("\r\x1b[JName: Al");
    line.set("");
    display.commit("Al");
    display.redraw();
    expect([news(), display.prompt]).toEqual(["\r\x1b[JName: Al\r\n", ""]);
  });

  test("rings once where others say the reader's name, unless it is told not to", () => {
    const { display, news, write } = stage();
    write("Bob: Ann\nBob: ann!\n");
    expect(news()).toBe("\x07Bob: Ann\r\nBob: ann!\r\n");
    display.ringsForNames = false;
    write("Bob: Ann\n");
    expect(news()).toBe("Bob: Ann\r\n");
  });

  test("empties the window on demand", () => {
    const { display, news } = stage("ab");
    display.clear();
    display.redraw();
    expect(news()).toBe("\x1b[H\x1b[2Jab");
  });

  test("a dumb terminal is not asked for marks around what is pasted", () => {
    const { link, display } = stage("", "", "dumb");
    display.stop();
    expect(link.sent).toBe("");
    expect(display.isDumb).toBe(true);
  });

  test("when it stops takes the line away and writes bytes as they are", () => {
    const { display, news, write } = stage("ab", "Name: ");
    display.stop();
    expect(news()).toBe("\r\x1b[JName: \x1b[?2004l");
    expect(write("Bob: hi\n")).toBe(8);
    display.refresh();
    display.redraw();
    display.stop();
    expect(news()).toBe("Bob: hi\n");
  });

  test("shuts down when the last of it is sent", () => {
    const { link, display } = stage("abc");
    link.script(2, 0);
    display.shutdown();
    expect(link.calls).toEqual([]);
    display.drained();
    expect(link.calls).toEqual([]);
    display.drained();
    expect(link.calls).toEqual(["shutdown"]);
    expect(link.sent.endsWith("\r\x1b[J\x1b[?2004l")).toBe(true);
  });

  test("says when the link is closed", () => {
    const { link, write, display, line } = stage("a");
    link.script(-1, -1, -1);
    line.insert("b");
    display.refresh();
    display.redraw();
    expect(write("Bob: hi\n")).toBe(-1);
    expect(display.outlet.owedBytes).toBe(0);
  });

  test("a command goes out at once, or after what was cut", () => {
    const { link, display, news, write } = stage("a");
    display.outlet.send(Buffer.of());
    display.outlet.send(Buffer.from("<1>"));
    link.script(6, 0, 0);
    expect(write("Bob: hi\n")).toBe(1);
    display.outlet.send(Buffer.from("<2>"));
    expect(news()).toBe("<1>\r\x1b[JBo");
    link.script();
    display.drained();
    expect(news()).toBe("b: hi\r\n<2>a");
  });
});

describe("a queue that writes to a display", () => {
  const LINES = ["Bob: one\n", "Cid: é two\n", "Bob: three\n", "*** four ***\nBob: five\n"];
  const WHOLE = 200;

  /** Hands in lines while the link accepts what the script says, then drains. */
  function run(typed: string, accepts: number[]) {
    const { link, display, news } = stage(typed);
    const writer = { write: (bytes: Uint8Array) => display.write(bytes, PLAIN, undefined) };
    const queue = new SendQueue(writer, 100_000);
    link.script(...accepts);
    for (const text of LINES) {
      const before = queue.bytes;
      const accepted = queue.send(Chunk.of(text));
      expect(queue.bytes).toBe(before + Buffer.byteLength(text) - accepted);
    }
    for (
      let rounds = 0;
      rounds < 100 && (queue.bytes > 0 || display.outlet.owedBytes > 0);
      rounds++
    ) {
      display.drained();
      queue.drain();
    }
    display.drained();
    expect([queue.bytes, display.outlet.owedBytes]).toEqual([0, 0]);
    return news();
  }

  /** What a terminal shows of bytes whose lines are short: rows, the last one without its end. */
  function rowsOf(bytes: string): string[] {
    const rows = [""];
    for (const part of bytes.match(/\x1b\[J|\r\n|\r|[^\r\x1b]+/g) ?? []) {
      if (part === "\r\n") rows.push("");
      else if (part === "\r" || part === "\x1b[J") rows[rows.length - 1] = "";
      else rows[rows.length - 1] += part;
    }
    return rows;
  }

  const expected = (typed: string) => [...LINES.join("").split("\n").slice(0, -1), typed];

  test.each(["", "typed"])(
    "loses and doubles nothing wherever a write is cut (%p is typed)",
    (typed) => {
      expect(rowsOf(run(typed, []))).toEqual(expected(typed));
      for (let first = 0; first < WHOLE; first++) {
        for (const script of [
          [first],
          [first, 0],
          [first, 1, 0, 2],
          [Infinity, first, 3, 0, 0, 5],
        ]) {
          expect(rowsOf(run(typed, script))).toEqual(expected(typed));
        }
      }
    },
  );

  test("takes a line of which a part is sent for started, and drops those behind it", () => {
    const { link, display, news } = stage("typed");
    const writer = { write: (bytes: Uint8Array) => display.write(bytes, PLAIN, undefined) };
    const queue = new SendQueue(writer, 1_200);
    link.script(10, ...Array(40).fill(0));
    for (let at = 0; at < 40; at++) queue.send(Chunk.of(`Bob: number ${at} of forty\n`));
    link.script();
    display.drained();
    queue.drain();
    const rows = rowsOf(news());
    expect(rows[0]).toBe("Bob: number 0 of forty");
    expect(rows[1]).toMatch(/^\*\*\* \d+ lines skipped: your connection is too slow \*\*\*$/);
    expect(rows.at(-2)).toBe("Bob: number 39 of forty");
    expect(rows.at(-1)).toBe("typed");
  });
});
