/**
 * The line that somebody types: its characters as a reader counts them, and where the cursor is. Keys change
 * it, and it knows nothing of bytes, screens and what becomes of it.
 */
import { safeText } from "../text/safe-text.ts";
import { segment } from "./graphemes.ts";
import { LineLength } from "./line-length.ts";
import type { Stroke } from "./strokes.ts";
import { isNotBlank, wordEnd, wordStart } from "./words.ts";

/** What is inserted is joined anew with so many characters before and after it: an accent, half of a flag. */
const JOINED_MAX = 32;

export class EditedLine {
  readonly #length: LineLength;
  #segmented: string[] = [];
  /** How many of them are before the cursor. */
  #cursor = 0;
  /** What has been typed at the end and is not segmented: a line that is sent at once never is. */
  #typed = "";
  #cut = "";
  /** @param bytesMax no longer line can be sent */
  constructor(bytesMax = Infinity) {
    this.#length = new LineLength(bytesMax);
  }

  get graphemes(): readonly string[] {
    return this.#all();
  }

  /** All of it, segmented. */
  #all(): string[] {
    const typed = this.#typed;
    this.#typed = "";
    if (typed !== "") this.#put(typed);
    return this.#segmented;
  }

  get cursor(): number {
    return this.#typed === "" ? this.#cursor : this.#all().length;
  }

  get text(): string {
    const { length } = this.#segmented;
    return length === 0 ? this.#typed : this.#segmented.join("") + this.#typed;
  }

  get isEmpty(): boolean {
    return this.#segmented.length === 0 && this.#typed === "";
  }

  /** What is before the cursor. */
  get start(): string {
    return this.#all().slice(0, this.#cursor).join("");
  }

  /** Another text takes its place, with the cursor at its end. */
  set(text: string): void {
    this.#segmented = [];
    this.#cursor = 0;
    this.#typed = text;
    this.#length.reset();
    this.#length.count(text, 1);
  }

  /** Inserts as much as fits, without control characters. Returns whether that is all of it. */
  insert(text: string): boolean {
    const safe = safeText(text);
    const fitting = this.#length.fitting(safe);
    this.#length.count(fitting, 1);
    if (this.#cursor === this.#segmented.length) this.#typed += fitting;
    else this.#put(fitting);
    return fitting.length === safe.length;
  }

  /** Inserts what was cut last. Returns whether all of it fits. */
  paste(): boolean {
    return this.insert(this.#cut);
  }

  /** Removes the last so many UTF-16 code units before the cursor, and inserts a text there. */
  replace(units: number, text: string): boolean {
    while (units > 0 && this.start !== "") {
      units -= (this.#all()[this.#cursor - 1] as string).length;
      this.#remove(this.#cursor - 1, this.#cursor);
    }
    return this.insert(text);
  }

  /** Does what a key does to a line. Those keys that do nothing to one change nothing. */
  press(stroke: Stroke): void {
    if (stroke === "clear") return this.set("");
    const { length } = this.#all();
    const cursor = this.#cursor;
    switch (stroke) {
      case "left":
        this.#cursor = Math.max(0, cursor - 1);
        return;
      case "right":
        this.#cursor = Math.min(length, cursor + 1);
        return;
      case "word left":
        this.#cursor = wordStart(this.#all(), cursor);
        return;
      case "word right":
        this.#cursor = wordEnd(this.#all(), cursor);
        return;
      case "home":
        this.#cursor = 0;
        return;
      case "end":
        this.#cursor = length;
        return;
      case "backspace":
        return this.#remove(Math.max(0, cursor - 1), cursor);
      case "delete":
      case "delete or leave":
        return this.#remove(cursor, Math.min(length, cursor + 1));
      default:
        return this.#cutOrSwap(stroke);
    }
  }

  /** Inserts text, and joins it with what is around it. */
  #put(text: string): void {
    const from = Math.max(0, this.#cursor - JOINED_MAX);
    const to = this.#cursor + JOINED_MAX;
    const start = this.#segmented.slice(from, this.#cursor).join("") + text;
    const joined = segment(start + this.#segmented.slice(this.#cursor, to).join(""));
    this.#segmented.splice(from, to - from, ...joined);
    this.#cursor = from;
    for (let length = 0; length < start.length; this.#cursor++) {
      length += (this.#segmented[this.#cursor] as string).length;
    }
  }

  #cutOrSwap(stroke: Stroke): void {
    switch (stroke) {
      case "cut word":
        return this.#cutOut(wordStart(this.#all(), this.#cursor, isNotBlank), this.#cursor);
      case "cut start":
        return this.#cutOut(0, this.#cursor);
      case "cut end":
        return this.#cutOut(this.#cursor, this.#all().length);
      case "swap":
        return this.#swap();
    }
  }

  #remove(from: number, to: number): void {
    const removed = this.#all().splice(from, to - from);
    this.#length.count(removed.join(""), -1);
    this.#cursor = from;
    // What was apart and is side by side now may be one character: a letter and an accent.
    this.#put("");
  }

  #cutOut(from: number, to: number): void {
    if (from === to) return;
    this.#cut = this.#all().slice(from, to).join("");
    this.#remove(from, to);
  }

  /** Swaps the characters around the cursor, or at the end of the line its last two. */
  #swap(): void {
    const graphemes = this.#all();
    const at = Math.min(this.#cursor, graphemes.length - 1);
    if (at < 1) return;
    const [before, after] = graphemes.slice(at - 1, at + 1);
    graphemes.splice(at - 1, 2, after as string, before as string);
    this.#cursor = at + 1;
    this.#put("");
  }
}
