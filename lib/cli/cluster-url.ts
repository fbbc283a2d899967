import type { Settings } from "../options/settings.ts";

/** The variable of the environment that may have the URL. */
const VARIABLE = "NATTER_CLUSTER";

/**
 * Adds the URL of the cluster from the environment where no flag has one. Returns a complaint if a flag has a
 * password, which everybody on the machine can see.
 */
export function addClusterUrl(
  options: Partial<Settings>,
  environment: Readonly<Record<string, string | undefined>>,
): Partial<Settings> | string {
  const { cluster = "", clusterFile = "" } = options;
  if (cluster === "" && clusterFile === "") {
    return { ...options, cluster: environment[VARIABLE] ?? "" };
  }
  const hasPassword = URL.canParse(cluster) && new URL(cluster).password !== "";
  return hasPassword
    ? `--cluster has a password, which others on this machine can see; give the URL in a file with --cluster-file, or in the variable ${VARIABLE}.`
    : options;
}
