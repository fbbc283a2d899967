/** The cluster's URL, which may have a password: it is best in the environment or in a file. */
import type { Settings } from "../options/settings.ts";

/** The variable of the environment that may have the URL. */
export const CLUSTER_VARIABLE = "NATTER_CLUSTER";

type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says of the options. */
export function clusterFromEnvironment(environment: Environment): Partial<Settings> {
  const cluster = environment[CLUSTER_VARIABLE] ?? "";
  return cluster === "" ? {} : { cluster };
}

export function hasPassword(url: string): boolean {
  return URL.canParse(url) && new URL(url).password !== "";
}

/** The URL without its password, for people to read. */
export function withoutPassword(url: string): string {
  if (!hasPassword(url)) return url;
  const shown = new URL(url);
  shown.password = "***";
  return shown.href;
}
