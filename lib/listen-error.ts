import { formatAddress } from "./address.ts";

/** One sentence for the operator: why the server cannot listen, and what to do about it. */
export function describeListenError(error: unknown, hostname: string, port: number): string {
  const address = formatAddress(hostname, port);
  switch ((error as { code?: unknown }).code) {
    case "EADDRINUSE":
      return `${address} is in use; stop what uses it or choose another port with --port.`;
    case "EADDRNOTAVAIL":
      return `${hostname} is not an address of this machine; choose another with --host.`;
    case "EACCES":
      return `no permission to listen on ${address}; choose a port above 1023 with --port.`;
    default:
      return `cannot listen on ${address} (${error}); check --host and --port.`;
  }
}
