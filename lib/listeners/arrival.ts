/**
 * A connection that is no link yet, because the header of a proxy or a handshake is still to come.
 *
 *     header ──▶ hello ──▶ handshake ──▶ over
 *        └─────────┴───────────────────▶ over
 *
 * TLS is taken up when its first byte has come. So a header can come before it, and somebody who types to a port
 * that speaks TLS can be told so. From then on Bun reports what happens to another socket. The first one has no
 * owner any more: it would report the encrypted bytes.
 *
 * All of it together has one deadline, and counts for the limits on clients.
 */
import type { Caller, Door, EditorOffer, LinkEvents } from "../connection/link.ts";
import type { Refusal } from "../events.ts";
import { after, type Timer } from "../limits/timers.ts";
import type { Identity } from "./identity.ts";
import { behind, revealed } from "./proxies.ts";
import { decodeProxyHeader } from "./proxy-header.ts";
import { SocketLink, type ReadsOf, type Socket, type SocketOwner } from "./socket-link.ts";
import { takeUpTls, type SecureSocket } from "./tls.ts";

/** How long a header and a handshake may take together, in milliseconds. */
export const ARRIVAL_TIMEOUT_MS = 10_000;

/** The type of a TLS record that has a part of a handshake: RFC 8446, section 5.1. */
const HANDSHAKE_RECORD = 0x16;

interface ArrivalContext {
  readonly door: Door;
  readonly identity: Identity | undefined;
  readonly editor: EditorOffer | undefined;
  /** The URL of the listener. */
  readonly listener: string;
  readonly peerReads: ReadsOf;
  onEnd(): void;
}

export class Arrival implements SocketOwner, LinkEvents {
  readonly #context: ArrivalContext;
  readonly events = this;
  #socket: Socket;
  #caller: Caller;
  #phase: "header" | "hello" | "handshake" | "over" = "hello";
  /** What has come of a header that is not whole. */
  #head: Uint8Array = Buffer.alloc(0);
  #giveUpPlace: (() => void) | undefined;
  #deadline: Timer | undefined;

  constructor(socket: Socket, caller: Caller, context: ArrivalContext) {
    this.#socket = socket;
    this.#caller = caller;
    this.#context = context;
  }

  /** @param isProxied whether a header comes first */
  start(isProxied: boolean): void {
    this.#socket.data = this;
    if (isProxied) this.#phase = "header";
    this.#deadline = after(ARRIVAL_TIMEOUT_MS, () => this.#expire());
    this.#takePlace(isProxied ? behind(this.#caller) : this.#caller);
  }

  received(bytes: Uint8Array): void {
    if (this.#phase === "header") this.#readHeader(bytes);
    else if (this.#phase === "hello") this.#begin(bytes);
  }

  /** During the handshake Bun says itself that it has failed. */
  ended(): void {
    if (this.#phase === "header" && this.#head.length > 0) this.#turnAway("no PROXY header");
    else if (this.#phase !== "handshake") this.end();
  }

  drained(): void {}

  closed(): void {
    this.#leave();
  }

  failed(error: unknown): void {
    this.#context.door.failed(error);
    this.end();
  }

  /** Ends it at once, without a word. */
  end(): void {
    this.#leave();
    this.#socket.terminate();
  }

  /** The handshake is over. `socket` is the one inside TLS. */
  secured(socket: SecureSocket, isDone: boolean): void {
    if (this.#phase !== "handshake") return;
    this.#socket = socket;
    if (!isDone) return this.#failHandshake();
    const isStranger = this.#context.identity?.needsCertificates && !socket.authorized;
    if (isStranger) this.#refuse("no client certificate");
    else this.#enter(socket.getPeerX509Certificate()?.fingerprint256);
  }

  #readHeader(bytes: Uint8Array): void {
    this.#head = Buffer.concat([this.#head, bytes]);
    const header = decodeProxyHeader(this.#head);
    if (header === "incomplete") return;
    if (header === "wrong") return this.#turnAway("no PROXY header");
    const rest = this.#head.subarray(header.bytes);
    this.#head = Buffer.alloc(0);
    this.#leavePlace();
    this.#caller = revealed(this.#caller, header.source);
    if (this.#context.identity === undefined) return this.#enter(undefined, rest);
    this.#phase = "hello";
    if (this.#takePlace(this.#caller) && rest.length > 0) this.#begin(rest);
  }

  /** The first bytes behind the header, if there is one. */
  #begin(bytes: Uint8Array): void {
    if (bytes[0] !== HANDSHAKE_RECORD || this.#context.identity === undefined) {
      return this.#refuse("no TLS");
    }
    this.#phase = "handshake";
    const { identity, door } = this.#context;
    this.#socket = takeUpTls(this.#socket, this, { identity, door, initialData: bytes });
  }

  #enter(certificate: string | undefined, rest: Uint8Array = Buffer.alloc(0)): void {
    const link = this.#link(certificate);
    this.#leave();
    link.enter(this.#context.door);
    if (rest.length > 0) link.events?.received(rest);
  }

  /** What is sent last to somebody who can be told why. */
  #refuse(reason: Refusal): void {
    const link = this.#link(undefined);
    this.#leave();
    link.refuse(this.#context.door, reason);
  }

  #link(certificate: string | undefined): SocketLink {
    const { peerReads, editor, listener } = this.#context;
    const nature = { isDirect: false, certificate, editor, listener };
    return new SocketLink(this.#socket, this.#caller, peerReads, nature);
  }

  /** Nothing can be said. */
  #turnAway(reason: Refusal): void {
    this.end();
    this.#context.door.turnedAway(this.#caller.label, reason);
  }

  /** Bun has told the other side, and closes the socket. */
  #failHandshake(): void {
    this.#leave();
    this.#context.door.turnedAway(this.#caller.label, "TLS handshake failed");
  }

  #expire(): void {
    if (this.#phase === "header") this.#turnAway("no PROXY header");
    else if (this.#phase === "hello") this.#refuse("no TLS");
    else if (this.#phase === "handshake") this.#turnAway("TLS handshake failed");
  }

  /** Returns whether there was one. */
  #takePlace(caller: Caller): boolean {
    this.#giveUpPlace = this.#context.door.expect(caller, this.#socket.fd ?? 0);
    if (this.#giveUpPlace === undefined) this.end();
    return this.#giveUpPlace !== undefined;
  }

  #leave(): void {
    if (this.#phase === "over") return;
    this.#phase = "over";
    clearTimeout(this.#deadline);
    this.#leavePlace();
    this.#context.onEnd();
  }

  #leavePlace(): void {
    this.#giveUpPlace?.();
    this.#giveUpPlace = undefined;
  }
}
