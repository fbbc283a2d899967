/**
 * The line editor of one connection: what its keys do to the line, and what of that others are told. Bytes come in
 * as they arrive, lines are taken out one at a time, and what the room sends goes through it to the link. What a
 * key has changed is shown when the turn ends, together with what arrives in it.
 */
import { complete, type Vocabulary } from "./completion.ts";
import { Display } from "./display.ts";
import { readerCalled, type Reader, type Style } from "./dressed.ts";
import { EditedLine } from "./edited-line.ts";
import { KeyDecoder, type Key } from "./keys.ts";
import type { Stroke } from "./strokes.ts";
import type { Port } from "./outlet.ts";
import { Recall } from "./recall.ts";

/** In place of a line: its author wants to leave. */
export const LEAVE = Symbol("leave");

/** What an editor knows of the one who types, and of the conversation that it is used for. */
export interface Typist extends Vocabulary {
  /** The name of the one who types; `undefined` before there is one. */
  readonly name: string | undefined;
  /** Whether a line is kept for nobody, not even for its author. */
  isSecret(line: string): boolean;
  /** Tells the one who types. */
  list(candidates: readonly string[]): void;
}

export interface EditorOptions {
  /** No longer line can be sent. */
  readonly bytesMax: number;
  /** Calls `show` when the turn ends. */
  readonly showLater: () => void;
}

export class Editor {
  readonly #typist: Typist;
  readonly #showLater: () => void;
  readonly #line: EditedLine;
  readonly #display: Display;
  readonly #keys = new KeyDecoder();
  readonly #recall = new Recall();
  #hasTimes = false;
  /** Whether the key before was Tab, and left more than one thing to choose from. */
  #isChoosing = false;
  #reader: Reader | undefined;

  constructor(port: Port, typist: Typist, { bytesMax, showLater }: EditorOptions) {
    this.#typist = typist;
    this.#showLater = showLater;
    this.#line = new EditedLine(bytesMax);
    this.#display = new Display(port, this.#line);
  }

  /** Changes the longest line. */
  limitTo(bytesMax: number): void {
    this.#line.limitTo(bytesMax);
  }

  get display(): Display {
    return this.#display;
  }

  /** Begins or ends to put the time before each line, or to ring where others say one's name. Returns which. */
  toggle(habit: "times" | "bell"): boolean {
    if (habit === "times") return (this.#hasTimes = !this.#hasTimes);
    return (this.#display.ringsForNames = !this.#display.ringsForNames);
  }

  /** Takes bytes that arrived, without Telnet's commands. */
  push(bytes: Uint8Array): void {
    this.#keys.push(bytes);
  }

  /** What has arrived and is not dealt with. */
  get pending(): string {
    return this.#keys.pending;
  }

  /** What is typed, and what has arrived behind it, which is the caller's from here on. */
  takeTyped(): string {
    const typed = this.#line.text + this.#keys.takePending();
    this.#line.set("");
    return typed;
  }

  /** Does what keys do, up to the next line that is said; `undefined` if there is none. */
  next(): string | typeof LEAVE | undefined {
    let key: Key | undefined;
    while ((key = this.#keys.next()) !== undefined) {
      this.#display.refresh();
      this.#showLater();
      const outcome = typeof key === "string" ? this.#press(key) : this.#type(key.text);
      if (key !== "complete") this.#isChoosing = false;
      if (outcome !== undefined) return outcome;
    }
    return undefined;
  }

  /** Shows what has changed. */
  show(): void {
    this.#display.redraw();
  }

  /** Shows what arrived. Returns how many bytes are dealt with. */
  write(bytes: Uint8Array): number {
    const { name } = this.#typist;
    if (this.#reader?.name !== name)
      this.#reader = name === undefined ? undefined : readerCalled(name);
    return this.#display.write(bytes, this.#style(name), this.#reader);
  }

  shutdown(): void {
    this.#display.shutdown();
  }

  /** Nobody has a name before the chat, so nothing is somebody's there. */
  #style(name: string | undefined): Style {
    const isColoured = name !== undefined && !this.#display.isDumb;
    return { isColoured, time: this.#hasTimes && name !== undefined ? timeOfDay() : "" };
  }

  #type(text: string): void {
    if (!this.#line.insert(text)) this.#display.ring();
  }

  #press(stroke: Stroke): string | typeof LEAVE | undefined {
    switch (stroke) {
      case "enter":
        return this.#enter();
      case "delete or leave":
        if (this.#line.isEmpty) return LEAVE;
        this.#line.press(stroke);
        return undefined;
      case "up":
        this.#recallLine(this.#recall.older(this.#line.text));
        return undefined;
      case "down":
        this.#recallLine(this.#recall.newer());
        return undefined;
      case "paste":
        if (!this.#line.paste()) this.#display.ring();
        return undefined;
      case "complete":
        this.#complete();
        return undefined;
      case "redraw":
        this.#display.clear();
        return undefined;
      default:
        this.#line.press(stroke);
        return undefined;
    }
  }

  /** What is typed after a prompt is an answer, and not kept. */
  #enter(): string {
    const { text } = this.#line;
    this.#line.set("");
    const isSaid = this.#display.prompt === "" && !this.#typist.isSecret(text);
    if (isSaid) this.#recall.add(text);
    this.#display.commit(text);
    return text;
  }

  #recallLine(line: string | undefined): void {
    if (line === undefined) this.#display.ring();
    else this.#line.set(line);
  }

  #complete(): void {
    if (this.#display.prompt !== "") return this.#display.ring();
    const { units, text, candidates } = complete(this.#line.start, this.#typist);
    if (text !== "" && !this.#line.replace(units, text)) this.#display.ring();
    if (text === "" && candidates.length === 0) this.#display.ring();
    if (this.#isChoosing && candidates.length > 0) this.#typist.list(candidates);
    this.#isChoosing = candidates.length > 0;
  }
}

let minute = -1;
let time = "";

/** The time on the server's clock, as it is written before a line. */
function timeOfDay(): string {
  const now = Math.floor(Date.now() / 60_000);
  if (now !== minute) {
    const date = new Date(now * 60_000);
    const [hours, minutes] = [date.getHours(), date.getMinutes()];
    time = `${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")} `;
    minute = now;
  }
  return time;
}
