/**
 * A server that is soaked, in a process of its own. The process that started it calls its methods (`serve` of
 * remote.ts) and asks for its figures. It ends with that process.
 */
import { heapStats } from "bun:jsc";
import { readdirSync } from "node:fs";
import type { ChatEvent, ChatServer, ChatServerOptions } from "../../lib/server.ts";
import { serve } from "../../bench/remote.ts";
import { MIB, residentMiB } from "../../bench/usage.ts";
import type { Figures } from "./figures.ts";
import { watchTimers, type TimerCounts } from "./live-timers.ts";

/** Collecting garbage runs finalizers, which release more. */
const COLLECTIONS = 3;

/** What a server has done so far. */
export interface Deeds {
  /** How often somebody's stay ended for each reason. */
  readonly left: Readonly<Record<string, number>>;
  /** How often a reader held the room. */
  readonly holds: number;
  /** The first error of its own. */
  readonly internalError: string | undefined;
}

export type StartServer = (options: ChatServerOptions) => ChatServer;

/** The program of a process with a server that `start` starts. */
export function beSoaked(start: StartServer): void {
  const countTimers = watchTimers();
  showAddresses();
  // Ctrl-C reaches all processes of a terminal. The process that started this one ends it in time.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
  serve(new SoakedServer(start, countTimers));
}

export class SoakedServer {
  readonly #startServer: StartServer;
  readonly #countTimers: () => TimerCounts;
  readonly #left: Record<string, number> = {};
  #holds = 0;
  #internalError: string | undefined;
  #server!: ChatServer;

  constructor(start: StartServer, countTimers: () => TimerCounts) {
    this.#startServer = start;
    this.#countTimers = countTimers;
  }

  /** Returns the port. */
  start(options: ChatServerOptions): number {
    const onEvent = (event: ChatEvent) => this.#happened(event);
    this.#server = this.#startServer({ ...options, log() {}, onEvent });
    process.on("SIGHUP", () => this.#server.reload());
    return this.#server.port;
  }

  /** @param isAtRest whether to collect garbage first */
  async figures(isAtRest: boolean): Promise<Figures> {
    for (let count = 0; isAtRest && count < COLLECTIONS; count++) {
      Bun.gc(true);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { timers, immediates } = this.#countTimers();
    const { objectCount, protectedObjectCount, heapSize } = heapStats();
    return {
      clients: this.#server.clients,
      descriptors: readdirSync("/proc/self/fd").length,
      timers,
      immediates,
      objects: objectCount,
      protectedObjects: protectedObjectCount,
      heapMiB: heapSize / MIB,
      externalMiB: process.memoryUsage().external / MIB,
      residentMiB: residentMiB(process.pid),
    };
  }

  deeds(): Deeds {
    return { left: this.#left, holds: this.#holds, internalError: this.#internalError };
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  #happened(event: ChatEvent): void {
    if (event.type === "left") this.#left[event.reason] = (this.#left[event.reason] ?? 0) + 1;
    else if (event.type === "hold begun") this.#holds++;
    else if (event.type === "failed") this.#internalError ??= String(event.error);
  }
}

/**
 * The limits for one address do not apply to this machine. To soak them over loopback, lib is shown 192.0.2.N
 * (RFC 5737) in place of 127.0.0.N, from 2 on.
 */
function showAddresses(): void {
  const { listen } = Bun;
  Bun.listen = ((options: Bun.TCPSocketListenOptions<undefined>) => {
    const { open } = options.socket;
    return listen({
      ...options,
      socket: {
        ...options.socket,
        open(socket) {
          const [, host] = /^127\.0\.0\.(\d+)$/.exec(socket.remoteAddress) ?? [];
          if (host !== undefined && host !== "1") {
            Object.defineProperty(socket, "remoteAddress", { value: `192.0.2.${host}` });
          }
          return open?.(socket);
        },
      },
    });
  }) as typeof listen;
}
