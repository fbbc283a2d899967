/**
 * Bytes to keys, as terminals send them. Whatever belongs together may be cut anywhere between packets: a
 * character of UTF-8, an escape sequence (ECMA-48), CR LF. So the decoder keeps its phase:
 *
 *     ground ──ESC──▶ escape ──[──▶ sequence ──final──▶ ground
 *                        ├─────O──▶ shifted ──any─────▶ ground
 *                        └─────]──▶ string ──BEL, ST──▶ ground
 *
 * A sequence that is no key is swallowed whole. No sequence lasts beyond the next control character, so no
 * key that somebody hits by accident makes the editor deaf. Between the two marks of a bracketed paste
 * nothing but line ends is a key.
 */

import { ALT, CONTROLS, FINALS, NUMBERED, SHIFTED, type Stroke } from "./strokes.ts";

/** A key, or text that was typed or pasted. */
export type Key = Stroke | { readonly text: string };

const ESC = "\x1b";
const BEL = "\x07";
const CSI = "\x9b";
const SS3 = "\x8f";
const STRING_END = "\x9c";

/** More of a sequence's parameters than this is not kept: no key has as many. */
const PARAMETERS_MAX = 16;

const TEXT = /[^\0-\x1f\x7f-\x9f]+/y;
const CONTROL = /[\0-\x1f\x7f-\x9f]/;

const PASTE_BEGINS = "200";
const PASTE_ENDS = "201";

/** The bits of xterm's modifiers for Alt and Ctrl. */
const ALT_OR_CTRL = 2 | 4;

export class KeyDecoder {
  readonly #utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  #phase: "ground" | "escape" | "sequence" | "console" | "shifted" | "string" = "ground";
  #parameters = "";
  #isPasting = false;
  #isAfterCr = false;
  #characters = "";
  #position = 0;

  /** Takes bytes that arrived. */
  push(bytes: Uint8Array): void {
    this.#characters =
      this.#characters.slice(this.#position) + this.#utf8.decode(bytes, { stream: true });
    this.#position = 0;
  }

  /** What has arrived and has not been asked for. */
  get pending(): string {
    return this.#characters.slice(this.#position);
  }

  /** The same, which is the caller's from here on. */
  takePending(): string {
    const pending = this.pending;
    this.#characters = "";
    this.#position = 0;
    return pending;
  }

  /** The next key, or `undefined` until more bytes arrive. */
  next(): Key | undefined {
    while (this.#position < this.#characters.length) {
      const key = this.#phase === "ground" ? this.#readGround() : this.#readSequence();
      if (key !== undefined) return key;
    }
    return undefined;
  }

  #readGround(): Key | undefined {
    TEXT.lastIndex = this.#position;
    const [text] = TEXT.exec(this.#characters) ?? [];
    const isAfterCr = this.#isAfterCr;
    this.#isAfterCr = false;
    if (text !== undefined) {
      this.#position += text.length;
      return { text };
    }
    const control = this.#characters[this.#position++] as string;
    if (control === "\n") return isAfterCr ? undefined : "enter";
    if (control === "\r") {
      this.#isAfterCr = true;
      return "enter";
    }
    this.#begin(control);
    if (this.#phase !== "ground") return undefined;
    if (this.#isPasting) return control === "\t" ? { text: control } : undefined;
    return CONTROLS.get(control);
  }

  #begin(control: string): void {
    this.#parameters = "";
    if (control === ESC) this.#phase = "escape";
    else if (control === CSI) this.#phase = "sequence";
    else if (control === SS3) this.#phase = "shifted";
  }

  #readSequence(): Key | undefined {
    const next = this.#characters[this.#position] as string;
    // Whatever was begun ends here, and the control is one by itself.
    if (CONTROL.test(next) && !this.#isPartOfSequence(next)) {
      this.#phase = "ground";
      return undefined;
    }
    this.#position++;
    switch (this.#phase) {
      case "escape":
        return this.#escaped(next);
      case "sequence":
        return this.#continueSequence(next);
      case "shifted":
        if (/\d/.test(next)) return undefined;
        return this.#ended(SHIFTED.get(next));
      case "console":
        return this.#ended(undefined);
      case "string":
        if (next === BEL || next === STRING_END) this.#phase = "ground";
        return undefined;
      default:
        throw new Error("no sequence has begun");
    }
  }

  #isPartOfSequence(control: string): boolean {
    if (this.#phase === "escape") return ALT.has(control);
    return this.#phase === "string" && (control === BEL || control === STRING_END);
  }

  #escaped(next: string): Key | undefined {
    if (next === "[") this.#phase = "sequence";
    else if (next === "O") this.#phase = "shifted";
    else if ("]PX^_".includes(next)) this.#phase = "string";
    else return this.#ended(ALT.get(next));
    return undefined;
  }

  #continueSequence(next: string): Key | undefined {
    if (next >= " " && next <= "?") {
      if (this.#parameters.length < PARAMETERS_MAX) this.#parameters += next;
      return undefined;
    }
    if (next === "[" && this.#parameters === "") {
      this.#phase = "console";
      return undefined;
    }
    const [first = "", ...more] = this.#parameters.split(";");
    if (next !== "~") return this.#ended(withModifier(FINALS.get(next), more.at(-1) ?? first));
    if (first === PASTE_ENDS) this.#isPasting = false;
    const stroke = this.#ended(NUMBERED.get(first));
    if (first === PASTE_BEGINS) this.#isPasting = true;
    return stroke;
  }

  /** A sequence is over. What is pasted is no key. */
  #ended(stroke: Stroke | undefined): Stroke | undefined {
    this.#phase = "ground";
    return this.#isPasting ? undefined : stroke;
  }
}

function withModifier(stroke: Stroke | undefined, modifier: string): Stroke | undefined {
  const isByWord = ((Number(modifier) || 1) - 1) & ALT_OR_CTRL;
  if (isByWord && stroke === "left") return "word left";
  if (isByWord && stroke === "right") return "word right";
  return stroke;
}
