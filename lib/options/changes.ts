/** What differs between the settings that hold and those that somebody wants. */
import { OPTION_ENTRIES, type OptionName } from "./options.ts";
import type { Settings } from "./settings.ts";

export interface Changes {
  /** What can change now, with its new values. */
  readonly settings: Partial<Settings>;
  /** The names of the same. */
  readonly changed: readonly OptionName[];
  /** What stays as it is, because only another start can change it. */
  readonly needRestart: readonly OptionName[];
}

/** What came of a reload: options by their names. */
export interface Reloaded {
  readonly changed: readonly string[];
  /** These stay as they are until another start. */
  readonly needRestart: readonly string[];
  /** Why the welcome and the certificate could not be read again, as far as that is so. They stay as they were. */
  readonly unreadable: {
    readonly welcome: string | undefined;
    readonly certificate: string | undefined;
  };
}

/** @param isFixed more options that cannot change now, beside those of which the table says so */
export function changesTo(
  wanted: Settings,
  current: Settings,
  isFixed: (name: OptionName) => boolean,
): Changes {
  const different = OPTION_ENTRIES.filter(([name]) => !Bun.deepEquals(wanted[name], current[name]));
  const needRestart: OptionName[] = [];
  const changed: OptionName[] = [];
  for (const [name, option] of different) {
    (option.needsRestart || isFixed(name) ? needRestart : changed).push(name);
  }
  const settings = Object.fromEntries(changed.map((name) => [name, wanted[name]]));
  return { settings, changed, needRestart };
}
