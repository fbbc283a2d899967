/** Which proxies a listener believes when they say who is behind them. */
import { BlockList, isIPv6 } from "node:net";
import { isLoopback } from "../text/address.ts";
import { callerAt } from "./caller.ts";
import type { Caller } from "../connection/link.ts";
import type { Source } from "./proxy-header.ts";

/** Stands for everybody who has no address, which only happens on unix sockets. */
const UNIX = "unix";

export class Proxies {
  readonly #ranges = new BlockList();
  readonly #hasUnix: boolean;

  /** @param ranges addresses (`127.0.0.1`), ranges of them (`10.0.0.0/8`), or `unix` */
  constructor(ranges: readonly string[]) {
    this.#hasUnix = ranges.includes(UNIX);
    for (const range of ranges.filter((each) => each !== UNIX)) {
      const [address = "", bits] = range.split("/");
      const family = isIPv6(address) ? "ipv6" : "ipv4";
      if (bits === undefined) this.#ranges.addAddress(address, family);
      else this.#ranges.addSubnet(address, Number(bits), family);
    }
  }

  /** Whether what comes from there begins with a header. */
  has(host: string | undefined): boolean {
    if (host === undefined) return this.#hasUnix;
    return this.#ranges.check(host, isIPv6(host) ? "ipv6" : "ipv4");
  }
}

/** Somebody of whom it is not known yet who it is. Many of one proxy may be so at once. */
export function behind(proxy: Caller): Caller {
  return { label: proxy.label, limitKey: "proxies", isExempt: true };
}

/**
 * Who is behind a proxy. Only somebody on the proxy's own machine has a loopback address, and counts as the proxy.
 */
export function revealed(proxy: Caller, source: Source | undefined): Caller {
  if (source === undefined) return proxy;
  const caller = callerAt(source.host, source.port, false);
  return isLoopback(source.host) ? { ...proxy, label: caller.label } : caller;
}
