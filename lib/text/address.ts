/** Addresses: how they are written, and which of them count as one. */

/** An address and port in the notation of RFC 3986: brackets around IPv6, none around IPv4. */
export function formatAddress(host: string, port: number): string {
  const address = unmapped(host);
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/**
 * The key under which the connections of one host are counted: an IPv4 address, or the first 64
 * bits of an IPv6 address, of which a host can have any number (RFC 4291, 2.5.4).
 */
export function limitKeyOf(host: string): string {
  const address = unmapped(host);
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head.split(":").filter((group) => group !== "");
  const tailGroups = tail?.split(":").filter((group) => group !== "") ?? [];
  while (groups.length + tailGroups.length < 8) groups.push("0");
  return `${[...groups, ...tailGroups].slice(0, 4).join(":")}::/64`;
}

/** Whether it is this machine (RFC 1122, 3.2.1.3; RFC 4291, 2.5.3). */
export function isLoopback(host: string): boolean {
  const address = unmapped(host);
  return address === "::1" || address.startsWith("127.");
}

/** On a listener for IPv6 an IPv4 client shows as an IPv4-mapped address (RFC 4291, 2.5.5.2). */
function unmapped(host: string): string {
  return host.startsWith("::ffff:") && host.includes(".") ? host.slice(7) : host;
}

/**
 * An address as the system writes it, so that the same one has the same text: IPv6 as in RFC 5952, and IPv4-mapped
 * addresses with their IPv4 part.
 */
export function canonicalAddress(address: string): string {
  if (!address.includes(":")) return address;
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high = "", low = ""] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(text) ?? [];
  if (low === "") return text;
  const [one, other] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return `::ffff:${one >> 8}.${one & 255}.${other >> 8}.${other & 255}`;
}
