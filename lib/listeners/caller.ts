/** Who is at the other end of a socket, as the limits and the log see it. */
import type { Caller } from "../connection/link.ts";
import { formatAddress, isLoopback, limitKeyOf } from "../text/address.ts";

/** Somebody at an address. `trustLoopback`: whether this machine is exempt from the limits for one address. */
export function callerAt(host: string, port: number, trustLoopback: boolean): Caller {
  return {
    label: formatAddress(host, port),
    limitKey: limitKeyOf(host),
    isExempt: trustLoopback && isLoopback(host),
  };
}

/** Somebody who has no address, and is on this machine. All of them count as one address. */
export function callerOnSocket(number: number, trustLoopback: boolean): Caller {
  return { label: `unix:${number}`, limitKey: "unix", isExempt: trustLoopback };
}
