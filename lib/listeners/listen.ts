/** Starts each listener that is asked for, or none. */
import type { Door } from "../connection/link.ts";
import type { Endpoint } from "../options/listen-url.ts";
import type { Settings } from "../options/settings.ts";
import type { ListenContext, Listener } from "./listener.ts";
import { listenTcp } from "./tcp.ts";
import { listenUnix } from "./unix.ts";

/**
 * Listens at all of these places.
 *
 * @throws {Error} one of them cannot be had. `code` is the system's, `url` is what was given, and no other
 *   listener is left behind.
 */
export function listen(endpoints: readonly Endpoint[], settings: Settings, door: Door): Listener[] {
  const { keepAliveMs, reusePort, trustLoopback } = settings;
  let clients = 0;
  const nextNumber = () => ++clients;
  const context = { door, keepAliveMs, reusePort, trustLoopback, nextNumber };
  const listeners: Listener[] = [];
  for (const endpoint of endpoints) {
    try {
      listeners.push(listenAt(endpoint, context));
    } catch (error) {
      for (const listener of listeners) listener.stop();
      throw endpoint.url === "" ? error : Object.assign(error as Error, { url: endpoint.url });
    }
  }
  return listeners;
}

function listenAt({ place }: Endpoint, context: ListenContext): Listener {
  switch (place.kind) {
    case "tcp":
      return listenTcp(place, context);
    case "unix":
      return listenUnix(place, context);
    default:
      return place satisfies never;
  }
}
