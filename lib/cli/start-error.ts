import { formatAddress } from "../text/address.ts";
import { OPTIONS } from "../options/options.ts";
import type { Settings } from "../options/settings.ts";

/** One sentence for the operator: why the server cannot start, and what to do about it. */
export function describeStartError(error: unknown, settings: Partial<Settings>): string {
  const { hostname = OPTIONS.hostname.default, port = OPTIONS.port.default } = settings;
  const address = formatAddress(hostname, port);
  const { code, path, message, option } = error as Partial<Record<keyof StartError, string>>;
  if (option === "http") {
    return `cannot serve /metrics on ${settings.http} (${code ?? message}); check --http.`;
  }
  if (path !== undefined && path === settings.clusterFile) {
    return `cannot read the URL of the cluster (${message}); check --cluster-file.`;
  }
  if (path !== undefined) return `cannot read the welcome (${message}); check --welcome-file.`;
  if (error instanceof RangeError && code === undefined) return `${message}`;
  if (isUnknownHost(code, message)) {
    return `${hostname} is no address, and no host of that name is known; choose another with --host.`;
  }
  switch (code) {
    case "EADDRINUSE":
      return `${address} is in use; stop what uses it or choose another port with --port.`;
    case "EADDRNOTAVAIL":
      return `${hostname} is not an address of this machine; choose another with --host.`;
    case "EMFILE":
      return `${message}`;
    case "EACCES":
      return `no permission to listen on ${address}; choose a port above 1023 with --port.`;
    default:
      return `cannot listen on ${address} (${code ?? message}); check --host and --port.`;
  }
}

/** What may stand on an error. */
interface StartError {
  readonly code: string;
  readonly path: string;
  readonly message: string;
  readonly option: string;
}

/** For most unknown names Bun's error has no code. */
function isUnknownHost(code: unknown, message: string | undefined): boolean {
  const isPlain = code === undefined && message?.startsWith("Failed to listen at ");
  return code === "ENOTFOUND" || isPlain === true;
}
