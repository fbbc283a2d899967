/** The keys of terminals that are no text, and what is sent for each. */

/** A key that is no text. */
export type Stroke =
  | "enter"
  | "left"
  | "right"
  | "word left"
  | "word right"
  | "home"
  | "end"
  | "up"
  | "down"
  | "backspace"
  | "delete"
  | "delete or leave"
  | "cut word"
  | "cut start"
  | "cut end"
  | "paste"
  | "swap"
  | "clear"
  | "redraw"
  | "complete";

/** Control characters that are keys. */
export const CONTROLS: ReadonlyMap<string, Stroke> = new Map([
  ["\x01", "home"],
  ["\x02", "left"],
  ["\x03", "clear"],
  ["\x04", "delete or leave"],
  ["\x05", "end"],
  ["\x06", "right"],
  ["\b", "backspace"],
  ["\t", "complete"],
  ["\x0b", "cut end"],
  ["\x0c", "redraw"],
  ["\x0e", "down"],
  ["\x10", "up"],
  ["\x14", "swap"],
  ["\x15", "cut start"],
  ["\x17", "cut word"],
  ["\x19", "paste"],
  ["\x7f", "backspace"],
]);

/** What follows an ESC, with Alt or typed after Escape. */
export const ALT: ReadonlyMap<string, Stroke> = new Map([
  ["b", "word left"],
  ["f", "word right"],
  ["\b", "cut word"],
  ["\x7f", "cut word"],
]);

/** By the last byte of a sequence. */
export const FINALS: ReadonlyMap<string, Stroke> = new Map([
  ["A", "up"],
  ["B", "down"],
  ["C", "right"],
  ["D", "left"],
  ["F", "end"],
  ["H", "home"],
]);

/** The same after ESC O. The last two are rxvt's Ctrl-arrows. */
export const SHIFTED: ReadonlyMap<string, Stroke> = new Map([
  ...FINALS,
  ["M", "enter"],
  ["c", "word right"],
  ["d", "word left"],
]);

/** By the number before a tilde. */
export const NUMBERED: ReadonlyMap<string, Stroke> = new Map([
  ["1", "home"],
  ["3", "delete"],
  ["4", "end"],
  ["7", "home"],
  ["8", "end"],
]);
