/**
 * All that the program is told: flags, which win over the configuration file, which wins over the environment. What
 * none of them says has its default.
 */
import { clusterUrlOf } from "../cluster/join-cluster.ts";
import { Welcome } from "../conversation/welcome.ts";
import { OPTION_ENTRIES, type OptionName } from "../options/options.ts";
import { resolveOptions, type Settings } from "../options/settings.ts";
import { CLUSTER_VARIABLE, clusterFromEnvironment, hasPassword } from "./cluster-url.ts";
import { readConfigFile } from "./config-file.ts";
import type { ServeRequest } from "./flags.ts";
import { describeStartError } from "./start-error.ts";

export interface Configuration {
  readonly options: Partial<Settings>;
  /** What is no default, by where it is from. */
  readonly sources: ReadonlyMap<OptionName, string>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What holds, or a complaint. Nothing but the configuration file is read. */
export function configure(
  { options: flags, config }: Pick<ServeRequest, "options" | "config">,
  environment: Environment,
): Configuration | string {
  if (hasPassword(flags.cluster ?? "")) {
    return `--cluster has a password, which others on this machine can see; give the URL in a file with --cluster-file, or in the variable ${CLUSTER_VARIABLE}.`;
  }
  const file = config === undefined ? {} : readConfigFile(config);
  if (typeof file === "string") return file;
  const layers: [options: Partial<Settings>, source: (flag: string) => string][] = [
    [clusterFromEnvironment(environment), () => CLUSTER_VARIABLE],
    [file, () => config as string],
    [flags, (flag) => `--${flag}`],
  ];
  const options: Record<string, unknown> = {};
  const sources = new Map<OptionName, string>();
  for (const [layer, source] of layers) {
    for (const name of excludedBy(layer)) {
      delete options[name];
      sources.delete(name);
    }
    for (const [name, { flag }] of OPTION_ENTRIES) {
      if (layer[name] === undefined) continue;
      options[name] = layer[name];
      sources.set(name, source(flag));
    }
  }
  return { options, sources };
}

/** What cannot be given together with these options, and so gives way to them. */
function excludedBy(layer: Partial<Settings>): OptionName[] {
  return OPTION_ENTRIES.flatMap(([name, { excludes }]) => {
    if (excludes === undefined) return [];
    const other = excludes.option as OptionName;
    return [...(name in layer ? [other] : []), ...(other in layer ? [name] : [])];
  });
}

/** The settings that these options make, or a complaint. Files that they name are read, but none is written. */
export function check(options: Partial<Settings>): Settings | string {
  try {
    const settings = resolveOptions(options);
    new Welcome(settings.welcome, settings.welcomeFile);
    clusterUrlOf(settings);
    return settings;
  } catch (error) {
    return describeStartError(error, options);
  }
}
