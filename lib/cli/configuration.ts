/**
 * All that the program is told: flags, which win over the configuration file, which wins over the environment. What
 * none of them says has its default.
 */
import { clusterUrlOf } from "../cluster/join-cluster.ts";
import { Welcome } from "../conversation/welcome.ts";
import { Identity } from "../listeners/identity.ts";
import type { Option } from "../options/option.ts";
import { OPTION_ENTRIES, type OptionName } from "../options/options.ts";
import { resolveOptions, type Settings } from "../options/settings.ts";
import { CLUSTER_VARIABLE, clusterFromEnvironment, hasPassword } from "./cluster-url.ts";
import { readConfigFile } from "./config-file.ts";
import { offFlagOf, type ServeRequest } from "./flags.ts";
import { addInheritedSockets, SOCKETS_VARIABLE } from "./inherited-sockets.ts";
import { describeStartError } from "./start-error.ts";

export interface Configuration {
  readonly options: Partial<Settings>;
  /** What is no default, by where it is from. */
  readonly sources: ReadonlyMap<OptionName, string>;
}

/** Says where the value of an option is from. */
type Source = (option: Option, value: unknown) => string;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What holds, or a complaint. Nothing but the configuration file is read. Sockets that were opened for the process
 * `processId` are places to listen at beside the others.
 */
export function configure(
  { options: flags, config }: Pick<ServeRequest, "options" | "config">,
  environment: Environment,
  processId = process.pid,
): Configuration | string {
  if (hasPassword(flags.cluster ?? "")) {
    return `--cluster has a password, which others on this machine can see; give the URL in a file with --cluster-file, or in the variable ${CLUSTER_VARIABLE}.`;
  }
  const file = config === undefined ? {} : readConfigFile(config);
  if (typeof file === "string") return file;
  const layers: [options: Partial<Settings>, source: Source][] = [
    [clusterFromEnvironment(environment), () => CLUSTER_VARIABLE],
    [file, () => config as string],
    [flags, (option, value) => `--${value === false ? offFlagOf(option) : option.flag}`],
  ];
  const options: Record<string, unknown> = {};
  const sources = new Map<OptionName, string>();
  for (const [layer, source] of layers) {
    for (const name of excludedBy(layer)) {
      delete options[name];
      sources.delete(name);
    }
    for (const [name, option] of OPTION_ENTRIES) {
      if (layer[name] === undefined) continue;
      options[name] = layer[name];
      sources.set(name, source(option, layer[name]));
    }
  }
  const all = addInheritedSockets(options, environment, processId);
  if (all !== options) {
    sources.set("listen", [sources.get("listen") ?? [], SOCKETS_VARIABLE].flat().join(", "));
  }
  return { options: all, sources };
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
    if (settings.tlsCert !== "") new Identity(settings);
    return settings;
  } catch (error) {
    return describeStartError(error, options);
  }
}
