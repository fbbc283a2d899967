/** What carries the bytes of one client, and what comes of it. Listeners make links; a chat uses them. */
import type { Refusal } from "../events.ts";

/** How the line editor is offered. */
export type EditorOffer = "telnet" | "raw";

/** Who is at the other end. */
export interface Caller {
  /** Who it is, for the log and for events: an address and port, where there is one. */
  readonly label: string;
  /** What limits for one address count it under. */
  readonly limitKey: string;
  /** Whether those limits leave it alone. */
  readonly isExempt: boolean;
}

/** What a connection needs of whatever carries its bytes: a TCP socket, one inside TLS, a unix socket. */
export interface Link extends Caller {
  /** The URL of the listener that it came by. */
  readonly listener: string;
  /** The SHA-256 fingerprint of the certificate that it has shown, if it has. */
  readonly certificate?: string | undefined;
  /** Whether what it sends may hold commands of Telnet's. */
  readonly dialect: "telnet" | "lines";
  /**
   * Whether the line editor is there from the beginning: offered by Telnet, or without being asked for where
   * each key is sent anyway. Without it, a command asks for it.
   */
  readonly editor?: EditorOffer | undefined;
  /** The number of its descriptor, which shows how many are in use; 0 where it takes none. */
  readonly descriptor: number;
  /**
   * How many bytes the program at the other end has read, where that can be known: it shows that a
   * reader is alive which is so slow that nothing else does.
   */
  readonly readByPeer: number | undefined;
  /** How many bytes of what was written are accepted. */
  readonly writtenBytes: number;
  /**
   * Whether the program at the other end has read everything, the end of the stream included; false where
   * that is not known. Then nothing is lost if the link is terminated.
   */
  readonly hasReadAll: boolean;
  /** One attempt to send. Returns the bytes accepted, 0 if there is no space, -1 if it is closed. */
  write(bytes: Uint8Array): number;
  /** Ends the sending side; what was written before still arrives. */
  shutdown(): void;
  /** Ends it with a reset, if it is not closed yet. `closed` may be called before it returns. */
  terminate(): void;
  /** Changes how long it is silent before the system asks for a sign of life, where it does that. */
  keepAlive?(delayMs: number): void;
  /** Stops reading. Until `resume`, neither bytes nor the end of the input are reported. */
  pause(): void;
  resume(): void;
}

/** What a link tells the connection that it has been given. */
export interface LinkEvents {
  /** Bytes arrived, which are the connection's from here on. */
  received(bytes: Uint8Array): void;
  /** The other side will send nothing more, but may still read. */
  ended(): void;
  /** There may be space again. */
  drained(): void;
  /** It is gone, with an error if it was reset. Comes once, as the last of all. */
  closed(error: Error | undefined): void;
  /** One of these calls threw. */
  failed(error: unknown): void;
}

/** Where a listener hands in its links. */
export interface Door {
  /**
   * Counts somebody of whom something has to arrive before it can be let in: the header of a proxy, a handshake.
   * What is returned gives up that place. It is called just before `accept` or `refuse`, or when nobody is there
   * any more. Undefined if there are too many, and the connection is to be closed at once.
   */
  expect(caller: Caller, descriptor: number): (() => void) | undefined;
  /** Lets a client in, or says to it why not. Undefined if the link is to be closed at once. */
  accept(link: Link): LinkEvents | undefined;
  /** Says to a client why it is not let in. Undefined if the link is to be closed at once. */
  refuse(link: Link, reason: Refusal): LinkEvents | undefined;
  /** Somebody was not let in, and could not be told why. */
  turnedAway(label: string, reason: Refusal): void;
  /** `accept` threw. */
  failed(error: unknown): void;
}
