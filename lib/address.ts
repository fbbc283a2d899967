/** An address and port in the notation of RFC 3986: brackets around IPv6, none around IPv4. */
export function formatAddress(host: string, port: number): string {
  // On a listener for IPv6 an IPv4 client shows as an IPv4-mapped address (RFC 4291, 2.5.5.2).
  const address = host.startsWith("::ffff:") && host.includes(".") ? host.slice(7) : host;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
