/**
 * Everything that happens in a chat and that somebody may want to watch: an operator's log, figures, a
 * database, a program that embeds the server. Events say it in fields, never in finished sentences.
 * What is said privately is in none of them.
 *
 * `client` is the address and port of a connection. Names and texts are as others are shown them: safe
 * for a terminal.
 */

/** Why a client was not let in. */
export type Refusal =
  "server full" | "address full" | "HTTP request" | "SSH client" | "TLS handshake";

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
  /** A client was let in, and is asked for a name. */
  | { readonly type: "connected"; readonly client: string }
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
  /** Somebody who was in the chat is not any more. */
  | {
      readonly type: "left";
      readonly client: string;
      readonly name: string;
      readonly reason: LeaveReason;
    }
  /** The connection is gone, whether or not its client was let in and had joined. */
  | { readonly type: "disconnected"; readonly client: string; readonly reason: LeaveReason }
  | { readonly type: "refused"; readonly client: string; readonly reason: Refusal }
  /** So many lines were left out for a reader that is too slow. */
  | { readonly type: "lines skipped"; readonly client: string; readonly count: number }
  /** A reader has so much to read yet that those who send in bulk wait for it, or no longer. */
  | { readonly type: "hold begun" | "hold ended"; readonly client: string }
  /** Nobody waits any longer for a reader that did not catch up. */
  | { readonly type: "reader left behind"; readonly client: string }
  /** A client's next line waits, since it or its address has said or joined too much. */
  | { readonly type: "rate-limited"; readonly client: string; readonly delayMs: number }
  /** More waited for all clients together than may, in bytes: the longest queues were cut. */
  | { readonly type: "queues cut"; readonly bytes: number }
  /** Something of ours threw while it dealt with this client. */
  | { readonly type: "failed"; readonly client: string; readonly error: unknown }
  /** The welcome stays as it was. */
  | { readonly type: "welcome unreadable"; readonly reason: string }
  /** Fewer clients can be let in than was asked for. */
  | { readonly type: "clients limited"; readonly clientsMax: number; readonly wanted: number };

/** Whom a part of the server tells what happens; undefined if nobody listens, and then it costs nothing. */
export type Emit = ((event: ChatEvent) => void) | undefined;
