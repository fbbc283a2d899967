/** Options with their defaults filled in and their ranges checked. */
import { parseHttpAddress } from "./http-address.ts";
import { checkListeners } from "./listen-url.ts";
import type { NumberOption, Option, TextOption, TextsOption } from "./option.ts";
import { OPTION_ENTRIES, OPTIONS } from "./options.ts";
import { UNITS } from "./units.ts";

type Widen<T> = T extends readonly unknown[]
  ? readonly string[]
  : T extends number
    ? number
    : T extends boolean
      ? boolean
      : string;

type ValueOf<Entry extends Option> = Entry extends { words: readonly (infer Word)[] }
  ? Word
  : Widen<Entry["default"]>;

/** Every option, with a value in range. The parts of a server are built from these. */
export type Settings = {
  readonly [Name in keyof typeof OPTIONS]: ValueOf<(typeof OPTIONS)[Name]>;
};

/**
 * The settings of `given`, with the default for everything that it leaves out.
 *
 * @throws {RangeError} a number out of its range, or not whole where it must be
 * @throws {TypeError} a value of the wrong type, or an option that does not exist
 */
export function resolveOptions(given: Partial<Settings>): Settings {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(OPTIONS, name)) {
      throw new TypeError(
        `${name} is not an option; the options are ${Object.keys(OPTIONS).join(", ")}.`,
      );
    }
  }
  const settings: { -readonly [Name in keyof Settings]?: unknown } = {};
  for (const [name, option] of OPTION_ENTRIES) {
    const value = given[name] ?? defaultValue(option, settings);
    checkValue(name, option, value);
    settings[name] = value;
  }
  checkTogether(settings as Settings);
  return settings as Settings;
}

/**
 * Checks one value by itself.
 *
 * @throws {RangeError} it is out of its range
 * @throws {TypeError} it is of the wrong type
 */
export function checkValue(name: string, option: Option, value: unknown): void {
  if (!hasType(option, value)) {
    const type = option.kind === "texts" ? "list of strings" : typeof option.default;
    throw new TypeError(`${name} is ${Bun.inspect(value)}; it must be a ${type}.`);
  }
  if (option.kind === "text" || option.kind === "texts") {
    for (const text of [value].flat()) checkText(name, option, text as string);
  }
  if (typeof value === "string" && option.kind === "word" && !option.words.includes(value)) {
    throw new RangeError(`${name} is ${Bun.inspect(value)}; it must be ${anyOf(option.words)}.`);
  }
  if (typeof value === "number" && isNumberOption(option) && !inRange(option, value)) {
    throw new RangeError(`${name} is ${value}; it must be ${rangeOf(option)}.`);
  }
}

/** Several words as one says them: "a, b or c". */
export function anyOf(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** Each option is in its range. This finds options that do not go together. */
function checkTogether(settings: Settings): void {
  for (const [name, { flag, excludes }] of OPTION_ENTRIES) {
    const other = excludes && settings[excludes.option as keyof Settings];
    if (!excludes || other === "" || settings[name] === "") continue;
    throw new RangeError(
      `${excludes.option} and ${name} (--${excludes.flag}, --${flag}) are both given; leave one of them out.`,
    );
  }
  checkListeners(settings);
  const { messageLimitBytes, lineLimitBytes, idleWarningMs, idleTimeoutMs, http } = settings;
  const { cluster, clusterFile, reusePort } = settings;
  if (reusePort && cluster === "" && clusterFile === "") {
    throw new RangeError(
      "reusePort (--reuse-port) is given without a cluster (--cluster); people who connect to one port would be in several rooms.",
    );
  }
  if (http !== "" && parseHttpAddress(http) === undefined) {
    throw new RangeError(
      `http is ${Bun.inspect(http)}; it must be an address and port such as 127.0.0.1:9100, or the path of a unix socket with a slash (--http).`,
    );
  }
  if (messageLimitBytes > lineLimitBytes) {
    throw new RangeError(
      `messageLimitBytes is ${messageLimitBytes}; it must not be above lineLimitBytes (--message-limit, --line-limit), which is ${lineLimitBytes}.`,
    );
  }
  if (idleWarningMs > 0 && idleWarningMs >= idleTimeoutMs) {
    const timeout = idleTimeoutMs === 0 ? "0 (never)" : idleTimeoutMs;
    throw new RangeError(
      `idleWarningMs is ${idleWarningMs}; it must be shorter than idleTimeoutMs (--idle-warning, --idle-timeout), which is ${timeout}.`,
    );
  }
}

/** The value of an option that was not given. The options before it are in `settings`. */
function defaultValue(
  option: Option,
  settings: Readonly<Record<string, unknown>>,
): Option["default"] {
  if (!isNumberOption(option) || option.follows === undefined) return option.default;
  const { option: other, factor } = option.follows;
  return Math.min(option.max, (settings[other] as number) * factor);
}

/** Whether `value` is of the type of `option`'s default. */
function hasType({ kind, default: sample }: Option, value: unknown): boolean {
  if (kind !== "texts") return typeof value === typeof sample;
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

function checkText(name: string, option: TextOption | TextsOption, value: string): void {
  if (value === "" && (option.empty === undefined || option.kind === "texts")) {
    throw new RangeError(`${name} is ""; it must not be empty.`);
  }
  if (/[^\P{Cc}\t\n]/u.test(value)) {
    throw new RangeError(`${name} is ${Bun.inspect(value)}; it must have no control characters.`);
  }
  const bytes = Buffer.byteLength(value);
  if (option.bytesMax !== undefined && bytes > option.bytesMax) {
    throw new RangeError(`${name} has ${bytes} bytes; it must have at most ${option.bytesMax}.`);
  }
}

export function isNumberOption(option: Option): option is Option & NumberOption {
  return option.kind in UNITS;
}

/** Whether `option` accepts `value`, which is in the unit of the library. */
export function inRange(option: NumberOption, value: number): boolean {
  const fits = value >= option.min && value <= option.max;
  return fits && (Number.isInteger(value) || !UNITS[option.kind].whole);
}

/** The accepted values in words, in the unit of the library. */
function rangeOf({ kind, min, max, zero }: NumberOption): string {
  const number = UNITS[kind].whole ? "a whole number" : "a number";
  return `${number} from ${min} to ${max}${zero === undefined ? "" : `, 0 = ${zero}`}`;
}
