/** What holds, as TOML that `--config` reads, each line with where its value is from. */
import { GROUPS, type Option } from "../options/option.ts";
import { OPTION_ENTRIES, type OptionName } from "../options/options.ts";
import { isNumberOption, type Settings } from "../options/settings.ts";
import { writeAmount } from "../options/units.ts";
import { withoutPassword } from "./cluster-url.ts";
import type { Configuration } from "./configuration.ts";

/** They count only beside `listen` if one of them is given, so what has only their default would add a place. */
const PLAIN_PLACE: readonly OptionName[] = ["hostname", "port"];

/** The column in which the comments begin. */
const COLUMN = 34;

export function printConfig(settings: Settings, sources: Configuration["sources"]): string {
  const hasPlainPlace =
    settings.listen.length === 0 || PLAIN_PLACE.some((name) => sources.has(name));
  const groups = GROUPS.map((group) => {
    const options = OPTION_ENTRIES.filter(([, option]) => option.group === group);
    const lines = options.map(([name, option]) => {
      const entry = `${option.flag} = ${valueOf(option, settings[name])}`;
      const isUnused = !hasPlainPlace && PLAIN_PLACE.includes(name);
      if (isUnused) return `${`# ${entry}`.padEnd(COLUMN)} # unused beside listen\n`;
      return `${entry.padEnd(COLUMN)} # ${sources.get(name) ?? defaultSource(option)}\n`;
    });
    return `# ${group}\n${lines.join("")}`;
  });
  return groups.join("\n");
}

function defaultSource(option: Option): string {
  const follows = isNumberOption(option) ? option.follows : undefined;
  return follows === undefined ? "default" : `default, from ${follows.flag}`;
}

function valueOf(option: Option, value: Settings[OptionName]): string {
  if (typeof value === "object") return `[${value.map((text) => JSON.stringify(text)).join(", ")}]`;
  if (typeof value === "string") {
    const isUrl = option.kind === "text" && option.isUrl === true;
    // What JSON escapes, TOML does in the same way.
    return JSON.stringify(isUrl ? withoutPassword(value) : value);
  }
  if (typeof value === "boolean" || !isNumberOption(option)) return String(value);
  const amount = writeAmount(option.kind, value);
  return /^[\d.]+$/.test(amount) ? amount : JSON.stringify(amount);
}
