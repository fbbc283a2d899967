import { formatAddress } from "../text/address.ts";
import { OPTIONS } from "../options/options.ts";
import type { Settings } from "../options/settings.ts";

/** One sentence for the operator: why the server cannot start, and what to do about it. */
export function describeStartError(error: unknown, settings: Partial<Settings>): string {
  const { hostname = OPTIONS.hostname.default, port = OPTIONS.port.default } = settings;
  const address = formatAddress(hostname, port);
  const { code, path, message, option, url } = error as Failure;
  if (option === "http") {
    return `cannot serve /metrics on ${settings.http}: ${reasonOf(error as Failure)}; check --http.`;
  }
  if (option === "adminSocket") {
    return `cannot take an operator's commands on ${settings.adminSocket}: ${reasonOf(error as Failure)}; check --admin-socket.`;
  }
  if (url !== undefined) return `cannot listen on ${url}: ${reasonOf(error as Failure)}.`;
  if (path !== undefined && path === settings.clusterFile) {
    return `cannot read the URL of the cluster (${message}); check --cluster-file.`;
  }
  if (path !== undefined && path === settings.logFile) {
    return `cannot write the log (${message}); check --log-file.`;
  }
  if (path !== undefined) return `cannot read the welcome (${message}); check --welcome-file.`;
  if (error instanceof RangeError && code === undefined) return `${message}`;
  if (isUnknownHost(code, message)) {
    return `${hostname} is no address, and no host of that name is known; choose another with --host.`;
  }
  switch (code) {
    case "ERR_CERTIFICATE":
      return `cannot speak TLS: ${message}; check --tls-cert, --tls-key and --tls-client-ca.`;
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

interface Failure {
  readonly code?: unknown;
  readonly path?: unknown;
  readonly message?: string;
  /** The option whose address could not be had. */
  readonly option?: string;
  /** The URL of the listener that could not be had. */
  readonly url?: string;
}

/** Why a place could not be had. */
function reasonOf({ code, message }: Failure): string {
  if (isUnknownHost(code, message)) return "no host of that name is known";
  switch (code) {
    case "EADDRINUSE":
      return "it is in use";
    case "EADDRNOTAVAIL":
      return "that is not an address of this machine";
    case "EACCES":
      return "there is no permission for it";
    case "ENOENT":
      return "its folder does not exist";
    case "ENOTSOCK":
      return "a file is there that is not a socket";
    case "EBADF":
    case "EINVAL":
      return "that is no socket that listens";
    default:
      return `${message} (${code})`;
  }
}

/** For most unknown names Bun's error has no code. */
function isUnknownHost(code: unknown, message: string | undefined): boolean {
  const isPlain = code === undefined && message?.startsWith("Failed to listen at ");
  return code === "ENOTFOUND" || isPlain === true;
}
