/** Values of options as people write them, and what is said of one that is wrong. */
import type { NumberOption, Option } from "../options/option.ts";
import { anyOf, inRange, isNumberOption } from "../options/settings.ts";
import { readAmount, showAmount, UNITS } from "../options/units.ts";
import { nearest } from "../text/did-you-mean.ts";

/**
 * The value that `text` says, in the unit of the library, or nothing if `option` does not take it. Of a list this is
 * one entry.
 */
export function readValue(option: Option, text: string): string | number | undefined {
  if (option.kind === "switch") return undefined;
  if (option.kind === "word") return option.words.find((word) => word === text);
  if (isNumberOption(option)) {
    const value = readAmount(option.kind, text);
    return value !== undefined && inRange(option, value) ? value : undefined;
  }
  const isMissing = text === "" && (option.kind === "texts" || option.empty === undefined);
  return isMissing || Buffer.byteLength(text) > (option.bytesMax ?? Infinity) ? undefined : text;
}

/** What `option` takes. */
export function accepted(option: Option, given: unknown): string {
  if (option.kind === "switch") return "no value";
  if (option.kind === "word") return anyOf(option.words);
  if (isNumberOption(option)) return acceptedAmount(option);
  const { what, bytesMax } = option;
  if (bytesMax === undefined) return what;
  return `${what} of at most ${bytesMax} bytes${given === "" ? " that is not empty" : ""}`;
}

/** A sentence that asks whether another word was meant, or nothing. */
export function hint(option: Option, given: unknown): string {
  if (option.kind !== "word" || typeof given !== "string") return "";
  const meant = nearest(given.toLowerCase(), option.words);
  return meant ? ` Did you mean ${meant}?` : "";
}

function acceptedAmount({ kind, min, max, zero }: NumberOption): string {
  const unit = UNITS[kind];
  const range = `${unit.what} from ${showAmount(kind, min)} to ${showAmount(kind, max)}`;
  const examples = "examples" in unit ? ` (${unit.examples})` : "";
  return `${range}${examples}${zero === undefined ? "" : `, 0 = ${zero}`}`;
}
