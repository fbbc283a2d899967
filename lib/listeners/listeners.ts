/** All listeners of a server. */
import type { Door } from "../connection/link.ts";
import type { Endpoint } from "../options/listen-url.ts";
import type { Settings } from "../options/settings.ts";
import { Identity } from "./identity.ts";
import { listenInherited } from "./inherited.ts";
import type { ListenContext, Listener } from "./listener.ts";
import { Proxies } from "./proxies.ts";
import { listenTcp } from "./tcp.ts";
import { listenUnix } from "./unix.ts";

export class Listeners {
  readonly #identity: Identity | undefined;
  readonly #context: ListenContext;
  readonly #listeners: Listener[] = [];

  /**
   * Listens at all of these places, or at none.
   *
   * @throws {Error} one of them cannot be had. `code` is the system's, and `url` is what was given.
   * @throws {Error} the files for TLS cannot be used; `code` is `ERR_CERTIFICATE`
   */
  constructor(endpoints: readonly Endpoint[], settings: Settings, door: Door) {
    const { keepAliveMs, reusePort, trustLoopback } = settings;
    let clients = 0;
    const nextNumber = () => ++clients;
    this.#context = { door, keepAliveMs, reusePort, trustLoopback, nextNumber };
    if (endpoints.some(({ isTls }) => isTls)) this.#identity = new Identity(settings);
    for (const endpoint of endpoints) {
      try {
        this.#listeners.push(this.#listen(endpoint));
      } catch (error) {
        this.stop();
        throw endpoint.url === "" ? error : Object.assign(error as Error, { url: endpoint.url });
      }
    }
  }

  /** The port of the first that has one, or 0. */
  get port(): number {
    return this.#listeners.find(({ port }) => port > 0)?.port ?? 0;
  }

  get urls(): string[] {
    return this.#listeners.map(({ url }) => url);
  }

  /** Reads the files for TLS again. Returns why they cannot be used, if so; then everything stays as it was. */
  reload(): string | undefined {
    return this.#identity?.reload();
  }

  stop(): void {
    for (const listener of this.#listeners) listener.stop();
  }

  #listen({ place, isTls, editor, proxies }: Endpoint): Listener {
    const checks = {
      proxies: proxies.length === 0 ? undefined : new Proxies(proxies),
      identity: isTls ? this.#identity : undefined,
      editor,
    };
    switch (place.kind) {
      case "tcp":
        return listenTcp(place, this.#context, checks);
      case "unix":
        return listenUnix(place, this.#context, checks);
      case "inherited":
        return listenInherited(place, this.#context, checks);
      default:
        return place satisfies never;
    }
  }
}
