/** What a listener's sockets pass before they are links: nothing, the header of a proxy, TLS, or both. */
import type { Caller, EditorOffer } from "../connection/link.ts";
import { Arrival } from "./arrival.ts";
import type { Identity } from "./identity.ts";
import type { ListenContext } from "./listener.ts";
import { PeerReads } from "./peer-reads.ts";
import type { Proxies } from "./proxies.ts";
import { handlersOf, SocketLink, type Socket } from "./socket-link.ts";

/** What a listener asks for before it hands in a link. */
export interface Checks {
  /** Those whose connections begin with a header. */
  readonly proxies: Proxies | undefined;
  /** With which everything is inside TLS. */
  readonly identity: Identity | undefined;
  /** How its clients have the line editor from the beginning, if they do. */
  readonly editor: EditorOffer | undefined;
}

export class Gate {
  readonly #context: ListenContext;
  readonly #checks: Checks;
  readonly #peerReads = new PeerReads();
  readonly #arrivals = new Set<Arrival>();
  /** Where the listener listens. It is set before anybody can come, when the port is taken. */
  url = "";

  constructor(context: ListenContext, checks: Checks) {
    this.#context = context;
    this.#checks = checks;
  }

  /** For `Bun.listen`. `callerOf` says who is at the other end, or undefined if nobody is any more. */
  handlers(callerOf: (socket: Socket) => Caller | undefined) {
    return {
      open: (socket: Socket) => {
        const caller = callerOf(socket);
        if (caller === undefined) socket.terminate();
        else this.#open(socket, caller);
      },
      ...handlersOf(this.#context.door),
    };
  }

  /** Ends all that are not links yet. */
  stop(): void {
    for (const arrival of this.#arrivals) arrival.end();
  }

  #open(socket: Socket, caller: Caller): void {
    const { proxies, identity, editor } = this.#checks;
    const { door } = this.#context;
    const listener = this.url;
    const isProxied = proxies?.has(socket.remoteAddress) === true;
    if (!isProxied && identity === undefined) {
      const nature = { isDirect: true, certificate: undefined, editor, listener };
      return new SocketLink(socket, caller, this.#peerReads, nature).enter(door);
    }
    const arrival = new Arrival(socket, caller, {
      door,
      identity,
      editor,
      listener,
      peerReads: this.#peerReads,
      onEnd: () => this.#arrivals.delete(arrival),
    });
    this.#arrivals.add(arrival);
    arrival.start(isProxied);
  }
}
