/**
 * Everything that happens in a chat and that a log, statistics, a database or an embedding program may want
 * to know. Events have fields and no finished sentences. Nothing that is said privately is in an event.
 *
 * `client` is the address and port of a connection. Names and texts are safe for a terminal, exactly as others
 * are shown them.
 */

/** Why a client was not let in. */
export type Refusal =
  | "server full"
  | "address full"
  | "HTTP request"
  | "SSH client"
  | "TLS handshake"
  | "no TLS"
  | "TLS handshake failed"
  | "no client certificate"
  | "no PROXY header";

/** Why a client's stay has ended. */
export type LeaveReason =
  | Refusal
  | "idle timeout"
  | "no name given"
  | "quit"
  | "kicked"
  | "server shutdown"
  | "closed"
  | "reset"
  | "too slow"
  | "internal error";

export type ChatEvent =
  /**
   * A client was let in, and is asked for a name. `certificate` is the SHA-256 fingerprint of the one that it has
   * shown, if it has.
   */
  | {
      readonly type: "connected";
      readonly client: string;
      readonly certificate?: string | undefined;
    }
  | { readonly type: "joined"; readonly client: string; readonly name: string }
  | {
      readonly type: "said" | "acted";
      readonly client: string;
      readonly name: string;
      readonly text: string;
    }
  | {
      readonly type: "renamed";
      readonly client: string;
      readonly from: string;
      readonly to: string;
    }
  /** A client's line, command or name was taken from what it sent, and is dealt with next. */
  | { readonly type: "line read"; readonly client: string }
  /** Somebody has said nothing for so long that it is told of the idle timeout, so long before. */
  | { readonly type: "warned"; readonly client: string; readonly leftMs: number }
  /** A client's stay has ended. It may still read what waits for it. */
  | { readonly type: "leaving"; readonly client: string; readonly reason: LeaveReason }
  /** A member has left the chat. */
  | {
      readonly type: "left";
      readonly client: string;
      readonly name: string;
      readonly reason: LeaveReason;
    }
  /** A connection has ended. Its client may have been refused, or may never have joined. */
  | { readonly type: "disconnected"; readonly client: string; readonly reason: LeaveReason }
  | { readonly type: "refused"; readonly client: string; readonly reason: Refusal }
  /** `count` lines were left out for a reader that is too slow. */
  | { readonly type: "lines skipped"; readonly client: string; readonly count: number }
  /** Those who send in bulk wait for a reader that has much to read yet, or no longer wait for it. */
  | { readonly type: "hold begun" | "hold ended"; readonly client: string }
  /** A reader did not catch up, and nobody waits for it any longer. */
  | { readonly type: "reader left behind"; readonly client: string }
  /** A client's next line waits, because the client or its address has said or joined too much. */
  | { readonly type: "rate-limited"; readonly client: string; readonly delayMs: number }
  /** More waited for all clients together than may, in bytes: the longest queues were cut. */
  | { readonly type: "queues cut"; readonly bytes: number }
  /** Code of the server threw an error while it dealt with this client. */
  | { readonly type: "failed"; readonly client: string; readonly error: unknown }
  /** The welcome file could not be read, so the welcome stays as it was. */
  | { readonly type: "welcome unreadable"; readonly reason: string }
  /** The certificate could not be read again, so new connections are given the one before. */
  | { readonly type: "certificate unreadable"; readonly reason: string }
  /** Options have changed, by their names in the library. Others stay as they are until another start. */
  | {
      readonly type: "reloaded";
      readonly changed: readonly string[];
      readonly needRestart: readonly string[];
    }
  /** Options were to change, and none has. */
  | { readonly type: "reload refused"; readonly reason: string }
  /** An operator has given a command that people may notice. */
  | { readonly type: "operated"; readonly operator: string; readonly line: string }
  /** The server lets nobody new in, and ends in so many milliseconds, or when the last client has gone. */
  | { readonly type: "draining"; readonly leftMs: number }
  /** The server is out of touch with the others of its room, or in touch again. */
  | { readonly type: "lost touch" | "in touch" }
  /** Lines of the room may not have been shown here. */
  | { readonly type: "lines missing" }
  /** The log that the servers share has something that this one cannot read. */
  | { readonly type: "entry unreadable" }
  /** The log that the servers share refuses this server, which was in touch before. It goes on trying. */
  | { readonly type: "log refused"; readonly reason: string }
  /** An announcement may not have been shown to everybody. It is not said again. */
  | { readonly type: "announcement lost"; readonly text: string }
  /** The log that the servers share cannot be used. The server is useless. */
  | { readonly type: "cluster unusable"; readonly reason: string }
  /** Fewer clients can be let in than the options say. */
  | { readonly type: "clients limited"; readonly clientsMax: number; readonly wanted: number };

/** Called by the server's parts when something happens. If nobody listens it is undefined, and costs nothing. */
export type Emit = ((event: ChatEvent) => void) | undefined;
