/**
 * Somebody types at a terminal while others talk and the window changes. After each step the terminal must show
 * what was said, in order, and below it the line as the model has it, with the cursor in its place. What is sent
 * is cut anywhere, on both ways. Characters are those of which the emulator knows the width (no emoji).
 */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { columnsOf, segment } from "../../lib/editor/graphemes.ts";
import { EditedLine } from "../../lib/editor/edited-line.ts";
import type { Stroke } from "../../lib/editor/strokes.ts";
import { Recall } from "../../lib/editor/recall.ts";
import { turnOver } from "../helpers/clock.ts";
import { Emulator } from "../helpers/emulator.ts";
import { stage } from "../helpers/stage.ts";
import { LOADED_MS, SEED } from "./check.ts";

const [SE, SB, WILL, DO, IAC] = [240, 250, 251, 253, 255];
const [ECHO, SGA, TTYPE, NAWS] = [1, 3, 24, 31];

/** What is on the screen when the steps begin. */
const BEGUN = ["Enter your name: Alice", "*** Bob has joined the chat ***"];

/** What a terminal sends for each key. */
const KEYS = {
  left: "\x1b[D",
  right: "\x1bOC",
  "word left": "\x1b[1;5D",
  "word right": "\x1bf",
  home: "\x01",
  end: "\x1b[F",
  backspace: "\x7f",
  delete: "\x1b[3~",
  "cut word": "\x17",
  "cut start": "\x15",
  "cut end": "\x0b",
  paste: "\x19",
  swap: "\x14",
  clear: "\x03",
  up: "\x1b[A",
  down: "\x1b[B",
  enter: "\r\0",
} as const satisfies Partial<Record<Stroke, string>>;

type Step =
  | { readonly does: "type"; readonly text: string }
  | { readonly does: "press"; readonly key: keyof typeof KEYS }
  | { readonly does: "hear"; readonly lines: readonly string[] }
  | { readonly does: "resize"; readonly columns: number; readonly rows: number }
  | { readonly does: "stall"; readonly accepts: readonly number[] };

const text = (maxLength: number) =>
  fc.string({
    unit: fc.constantFrom("a", "b", "C", " ", "-", "é", "e\u0301", "日", "本"),
    minLength: 1,
    maxLength,
  });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: text(12).map((typed) => ({ does: "type", text: typed }) as const) },
  { weight: 1, arbitrary: text(150).map((typed) => ({ does: "type", text: typed }) as const) },
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(...(Object.keys(KEYS) as (keyof typeof KEYS)[]))
      .map((key) => ({ does: "press", key }) as const),
  },
  {
    weight: 4,
    arbitrary: fc
      .array(text(60), { minLength: 1, maxLength: 3 })
      .map((lines) => ({ does: "hear", lines }) as const),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant("resize" as const),
      columns: fc.integer({ min: 20, max: 100 }),
      rows: fc.integer({ min: 10, max: 30 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 5 })
      .map((accepts) => ({ does: "stall", accepts }) as const),
  },
);

/** What the screen must show. */
class Model {
  readonly said: string[] = [];
  readonly line = new EditedLine();
  readonly #recall = new Recall();
  columns = 80;
  height = 24;
  /** Whether a part of the line as it was may be left: the window has broken its rows. */
  mayHaveRemains = false;

  press(key: keyof typeof KEYS): void {
    if (key === "enter") this.#enter();
    else if (key === "up") this.#show(this.#recall.older(this.line.text));
    else if (key === "down") this.#show(this.#recall.newer());
    else if (key === "paste") this.line.paste();
    else this.line.press(key);
  }

  resize(columns: number, height: number): void {
    const { rows } = this.layout;
    const isHigh = rows.length > 1 && (columns < this.columns || height < this.height);
    if (isHigh) this.mayHaveRemains = true;
    this.columns = columns;
    this.height = height;
  }

  /** The rows of the line that are shown, and where the cursor is in them. */
  get layout(): { rows: string[]; row: number; column: number } {
    let used = 0;
    const rows = [""];
    let [row, column] = [0, 0];
    for (const [at, grapheme] of [...this.line.graphemes, ""].entries()) {
      const width = columnsOf(grapheme);
      if (used + width > this.columns - 1) used = rows.push("") && 0;
      if (at === this.line.cursor) [row, column] = [rows.length - 1, used];
      rows[rows.length - 1] += grapheme;
      used += width;
    }
    const top = Math.max(0, Math.min(row, rows.length - this.height));
    return { rows: rows.slice(top, top + this.height), row: row - top, column };
  }

  #enter(): void {
    const { text: typed } = this.line;
    this.line.set("");
    this.#recall.add(typed);
    if (typed.trim() !== "") this.said.push(`Alice: ${typed.trim()}`);
  }

  #show(line: string | undefined): void {
    if (line !== undefined) this.line.set(line);
  }
}

