import { PATH_BYTES_MAX } from "./listen-url.ts";

/** Where `/metrics` and `/healthz` are served: an address and port, or the path of a unix socket. */
export type HttpAddress =
  { readonly hostname: string; readonly port: number } | { readonly path: string };

/** Only this machine can connect unless an address is given. */
const HOSTNAME = "127.0.0.1";

const PORT_MAX = 65_535;

/** Reads `127.0.0.1:9100`, `[::1]:9100`, `:9100`, `9100` or `/run/natter.sock`. Undefined if it is none of them. */
export function parseHttpAddress(text: string): HttpAddress | undefined {
  if (text.includes("/")) {
    return Buffer.byteLength(text) <= PATH_BYTES_MAX ? { path: text } : undefined;
  }
  const pattern = /^(?:(?:\[([\da-f:.]+)\]|([^\s:[\]]*)):)?(\d{1,5})$/i;
  const [, six, other, port] = pattern.exec(text) ?? [];
  if (port === undefined || Number(port) > PORT_MAX) return undefined;
  return { hostname: six || other || HOSTNAME, port: Number(port) };
}
