// Made from lib/server.ts by `bun run declarations`. Do not edit it here.
/// <reference lib="esnext.disposable" />

/**
 * Starts a chat server. Any number can run in one process; they share nothing.
 *
 * @throws {RangeError} an option out of its range
 * @throws {TypeError} an option of the wrong type, or one that does not exist
 * @throws {Error} the welcome file or the cluster file cannot be read, or the log file cannot be written,
 *   with the system's `code`
 * @throws {Error} the files for TLS cannot be used; `code` is `ERR_CERTIFICATE`
 * @throws {Error} the system refuses the address; `code` is `EADDRINUSE`, `EADDRNOTAVAIL` or
 *   `EACCES`, or missing if the host name cannot be resolved. `url` is the one of `listen` that it
 *   was for, if any; `option` is `http` or `adminSocket` if it was for that.
 */
export declare function startChatServer(options?: ChatServerOptions): ChatServer;

/**
 * What `startChatServer` takes. Everything may be left out; units, defaults, ranges and reasons
 * stand in `OPTIONS` of options.ts and in docs/options.md.
 */
export type ChatServerOptions = {
  /** The address to listen on: an IPv4 or IPv6 address, or a host name. */
  hostname?: string;
  /** The TCP port to listen on, 0 to 65535. 0 takes any free one: read it from `server.port`. */
  port?: number;
  /** Where else to listen, as URLs. Given, they replace the default; `hostname` or `port` adds that one again. */
  listen?: readonly string[];
  /** The file with the certificate for `tls://` in PEM, and those that lead to an authority. */
  tlsCert?: string;
  /** The file with its key in PEM, without a passphrase. It is read again with the certificate. */
  tlsKey?: string;
  /** A file with the certificate of an authority. Then every client of `tls://` needs one that is signed by it. */
  tlsClientCa?: string;
  /** Most clients at once, 1 to 10^6; fewer if the system allows the process fewer open files. */
  maxClients?: number;
  /** Most clients at once from one IPv4 address or IPv6 /64, 1 to 10^6. Loopback is exempt. */
  maxClientsPerAddress?: number;
  /** Whether this machine's own clients are exempt from the limits for one address. */
  trustLoopback?: boolean;
  /** How long a connection is silent before the system asks for a sign of life, 1 s to 32,767 s. */
  keepAliveMs?: number;
  /** Longest time in the chat without a complete line, in milliseconds; 0 = never. */
  idleTimeoutMs?: number;
  /** How long before the idle timeout a silent client is warned, in milliseconds; 0 = not. */
  idleWarningMs?: number;
  /** Longest time from connecting to giving a name, in milliseconds; 0 = never. */
  nameTimeoutMs?: number;
  /** Longest time in which a reader takes nothing of its queue, in ms; 0 = never. */
  stallTimeoutMs?: number;
  /** Longest wait for a leaving client to read what is queued and close, in ms; at least 1. */
  closeTimeoutMs?: number;
  /** Most bytes that wait for one slow reader before lines are skipped, 4,096 to 2^30. */
  queueLimitBytes?: number;
  /** Most bytes that wait for all readers together, 2^20 to 2^40. */
  totalQueueLimitBytes?: number;
  /** Longest line that is accepted, in bytes without its LF, 128 to 2^20. */
  lineLimitBytes?: number;
  /** Longest message, in bytes of UTF-8 without its author's name; at most the longest line. */
  messageLimitBytes?: number;
  /** Longest name, in characters (Unicode code points), 1 to 128. */
  nameLimit?: number;
  /** Most lines that a client may send at once, 1 to 10^6; a line counts once for each KiB. */
  lineBurst?: number;
  /** Lines a second that a client may send after that, at most 10^6; 0 = no limit. */
  lineRate?: number;
  /** The same for all clients of one address together, 1 to 10^6. Loopback is exempt. */
  addressLineBurst?: number;
  /** Lines a second that one address may send after that, at most 10^6; 0 = no limit. */
  addressLineRate?: number;
  /** Most times that one address may join at once, 1 to 10^6. Loopback is exempt. */
  joinBurst?: number;
  /** Joins a second from one address after that, at most 10^6; 0 = no limit. */
  joinRate?: number;
  /** What newcomers are told before the prompt: lines of at most 4,096 bytes. */
  welcome?: string;
  /** A file with the same, which is read again when it has changed. Excludes `welcome`. */
  welcomeFile?: string;
  /** What asks for a name, of at most 256 bytes. */
  prompt?: string;
  /** Tells a newcomer its name, how many others are here, and that there is `/help`. */
  greeting?: boolean;
  /** How many of the last public lines a newcomer is shown, 0 to 1,000. */
  history?: number;
  /** The Redis or Valkey through which servers share a room: `redis://HOST:PORT/DATABASE` or `rediss://`. */
  cluster?: string;
  /** A file with that URL alone. Excludes `cluster`. */
  clusterFile?: string;
  /** The room that is shared: servers of another room have nothing to do with this one. */
  room?: string;
  /** How long a server may be silent before its people have left, in milliseconds, 1 s to 10 minutes. */
  clusterLeaseMs?: number;
  /** Lets several processes listen on the same port, which the system spreads clients over. */
  reusePort?: boolean;
  /** Keeps messages out of the log, which then shows only who comes, goes and is renamed. */
  quiet?: boolean;
  /** How the log is written: for people, as one JSON object a line, or for people with the time. */
  logFormat?: "text" | "json" | "text+time";
  /** A file that the log is written to, beside `log`. A reload opens it again. */
  logFile?: string;
  /** Where `/metrics` and `/healthz` are served: an address and port, or the path of a unix socket. */
  http?: string;
  /** The path of a unix socket for operators, which only the server's own user may use. */
  adminSocket?: string;
  /**
   * Receives what the operator sees: whole lines, each ended by LF and free of control
   * characters except tabs in messages, most often once a turn of the event loop. If it
   * throws, the chat goes on, and standard error says so once. Nothing is logged without it.
   */
  log?: (text: string) => void;
  /** Says what has become of that log, for `/metrics` and `/healthz`. These know of `logFile` without it. */
  logState?: () => LogState;
  /**
   * Is told everything that happens in the chat, as it happens; see `ChatEvent`. It must not block. If
   * it throws, the chat goes on, and standard error says so once. It costs nothing where it is not given.
   */
  onEvent?: (event: ChatEvent) => void;
  /**
   * Gives the options anew when `reload` is called without any, for example from a file. What it leaves out has
   * its default. If it throws, nothing changes, and `reload` throws the same.
   */
  readOptions?: () => ReloadOptions;
  /** Stops the server when it is aborted, as `stop` does. */
  signal?: StopSignal;
};

