/** Options with their defaults filled in and their ranges checked. */
import { OPTION_ENTRIES, OPTIONS, UNITS, type NumberOption, type Option } from "./options.ts";

type Widen<T> = T extends number ? number : T extends boolean ? boolean : string;

/** Every option with a value in range: what the parts of a server are built from. */
export type Settings = {
  readonly [Name in keyof typeof OPTIONS]: Widen<(typeof OPTIONS)[Name]["default"]>;
};

/**
 * The settings that `given` describes, with the default for everything that it leaves out.
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
  const entries = OPTION_ENTRIES.map(([name, option]) => {
    const value = given[name] ?? option.default;
    if (typeof value !== typeof option.default) {
      throw new TypeError(
        `${name} is ${Bun.inspect(value)}; it must be a ${typeof option.default}.`,
      );
    }
    if (value === "") throw new RangeError(`${name} is ""; it must not be empty.`);
    if (typeof value === "number" && isNumberOption(option) && !inRange(option, value)) {
      throw new RangeError(`${name} is ${value}; it must be ${rangeOf(option, 1)}.`);
    }
    return [name, value];
  });
  return Object.fromEntries(entries);
}

export function isNumberOption(option: Option): option is Option & NumberOption {
  return option.kind in UNITS;
}

/** Whether `value`, in the unit of the library, is one that `option` accepts. */
export function inRange(option: NumberOption, value: number): boolean {
  const fits = value >= option.min && value <= option.max;
  return fits && (Number.isInteger(value) || !UNITS[option.kind].whole);
}

/** The accepted values in words, in a unit that is `scale` times the library's. */
export function rangeOf(option: NumberOption, scale: number): string {
  const number = UNITS[option.kind].whole ? "a whole number" : "a number";
  const zero = option.zero === undefined ? "" : `, 0 = ${option.zero}`;
  return `${number} from ${option.min / scale} to ${option.max / scale}${zero}`;
}
