/** The text of `--help`, and how options are written in it and in the documents. */
import { GROUPS, type Option } from "../options/option.ts";
import { OPTION_ENTRIES } from "../options/options.ts";
import { isNumberOption } from "../options/settings.ts";
import { showAmount, UNIT_NOTES, UNITS } from "../options/units.ts";
import { QUESTIONS } from "./flags.ts";

/** The column in which the descriptions begin. */
const COLUMN = 27;

/**
 * Every option with its default and unit, in groups and in 80 columns.
 *
 * @param program how the program is started
 */
export function helpText(program: string): string {
  const groups = GROUPS.map((group) => {
    const options = OPTION_ENTRIES.filter(([, option]) => option.group === group);
    const entries = options.map(([, option]) => {
      return entry(usageOf(option), option.about, `Default: ${defaultOf(option)}.`);
    });
    return `${group}:\n${entries.join("")}`;
  });
  const questions = Object.values(QUESTIONS).map((question) => {
    return entry(`${letterOf(question)}--${question.flag}`, question.about);
  });
  return [
    "A line-based TCP chat server: connect with nc or telnet, give a name, talk.\n",
    `Usage: ${program} [OPTION ...]\n`,
    ...groups,
    `Help:\n${questions.join("")}`,
    `${UNIT_NOTES.join("\n")}\n`,
  ].join("\n");
}

/** How an option is written on the command line, with what it takes. */
export function usageOf(option: Option): string {
  const flag = `${letterOf(option)}--${option.flag}`;
  if (option.kind === "switch") {
    return option.default ? flag.replace("--", "--[no-]") : flag;
  }
  return `${flag} ${isNumberOption(option) ? UNITS[option.kind].placeholder : option.placeholder}`;
}

/** An option's default as people read it, with its unit and with what 0 means. */
export function defaultOf(option: Option): string {
  if (option.kind === "switch") return option.default ? "on" : "off";
  if (option.kind === "texts") return option.empty;
  if (!isNumberOption(option)) {
    const { empty, default: text } = option;
    return empty ?? (text.includes(" ") ? JSON.stringify(text) : text);
  }
  const { kind, zero, follows } = option;
  const meaning = zero === undefined ? "" : `0 = ${zero}`;
  if (!follows && option.default === 0 && meaning !== "") return meaning;
  const value = follows
    ? `${follows.factor === 1 ? "as" : `${follows.factor} times`} --${follows.flag}`
    : showAmount(kind, option.default);
  return meaning === "" ? value : `${value}; ${meaning}`;
}

function letterOf({ short }: Pick<Option, "flag" | "short">): string {
  return short === undefined ? "" : `-${short}, `;
}

function entry(usage: string, ...texts: readonly string[]): string {
  const indent = " ".repeat(COLUMN);
  const head = `  ${usage}  `.padEnd(COLUMN);
  // A flag that is too long for the column gets a line for itself.
  const start = head.length > COLUMN ? `${head.trimEnd()}\n${indent}` : head;
  return `${start}${texts.join(`\n${indent}`)}\n`;
}
