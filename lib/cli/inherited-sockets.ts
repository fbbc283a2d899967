/** The sockets that systemd has opened for the program: the protocol of sd_listen_fds(3). */
import type { Settings } from "../options/settings.ts";

/** The first of them. */
const FIRST_DESCRIPTOR = 3;

/** A socket with this `FileDescriptorName=` speaks TLS. */
const TLS_NAME = "tls";

/** Says where to listen if sockets were opened for this process. Those that a flag names are left to it. */
export function addInheritedSockets(
  options: Partial<Settings>,
  environment: Readonly<Record<string, string | undefined>>,
  processId: number,
): Partial<Settings> {
  const { LISTEN_PID: owner, LISTEN_FDS: count = "", LISTEN_FDNAMES: names = "" } = environment;
  if (owner !== String(processId) || !/^[1-9]\d{0,3}$/.test(count)) return options;
  const { listen = [] } = options;
  const urls = Array.from({ length: Number(count) }, (_, index) => {
    const url = `fd://${FIRST_DESCRIPTOR + index}`;
    if (listen.some((given) => given === url || given.startsWith(`${url}?`))) return [];
    return names.split(":")[index] === TLS_NAME ? [`${url}?tls`] : [url];
  });
  return { ...options, listen: [...listen, ...urls.flat()] };
}
