/**
 * The kinds of numbers that options have, and how each is written on the command line: `90s`, `64k`.
 * The library counts durations in milliseconds and sizes in bytes.
 */

interface Unit {
  readonly placeholder: string;
  /** Whether the library takes whole numbers only. */
  readonly whole: boolean;
  /** What a value is called, before its range. */
  readonly what: string;
  /** A number, and the unit that may stand behind it. */
  readonly pattern: RegExp;
  /** How many of the library's units each unit is. The keys are in lower case. */
  readonly scales: Readonly<Record<string, number>>;
  /** The names of units for one and for many, the largest unit first. */
  readonly names: readonly (readonly [scale: number, one: string, many: string])[];
  /** Examples of how values are written. */
  readonly examples?: string;
  /** The same in a sentence. */
  readonly note?: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const PLAIN = { pattern: /^(\d+|\d*\.\d+)$/, scales: { "": 1 }, names: [] };

export const UNITS = {
  duration: {
    placeholder: "TIME",
    whole: false,
    what: "a time",
    pattern: /^(\d+|\d*\.\d+)(ms|s|m|h|d|)$/,
    scales: { "": 1_000, ms: 1, s: 1_000, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS },
    names: [
      [DAY_MS, "day", "days"],
      [HOUR_MS, "hour", "hours"],
      [MINUTE_MS, "minute", "minutes"],
      [1_000, "second", "seconds"],
      [1, "ms", "ms"],
    ],
    examples: "90 or 90s, 5m, 1.5h",
    note: "TIME is a number of seconds, or has a unit (ms, s, m, h, d): 90, 90s, 5m, 1.5h.",
  },
  size: {
    placeholder: "SIZE",
    whole: true,
    what: "a size",
    pattern: /^(\d+|\d*\.\d+)(?:([kmg])(?:ib)?)?$/i,
    scales: { "": 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 },
    names: [
      [2 ** 30, "GiB", "GiB"],
      [2 ** 20, "MiB", "MiB"],
      [2 ** 10, "KiB", "KiB"],
      [1, "byte", "bytes"],
    ],
    examples: "65536 or 64k, 1m",
    note: "SIZE is a number of bytes, or has a unit (k, m, g; k is 1,024): 65536, 64k, 1m.",
  },
  count: { placeholder: "COUNT", whole: true, what: "a whole number", ...PLAIN },
  rate: {
    placeholder: "RATE",
    whole: false,
    what: "a number",
    ...PLAIN,
    names: [[1, "a second", "a second"]],
  },
  port: { placeholder: "PORT", whole: true, what: "a whole number", ...PLAIN },
} as const satisfies Record<string, Unit>;

export type UnitKind = keyof typeof UNITS;

/** The sentences that say how values with a unit are written. */
export const UNIT_NOTES = Object.values<Unit>(UNITS).flatMap(({ note }) => note ?? []);

/** The number that `text` says, in the unit of the library, or nothing if it says none. */
export function readAmount(kind: UnitKind, text: string): number | undefined {
  const { pattern, scales }: Unit = UNITS[kind];
  const [, number, suffix = ""] = pattern.exec(text) ?? [];
  if (number === undefined) return undefined;
  return Number(number) * (scales[suffix.toLowerCase()] as number);
}

/** `value`, which is in the library's unit, in the largest unit that makes it a whole number. */
export function showAmount(kind: UnitKind, value: number): string {
  const { names }: Unit = UNITS[kind];
  const [scale, one, many] = names.find(([scale]) => value >= scale && value % scale === 0) ?? [];
  if (scale === undefined) return String(value);
  return `${value / scale} ${value === scale ? one : many}`;
}

/** `value`, which is in the library's unit, as `readAmount` reads it: in the largest unit that makes it whole. */
export function writeAmount(kind: UnitKind, value: number): string {
  if (value === 0) return "0";
  const { scales }: Unit = UNITS[kind];
  // Of two names for a unit, the one that says it.
  const units = Object.entries(scales).toSorted(
    ([unit, scale], [other, otherScale]) => otherScale - scale || other.length - unit.length,
  );
  const [unit, scale] = units.find(([, scale]) => value % scale === 0) ?? units.at(-1) ?? ["", 1];
  return `${value / scale}${unit}`;
}
