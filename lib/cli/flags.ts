/** The command line, made from the table of options. */
import { parseArgs } from "node:util";
import type { NumberOption, Option } from "../options/option.ts";
import { OPTION_ENTRIES } from "../options/options.ts";
import { inRange, isNumberOption, type Settings } from "../options/settings.ts";
import { readAmount, showAmount, UNITS } from "../options/units.ts";
import { nearest } from "../text/did-you-mean.ts";

/** What a command line asks for. */
export type Request =
  | { readonly kind: "serve"; readonly options: Partial<Settings> }
  | { readonly kind: Question }
  /** `complaint` is a sentence that quotes what was wrong, and says what is accepted. */
  | { readonly kind: "wrong"; readonly complaint: string };

/** Flags that ask a question. With one of these no server is started. */
export const QUESTIONS = {
  help: { flag: "help", short: "h", about: "Shows this help." },
  version: { flag: "version", about: "Shows the version." },
} as const;

type Question = keyof typeof QUESTIONS;

type Value = string | number | boolean | readonly string[];

/** A question has no kind. */
type Flag = Pick<Option, "flag" | "short"> & { readonly kind?: Option["kind"] };

/** The flag that switches off what is on by default. */
const offFlag = (option: Option) =>
  option.kind === "switch" && option.default ? `no-${option.flag}` : undefined;

/** All flags: those of the table, and the questions. */
export const FLAGS: readonly Flag[] = [
  ...OPTION_ENTRIES.map(([, option]) => option),
  ...OPTION_ENTRIES.flatMap(([, option]): Flag[] => {
    const flag = offFlag(option);
    return flag === undefined ? [] : [{ flag, kind: "switch" }];
  }),
  ...Object.values(QUESTIONS),
];

/**
 * Reads the arguments that follow the program's name. If a flag is repeated, the last one counts, except
 * where it takes any number of texts.
 */
export function parseFlags(argv: readonly string[]): Request {
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(FLAGS.map((each) => [each.flag, typeOf(each)])),
    strict: false,
    tokens: true,
  });
  const options: Record<string, Value> = {};
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") return unknown(token.value, `"${token.value}"`);
    if (isQuestion(token.name)) {
      if (token.value === undefined) return { kind: token.name };
      return wrong(`${token.rawName} is "${token.value}"; it takes no value.`);
    }
    const entry = OPTION_ENTRIES.find(([, option]) =>
      [option.flag, offFlag(option)].includes(token.name),
    );
    if (entry === undefined) return unknown(token.rawName, token.rawName);
    const [name, option] = entry;
    const value = readValue(option, token.value, token.inlineValue);
    if (value === undefined) {
      // `-port` could be read as -p with the value ort, but nobody means that.
      const whole = `${token.rawName}${token.value}`;
      if (token.inlineValue && /^-[a-z]{2}/i.test(whole)) return unknown(whole, whole);
      return wrongValue(option, token.rawName, token.value);
    }
    if (option.kind === "switch") options[name] = token.name === option.flag;
    else if (option.kind === "texts") options[name] = [...listOf(options[name]), String(value)];
    else options[name] = value;
  }
  return { kind: "serve", options };
}

/** What was given before of an option that takes any number of texts. */
function listOf(value: Value | undefined): readonly string[] {
  return Array.isArray(value) ? value : [];
}

function readValue(
  option: Option,
  text: string | undefined,
  isInline: boolean | undefined,
): string | number | boolean | undefined {
  if (option.kind === "switch") return text === undefined ? true : undefined;
  if (!isNumberOption(option)) {
    const fits = text !== undefined && Buffer.byteLength(text) <= (option.bytesMax ?? Infinity);
    const mayBeEmpty = option.kind === "text" && option.empty !== undefined;
    if (!fits || (text === "" && !mayBeEmpty)) return undefined;
    // Text that looks like a flag is most often a flag, and the value of this one was forgotten.
    return text.startsWith("-") && !isInline ? undefined : text;
  }
  const value = text === undefined ? undefined : readAmount(option.kind, text);
  return value !== undefined && inRange(option, value) ? value : undefined;
}

function wrongValue(option: Option, flag: string, value: string | undefined): Request {
  const given = value === undefined ? "has no value" : `is "${value}"`;
  return wrong(`${flag} ${given}; it takes ${accepted(option, value)}.`);
}

/** What an option takes, with a hint that fits what was given. */
function accepted(option: Option, given: string | undefined): string {
  if (option.kind === "switch") return "no value";
  if (isNumberOption(option)) return acceptedAmount(option);
  const { what, bytesMax, flag, placeholder } = option;
  if (bytesMax === undefined) return what;
  const text = `${what} of at most ${bytesMax} bytes`;
  if (given === "") return `${text} that is not empty`;
  if (!given?.startsWith("-")) return text;
  return `${text}; one that begins with - is written as --${flag}=${placeholder}`;
}

function acceptedAmount({ kind, min, max, zero }: NumberOption): string {
  const unit = UNITS[kind];
  const range = `${unit.what} from ${showAmount(kind, min)} to ${showAmount(kind, max)}`;
  const examples = "examples" in unit ? ` (${unit.examples})` : "";
  return `${range}${examples}${zero === undefined ? "" : `, 0 = ${zero}`}`;
}

function typeOf({ kind, short }: Flag) {
  const type = kind === undefined || kind === "switch" ? "boolean" : "string";
  return short === undefined ? ({ type } as const) : ({ type, short } as const);
}

function isQuestion(name: string): name is Question {
  return Object.hasOwn(QUESTIONS, name);
}

/** Complains of something that is no option. `shown` is how it is quoted. */
function unknown(given: string, shown: string): Request {
  const word = given.replace(/^-+/, "").toLowerCase();
  const meant = nearest(
    word,
    FLAGS.map(({ flag }) => flag),
  );
  const hint = meant ? `Did you mean --${meant}?` : "Run it with --help for the options.";
  return wrong(`${shown} is not an option. ${hint}`);
}

function wrong(complaint: string): Request {
  return { kind: "wrong", complaint };
}
