/** What holds, as TOML that `--config` reads, each line with where its value is from. */
import { GROUPS, type Option } from "../options/option.ts";
import { OPTION_ENTRIES } from "../options/options.ts";
import { isNumberOption, type Settings } from "../options/settings.ts";
import { writeAmount } from "../options/units.ts";
import { withoutPassword } from "./cluster-url.ts";
import type { Configuration } from "./configuration.ts";

/** The column in which the comments begin. */
const COLUMN = 34;

export function printConfig(settings: Settings, sources: Configuration["sources"]): string {
  const groups = GROUPS.map((group) => {
    const options = OPTION_ENTRIES.filter(([, option]) => option.group === group);
    const lines = options.map(([name, option]) => {
      const entry = `${option.flag} = ${valueOf(option, settings[name])}`;
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

function valueOf(option: Option, value: string | number | boolean): string {
  if (typeof value === "string") {
    const isUrl = option.kind === "text" && option.isUrl === true;
    // What JSON escapes, TOML does in the same way.
    return JSON.stringify(isUrl ? withoutPassword(value) : value);
  }
  if (typeof value === "boolean" || !isNumberOption(option)) return String(value);
  const amount = writeAmount(option.kind, value);
  return /^[\d.]+$/.test(amount) ? amount : JSON.stringify(amount);
}