async function play(steps: readonly Step[], cuts: readonly number[]): Promise<void> {
  const room = stage({ nameTimeoutMs: 0, idleTimeoutMs: 0 });
  const alice = room.connectWith("telnet");
  const bob = room.connect();
  const emulator = new Emulator(80, 24);
  const model = new Model();
  let cut = 0;
  /** Sends it in pieces. */
  const send = (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) {
      const next = at + (cuts.length === 0 ? bytes.length : (cuts[cut++ % cuts.length] as number));
      alice.send(bytes.subarray(at, next));
      at = next;
    }
  };
  let seen = 0;
  const see = async () => {
    await turnOver();
    await turnOver();
    for (let rounds = 0; rounds < 20; rounds++) alice.connection.drained();
    const fresh = alice.transport.bytes.subarray(seen);
    seen += fresh.length;
    await emulator.write(withoutTelnet(fresh));
  };
  const resize = (columns: number, rows: number) => {
    emulator.resize(columns, rows);
    model.resize(columns, rows);
    send(Buffer.of(IAC, SB, NAWS, 0, columns, 0, rows, IAC, SE));
  };
  try {
    await see();
    // Until the editor is there the terminal shows by itself what is typed.
    await emulator.write(Buffer.from("Alice\r\n"));
    send(Buffer.from("Alice\r\n"));
    send(Buffer.of(IAC, DO, ECHO, IAC, DO, SGA, IAC, WILL, NAWS, IAC, WILL, TTYPE));
    resize(80, 24);
    send(Buffer.concat([Buffer.of(IAC, SB, TTYPE, 0), Buffer.from("xterm"), Buffer.of(IAC, SE)]));
    bob.send("Bob\n");
    await see();
    expect(emulator.lines.slice(0, -1)).toEqual(BEGUN);
    for (const each of steps) {
      await take(each, model, { alice, bob, send, resize });
      await see();
      holds(emulator, model);
    }
  } finally {
    emulator.dispose();
    for (const { connection } of [alice, bob]) connection.closed(undefined);
  }
}

type People = {
  readonly alice: ReturnType<ReturnType<typeof stage>["connect"]>;
  readonly bob: ReturnType<ReturnType<typeof stage>["connect"]>;
  send(bytes: Uint8Array): void;
  resize(columns: number, rows: number): void;
};

async function take(each: Step, model: Model, people: People): Promise<void> {
  switch (each.does) {
    case "type":
      model.line.insert(each.text);
      return people.send(Buffer.from(each.text));
    case "press":
      model.press(each.key);
      return people.send(Buffer.from(KEYS[each.key]));
    case "hear":
      for (const line of each.lines) {
        if (line.trim() !== "") model.said.push(`Bob: ${line.trim()}`);
        people.bob.send(`${line}\n`);
      }
      return;
    case "resize":
      return people.resize(each.columns, each.rows);
    case "stall":
      return people.alice.transport.script(...each.accepts);
  }
}

function holds(emulator: Emulator, model: Model): void {
  const { rows, row, column } = model.layout;
  const shown = emulator.lines;
  const said = [...BEGUN, ...model.said];
  const line = rows.map((each) => each.trimEnd());
  if (model.mayHaveRemains) {
    let next = 0;
    for (const each of shown) if (each === said[next]) next++;
    expect(said.slice(next)).toEqual([]);
    expect(shown.slice(-line.length)).toEqual(line);
  } else {
    expect(shown).toEqual([...said, ...line]);
  }
  const { cursor } = emulator;
  expect(cursor).toEqual({ row: emulator.rows.length - rows.length + row, column });
}

/** Of what the server sends of Telnet here all has three bytes, but one that has six. */
function withoutTelnet(bytes: Buffer): Buffer {
  const text = bytes.toString("latin1");
  return Buffer.from(text.replace(/\xff\xfa[^]{2}\xff\xf0|\xff[\xfb-\xfe][^]/g, ""), "latin1");
}

// Whatever is done takes no time: so the room never pauses after a flush.
const { now } = performance;
beforeEach(() => void (performance.now = () => 0));
afterEach(() => void (performance.now = now));

describe("the screen of somebody with the editor", () => {
  test(
    "shows what was said and the line below it, whatever is typed, said and resized",
    async () => {
      const steps = fc.array(step, { maxLength: 25 });
      const cuts = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 5 });
      await fc.assert(fc.asyncProperty(steps, cuts, play), {
        numRuns: 150,
        seed: SEED,
        includeErrorInReport: true,
      });
    },
    LOADED_MS,
  );

  test("holds against a line that the terminal wraps by itself", async () => {
    const emulator = new Emulator(20, 5);
    await emulator.write(Buffer.from("x".repeat(25)));
    expect(emulator.lines).toEqual(["x".repeat(25)]);
    expect(segment(emulator.rows[1] as string)).toHaveLength(5);
    emulator.dispose();
  });
});
