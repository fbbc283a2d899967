/** The command line, made from the table of options. */
import { parseArgs } from "node:util";
import type { Option, TextOption, TextsOption } from "../options/option.ts";
import { OPTION_ENTRIES } from "../options/options.ts";
import type { Settings } from "../options/settings.ts";
import { nearest } from "../text/did-you-mean.ts";
import { accepted, hint, readValue } from "./values.ts";

/** What a command line asks for. */
export type Request =
  | ServeRequest
  | { readonly kind: Question }
  /** `complaint` is a sentence that quotes what was wrong, and says what is accepted. */
  | { readonly kind: "wrong"; readonly complaint: string };

/** To start a server, or to check or to print the configuration that it would have. */
export interface ServeRequest {
  readonly kind: "serve" | Inspection;
  readonly options: Partial<Settings>;
  /** The file that has more options. */
  readonly config?: string | undefined;
}

/** The file with options, which is no option of a server. */
export const CONFIG = {
  kind: "text",
  flag: "config",
  group: "The operator's side",
  placeholder: "FILE",
  what: "a file's name",
  default: "",
  bytesMax: 4_096,
  about: "Read options from this file too. Flags win.",
  reason: "Everything in one place, which SIGHUP reads again.",
} as const satisfies Option & TextOption;

/** Flags that look at the configuration. With one of these no server is started. */
export const INSPECTIONS = {
  "check-config": { flag: "check-config", about: "Says whether the configuration is right." },
  "print-config": { flag: "print-config", about: "Shows what holds, and where it is from." },
} as const;

/** Flags that ask a question. With one of these no server is started. */
export const QUESTIONS = {
  help: { flag: "help", short: "h", about: "Shows this help." },
  version: { flag: "version", about: "Shows the version." },
} as const;

type Inspection = keyof typeof INSPECTIONS;
type Question = keyof typeof QUESTIONS;

type Value = string | number | boolean | readonly string[];

/** A question has no kind. */
type Flag = Pick<Option, "flag" | "short"> & { readonly kind?: Option["kind"] };

const OPTIONS_OF_PROGRAM: readonly Option[] = [
  ...OPTION_ENTRIES.map(([, option]) => option),
  CONFIG,
];

/** All flags: those of the table, and the program's. */
export const FLAGS: readonly Flag[] = [
  ...OPTIONS_OF_PROGRAM,
  ...OPTIONS_OF_PROGRAM.flatMap((option): Flag[] => {
    const flag = offFlagOf(option);
    return flag === undefined ? [] : [{ flag, kind: "switch" }];
  }),
  ...Object.values(INSPECTIONS),
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
  let kind: ServeRequest["kind"] = "serve";
  const options: Record<string, Value> = {};
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") return unknown(token.value, `"${token.value}"`);
    const { name, rawName, value: text } = token;
    if (isIn(QUESTIONS, name) || isIn(INSPECTIONS, name)) {
      if (text !== undefined) return wrong(`${rawName} is "${text}"; it takes no value.`);
      if (isIn(QUESTIONS, name)) return { kind: name };
      kind = name;
      continue;
    }
    const option = OPTIONS_OF_PROGRAM.find((each) => [each.flag, offFlagOf(each)].includes(name));
    if (option === undefined) return unknown(rawName, rawName);
    const value = read(option, text, token.inlineValue);
    if (value === undefined) return wrongValue(option, rawName, text, token.inlineValue);
    const key = libraryName(option);
    if (option.kind === "switch") options[key] = name === option.flag;
    else if (option.kind === "texts") options[key] = [...listOf(options[key]), String(value)];
    else options[key] = value;
  }
  const { config, ...settings } = options;
  return { kind, options: settings, config: config as string | undefined };
}

/** The flag that switches off what is on by default. */
export function offFlagOf(option: Option): string | undefined {
  return option.kind === "switch" && option.default ? `no-${option.flag}` : undefined;
}

/** What was given before of an option that takes any number of texts. */
function listOf(value: Value | undefined): readonly string[] {
  return Array.isArray(value) ? value : [];
}

function libraryName(option: Option): string {
  return OPTION_ENTRIES.find(([, entry]) => entry === option)?.[0] ?? option.flag;
}

function read(option: Option, text: string | undefined, isInline: boolean | undefined) {
  if (option.kind === "switch") return text === undefined ? true : undefined;
  // Text that looks like a flag is most often a flag, and the value of this one was forgotten.
  const isFlag = isText(option) && text?.startsWith("-") && !isInline;
  return text === undefined || isFlag ? undefined : readValue(option, text);
}

function wrongValue(
  option: Option,
  flag: string,
  value: string | undefined,
  isInline: boolean | undefined,
): Request {
  // `-port` could be read as -p with the value ort, but nobody means that.
  const whole = `${flag}${value}`;
  if (isInline && /^-[a-z]{2}/i.test(whole)) return unknown(whole, whole);
  const given = value === undefined ? "has no value" : `is "${value}"`;
  const isFlag = isText(option) && option.bytesMax !== undefined && value?.startsWith("-");
  const advice = isFlag
    ? `; one that begins with - is written as --${option.flag}=${option.placeholder}`
    : "";
  return wrong(
    `${flag} ${given}; it takes ${accepted(option, value)}${advice}.${hint(option, value)}`,
  );
}

function isText(option: Option): option is Option & (TextOption | TextsOption) {
  return option.kind === "text" || option.kind === "texts";
}

function typeOf({ kind, short }: Flag) {
  const type = kind === undefined || kind === "switch" ? "boolean" : "string";
  return short === undefined ? ({ type } as const) : ({ type, short } as const);
}

function isIn<Table extends object>(table: Table, name: string): name is keyof Table & string {
  return Object.hasOwn(table, name);
}

/** Complains of something that is no option. `shown` is how it is quoted. */
function unknown(given: string, shown: string): Request {
  const flags = FLAGS.map(({ flag }) => flag);
  const meant = nearest(given.replace(/^-+/, "").toLowerCase(), flags);
  const advice = meant ? `Did you mean --${meant}?` : "Run it with --help for the options.";
  return wrong(`${shown} is not an option. ${advice}`);
}

function wrong(complaint: string): Request {
  return { kind: "wrong", complaint };
}
