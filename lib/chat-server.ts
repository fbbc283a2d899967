/** What a program that embeds natter gives and is given. natter.d.ts is made of this. */
import type { ChatEvent } from "./events.ts";
import type { LogSink } from "./operator/log.ts";
import type { LogState } from "./operator/log-state.ts";
import type { Reloaded } from "./options/changes.ts";
import type { Settings } from "./options/settings.ts";

/**
 * What `startChatServer` takes. Everything may be left out; units, defaults, ranges and reasons
 * stand in `OPTIONS` of options.ts and in docs/options.md.
 */
export type ChatServerOptions = { -readonly [Name in keyof Settings]?: Settings[Name] } & {
  /**
   * Receives what the operator sees: whole lines, each ended by LF and free of control
   * characters except tabs in messages, most often once a turn of the event loop. If it
   * throws, the chat goes on, and standard error says so once. Nothing is logged without it.
   */
  log?: LogSink;
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

export type { ChatEvent, LeaveReason, Refusal } from "./events.ts";
export type { Reloaded } from "./options/changes.ts";
export type { LogState } from "./operator/log-state.ts";

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
