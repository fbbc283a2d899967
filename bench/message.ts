/**
 * What the people in a benchmark say. Each message tells who said it and its number. So a receiver can check
 * that it got every line of everybody, whole and in order. Messages are short and regular, so that checking one
 * takes little time beside delivering it.
 */

/** `$`, the talker in 2 digits, the number in 4, and padding. No name of a person has a `$`. */
export const MARK = 0x24;
const TALKER_DIGITS = 2;
const NUMBER_DIGITS = 4;
const HEAD_BYTES = 1 + TALKER_DIGITS + NUMBER_DIGITS;

/** Digits of six bits each. Any chat server relays these letters and signs unchanged. */
const DIGIT_BITS = 6;
const ZERO = 0x30;

export const TALKERS_MAX = 2 ** (TALKER_DIGITS * DIGIT_BITS);
export const NUMBERS_MAX = 2 ** (NUMBER_DIGITS * DIGIT_BITS);

/** With `u0001: ` and LF a line has 83 bytes. */
export const MESSAGE_BYTES = 75;
const PADDING = " what somebody might say in a chat".padEnd(MESSAGE_BYTES - HEAD_BYTES, ".");
const PADDING_BYTES = Buffer.from(PADDING);

const CR = 0x0d;

export function writeMessage(talker: number, number: number): string {
  return `$${digits(talker, TALKER_DIGITS)}${digits(number, NUMBER_DIGITS)}${PADDING}`;
}

/** Who said the message whose mark is at `at`. */
export function talkerAt(bytes: Uint8Array, at: number): number {
  return digit(bytes, at + 1) * 64 + digit(bytes, at + 2);
}

/** The number of the message among those of its talker, from 0. */
export function numberAt(bytes: Uint8Array, at: number): number {
  const high = digit(bytes, at + 3) * 64 + digit(bytes, at + 4);
  return (high * 64 + digit(bytes, at + 5)) * 64 + digit(bytes, at + 6);
}

/** Whether only the end of a line follows from `at` on, which ends at `end`. */
export function isMessageEnd(bytes: Uint8Array, at: number, end: number): boolean {
  return at + 1 === end || (at + 2 === end && bytes[at] === CR);
}

export function isPadded(bytes: Uint8Array, at: number): boolean {
  return PADDING_BYTES.compare(bytes, at + HEAD_BYTES, at + MESSAGE_BYTES) === 0;
}

function digits(value: number, count: number): string {
  const codes = Array.from({ length: count }, (_, place) => ZERO + ((value >> (place * 6)) & 63));
  return String.fromCharCode(...codes.toReversed());
}

function digit(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) - ZERO;
}
