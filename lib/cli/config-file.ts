/**
 * The configuration file: TOML, whose keys are the flags without their dashes. It is read whole or not at all. A
 * complaint is one sentence that begins with the file's name.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import type { Option } from "../options/option.ts";
import { OPTION_ENTRIES, OPTIONS } from "../options/options.ts";
import { checkValue, isNumberOption, type Settings } from "../options/settings.ts";
import { nearest } from "../text/did-you-mean.ts";
import { safeText } from "../text/safe-text.ts";
import { CLUSTER_VARIABLE, hasPassword } from "./cluster-url.ts";
import { accepted, hint, readValue } from "./values.ts";

const FILE_BYTES_MAX = 65_536;

/** The bit of a file's mode that lets everybody read it. */
const READ_BY_OTHERS = 0o004;

/** The options in `file`, or a complaint. */
export function readConfigFile(file: string): Partial<Settings> | string {
  try {
    const { text, mode } = readWhole(file);
    const table = parse(text);
    if (typeof table === "string") return `${file}: ${table}`;
    return readTable(file, table, (mode & READ_BY_OTHERS) !== 0);
  } catch (error) {
    return `cannot read the configuration (${(error as Error).message}); check --config.`;
  }
}

/** @throws {Error} it cannot be read, or is no file of a usual size */
function readWhole(file: string): { readonly text: string; readonly mode: number } {
  // What is no regular file could take for ever to open.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > FILE_BYTES_MAX) {
      throw new Error(`${file} is not a regular file of at most ${FILE_BYTES_MAX} bytes`);
    }
    return { text: readFileSync(descriptor, "utf8"), mode: stats.mode };
  } finally {
    closeSync(descriptor);
  }
}

function parse(text: string): object | string {
  try {
    return Bun.TOML.parse(text);
  } catch (error) {
    const reason = reasonOf(error);
    // Bun does not say in which line it is. It is the first with which the text is wrong in this way.
    const lines = text.split("\n");
    const line = lines.findIndex((_, index) => {
      try {
        Bun.TOML.parse(lines.slice(0, index + 1).join("\n"));
        return false;
      } catch (another) {
        return reasonOf(another) === reason;
      }
    });
    return `line ${line + 1} is not TOML: ${reason}.`;
  }
}

function reasonOf(error: unknown): string {
  return safeText((error as Error).message.replace("TOML Parse error: ", ""));
}

function readTable(file: string, table: object, isReadByOthers: boolean) {
  const options: Record<string, Value> = {};
  for (const [key, given] of Object.entries(table)) {
    const entry = OPTION_ENTRIES.find(([, option]) => option.flag === key);
    if (entry === undefined) return `${file}: ${unknown(key, given)}`;
    const [name, option] = entry;
    const value = readGiven(option, given);
    if (value === undefined) return `${file}: ${wrongValue(key, option, given)}`;
    if (isReadByOthers && isSecret(option, value)) return `${file}: ${tooOpen(key)}`;
    try {
      checkValue(key, option, value);
    } catch (error) {
      return `${file}: ${(error as Error).message}`;
    }
    options[name] = value;
  }
  return options as Partial<Settings>;
}

type Value = string | number | boolean | readonly string[];

/** Numbers may be written as such, in the unit that a flag without one has. */
function readGiven(option: Option, given: unknown): Value | undefined {
  if (option.kind === "switch") return typeof given === "boolean" ? given : undefined;
  if (option.kind === "texts") return readList(option, given);
  if (typeof given === "number" && isNumberOption(option)) return readValue(option, String(given));
  return typeof given === "string" ? readValue(option, given) : undefined;
}

function readList(option: Option, given: unknown): readonly string[] | undefined {
  if (!Array.isArray(given)) return undefined;
  const fits = given.every((entry) => {
    return typeof entry === "string" && readValue(option, entry) !== undefined;
  });
  return fits ? given : undefined;
}

function isSecret(option: Option, value: Value): boolean {
  return option.kind === "text" && option.isUrl === true && hasPassword(String(value));
}

function tooOpen(key: string): string {
  return `${key} has a password, and others on this machine can read the file; take that right from them with chmod o-r, or give the URL in a file of its own (${key}-file) or in the variable ${CLUSTER_VARIABLE}.`;
}

function wrongValue(key: string, option: Option, given: unknown): string {
  return `${key} is ${shown(given)}; it takes ${taken(option, given)}.${hint(option, given)}`;
}

function taken(option: Option, given: unknown): string {
  if (option.kind === "switch") return "true or false";
  if (option.kind === "texts") return `a list in brackets, each entry ${accepted(option, "")}`;
  return accepted(option, given);
}

function shown(given: unknown): string {
  if (typeof given === "string") return `"${safeText(given)}"`;
  if (Array.isArray(given)) return "a list";
  return typeof given === "object" ? "a table or a date" : String(given);
}

function unknown(key: string, given: unknown): string {
  const word = safeText(key);
  const flags = OPTION_ENTRIES.map(([, { flag }]) => flag);
  const meant = Object.hasOwn(OPTIONS, key)
    ? OPTIONS[key as keyof typeof OPTIONS].flag
    : nearest(word.toLowerCase(), flags);
  if (meant) return `${word} is not an option. Did you mean ${meant}?`;
  const isTable = typeof given === "object" && !Array.isArray(given);
  const advice = isTable ? "The file has no tables." : "Run natter with --help for the options.";
  return `${word} is not an option. ${advice}`;
}