/** What an `AbortSignal` is, as far as the server needs it. */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
}

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

/** What came of a reload: options by their names. */
export interface Reloaded {
  readonly changed: readonly string[];
  /** These stay as they are until another start. */
  readonly needRestart: readonly string[];
  /** Why the welcome and the certificate could not be read again, as far as that is so. They stay as they were. */
  readonly unreadable: {
    readonly welcome: string | undefined;
    readonly certificate: string | undefined;
  };
}

/** What has become of the log where it is written, as far as that is known. */
export interface LogState {
  /** How many lines wait to be written. */
  readonly waitingLines: number;
  /** How many were lost since the start, because they could not be written. */
  readonly lostLines: number;
  /** Whether the last write has failed, or so much waits that lines are lost. */
  readonly isFailing: boolean;
}

/** Options that a server can be given while it runs. */
export interface ReloadOptions extends Omit<
  ChatServerOptions,
  "log" | "logState" | "onEvent" | "readOptions" | "signal"
> {}

/** A running server. `await using` stops it at the end of the block. */
export interface ChatServer extends AsyncDisposable {
  /** The address it listens on, as it was given. */
  readonly hostname: string;
  /** The port it listens on: the one that was taken where 0 was asked for. 0 if there is none. */
  readonly port: number;
  /** Where it listens, one URL for each listener, with the ports that were taken. */
  readonly urls: readonly string[];
  /** Where `/metrics` and `/healthz` are served, if they are: an address and port, or a path. */
  readonly httpAddress: string | undefined;
  /** How many clients are connected, whether or not they have given a name. */
  readonly clients: number;
  /** The names of all who are in the chat, in order of joining. */
  readonly members: readonly string[];
  /** Tells everybody in the chat: `*** Announcement: ` and each line of `text`, made safe to show. */
  announce(text: string): void;
  /**
   * Sends somebody home and says the reason. The others are told that it has left. A name is matched
   * without regard to case and width. Returns whether anybody has it.
   */
  kick(name: string, reason?: string): boolean;
  /**
   * Changes options while people are connected, all or none. They count at once, for everybody. Options that are
   * left out stay as they are. Without an argument `readOptions` is asked for all of them.
   *
   * It also reads the welcome file and the files for TLS again, and opens the log file again, which may have been
   * moved. A welcome or a certificate that cannot be read again stays as it was, and `unreadable` and an event say so.
   *
   * @throws {RangeError} an option out of its range
   * @throws {TypeError} an option of the wrong type, or one that does not exist
   * @throws {Error} a file that an option now names cannot be read or written, or `readOptions` throws; in all
   *   cases nothing has changed
   */
  reload(options?: ReloadOptions): Reloaded;
  /**
   * Takes no new connections, and stops when the last client has gone, or in `leftMs` milliseconds, of which
   * everybody is told. Clients that are not in the chat yet are sent home. Further calls change the time.
   *
   * @param leftMs from 0 to 86,400,000, which is a day; 5 minutes without it
   * @throws {RangeError} another number
   */
  drain(leftMs?: number): void;
  /** Resolves when the server has stopped, whatever made it do so. */
  readonly stopped: Promise<void>;
  /**
   * Takes no new connections, tells everyone, delivers what is queued, and resolves when the last
   * client has gone, at the latest after `closeTimeoutMs`. Further calls return the same promise. With
   * `force` every connection ends at once, also if the server is stopping already, and nothing that waits
   * is delivered.
   */
  stop(options?: { readonly force?: boolean }): Promise<void>;
}
