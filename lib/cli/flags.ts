/** The command line, derived from the table of options. */
import { parseArgs } from "node:util";
import { OPTION_ENTRIES, UNITS, type Option } from "../options/options.ts";
import { inRange, isNumberOption, rangeOf, type Settings } from "../options/settings.ts";

/** What a command line asks for. */
export type Request =
  | { readonly kind: "serve"; readonly options: Partial<Settings> }
  | { readonly kind: Question }
  /** `complaint` is one sentence that quotes what was wrong and says what is accepted. */
  | { readonly kind: "wrong"; readonly complaint: string };

/** The flags that ask a question in place of starting a server. */
const QUESTIONS = {
  help: "Shows this help.",
  version: "Shows the version.",
} as const;

/** Where the descriptions of `--help` begin. */
const HELP_COLUMN = 27;

type Question = keyof typeof QUESTIONS;

/** Reads the arguments that follow the program's name. Where a flag is repeated the last counts. */
export function parseFlags(argv: readonly string[]): Request {
  const { tokens } = parseArgs({
    args: [...argv],
    options: flagTypes(),
    strict: false,
    tokens: true,
  });
  const options: Record<string, string | number | boolean> = {};
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") return wrong(`"${token.value}" is not an option`, known());
    if (isQuestion(token.name)) {
      if (token.value === undefined) return { kind: token.name };
      return wrong(`${token.rawName} is "${token.value}"`, "it takes no value");
    }
    const entry = OPTION_ENTRIES.find(([, option]) => `--${option.flag}` === token.rawName);
    if (entry === undefined) return wrong(`${token.rawName} is not an option`, known());
    const [name, option] = entry;
    const value = readValue(option, token.value, token.inlineValue);
    if (value === undefined) {
      const given = token.value === undefined ? "has no value" : `is "${token.value}"`;
      return wrong(`${token.rawName} ${given}`, `it takes ${accepted(option, token.value)}`);
    }
    options[name] = value;
  }
  return { kind: "serve", options };
}

/** The text of `--help`: every option with its default and unit, in 80 columns. */
export function helpText(): string {
  const rows = OPTION_ENTRIES.map(([, option]) => [
    usageOf(option),
    option.about,
    `Default: ${defaultOf(option)}.`,
  ]);
  for (const [flag, about] of Object.entries(QUESTIONS)) rows.push([`--${flag}`, about]);
  const lines = rows.map(([usage = "", ...texts]) => {
    const indent = " ".repeat(HELP_COLUMN);
    const head = `  ${usage}  `.padEnd(HELP_COLUMN);
    // A flag that is too long for the column has a line for itself.
    const start = head.length > HELP_COLUMN ? `${head.trimEnd()}\n${indent}` : head;
    return `${start}${texts.join(`\n${indent}`)}\n`;
  });
  return (
    "A line-based TCP chat server: connect with nc or telnet, give a name, talk.\n\n" +
    `Usage: bun run index.ts [OPTION ...]\n\n${lines.join("")}`
  );
}

/** An option as it is written on the command line, with what it takes. */
export function usageOf(option: Option): string {
  if (option.kind === "switch") return `--${option.flag}`;
  const value = isNumberOption(option) ? UNITS[option.kind].placeholder : option.placeholder;
  return `--${option.flag} ${value}`;
}

/** An option's default as it is written on the command line, with its unit. */
export function defaultOf(option: Option): string {
  if (option.kind === "switch") return "off";
  if (!isNumberOption(option)) {
    const { empty, default: text } = option;
    return empty ?? (text.includes(" ") ? JSON.stringify(text) : text);
  }
  const { name, scale } = UNITS[option.kind];
  const zero = option.zero === undefined ? "" : `; 0 = ${option.zero}`;
  if (option.follows) {
    const { factor, flag } = option.follows;
    return `${factor === 1 ? "as" : `${factor} times`} --${flag}${zero}`;
  }
  return `${`${option.default / scale} ${name}`.trimEnd()}${zero}`;
}

function readValue(
  option: Option,
  text: string | undefined,
  isInline: boolean | undefined,
): string | number | boolean | undefined {
  if (option.kind === "switch") return text === undefined ? true : undefined;
  if (!isNumberOption(option)) {
    const fits = text !== undefined && Buffer.byteLength(text) <= (option.bytesMax ?? Infinity);
    if (!fits || (text === "" && option.empty === undefined)) return undefined;
    // What looks like a flag is most often one, whose owner has forgotten this one's value.
    return text.startsWith("-") && !isInline ? undefined : text;
  }
  if (text === undefined || !/^(\d+|\d*\.\d+)$/.test(text)) return undefined;
  const value = Number(text) * UNITS[option.kind].scale;
  return inRange(option, value) ? value : undefined;
}

/** What an option takes, with what `given` may not have known of it. */
function accepted(option: Option, given: string | undefined): string {
  if (option.kind === "switch") return "no value";
  if (!isNumberOption(option)) {
    const { what, bytesMax, flag, placeholder } = option;
    if (bytesMax === undefined) return what;
    const text = `${what} of at most ${bytesMax} bytes`;
    if (given === "") return `${text} that is not empty`;
    if (!given?.startsWith("-")) return text;
    return `${text}; one that begins with - is written as --${flag}=${placeholder}`;
  }
  const { of, scale } = UNITS[option.kind];
  return rangeOf(option, scale).replace("number", `number ${of}`.trimEnd());
}

function flagTypes(): Record<string, { type: "string" | "boolean" }> {
  const types: ReturnType<typeof flagTypes> = {};
  for (const flag of Object.keys(QUESTIONS)) types[flag] = { type: "boolean" };
  for (const [, { flag, kind }] of OPTION_ENTRIES) {
    types[flag] = { type: kind === "switch" ? "boolean" : "string" };
  }
  return types;
}

function isQuestion(name: string): name is Question {
  return Object.hasOwn(QUESTIONS, name);
}

function known(): string {
  const flags = [...OPTION_ENTRIES.map(([, option]) => option.flag), ...Object.keys(QUESTIONS)];
  return `the options are ${flags.map((flag) => `--${flag}`).join(", ")}`;
}

function wrong(what: string, remedy: string): Request {
  return { kind: "wrong", complaint: `${what}; ${remedy}.` };
}
