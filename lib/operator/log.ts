/**
 * What the operator sees, made of the chat's events: who joined from where, who left and why, and what was
 * said. Lines are collected and passed on once a turn of the event loop, because a call for each line would
 * cost too much in a busy room.
 */
import { Budget } from "../limits/budget.ts";
import { acted, said } from "../text/messages.ts";
import type { ChatEvent, Refusal } from "../events.ts";
import { safeText } from "../text/safe-text.ts";

/** How many refusals are logged at once, and each second after that. So strangers do not fill the log. */
const REFUSAL_BURST = 20;
const REFUSALS_PER_SECOND = 1;

/** If more than this has been collected, it is passed on before the turn ends. In UTF-16 code units. */
const PENDING_MAX = 65_536;

/** Receives whole lines, each ended by LF, most often once a turn of the event loop. */
export type LogSink = (text: string) => void;

/** What has become of the log where it is written, as far as that is known. */
export interface LogState {
  /** How many lines wait to be written. */
  readonly waitingLines: number;
  /** How many were lost since the start, because too many waited. */
  readonly lostLines: number;
  /** Whether the last write has failed, or so much waits that lines are lost. */
  readonly isFailing: boolean;
}

export class Log {
  readonly #sink: LogSink;
  readonly #quiet: boolean;
  readonly #refusalBudget = new Budget(REFUSAL_BURST, REFUSALS_PER_SECOND);
  #refusalsUnlogged = 0;
  /** A log that throws would throw in each turn. Standard error says so only once. */
  #hasComplained = false;
  #pending = "";

  /** @param quiet leaves out what was said */
  constructor(sink: LogSink, quiet: boolean) {
    this.#sink = sink;
    this.#quiet = quiet;
  }

  /** Something has happened. */
  readonly take = (event: ChatEvent): void => {
    switch (event.type) {
      case "connected":
        return this.#addCertificate(event.client, event.certificate);
      case "joined":
        return this.#add(`${event.name} (${event.client}) has joined`);
      case "said":
        return this.#addSaid(said(event.name, event.text));
      case "acted":
        return this.#addSaid(acted(event.name, event.text));
      case "renamed":
        return this.#add(`${event.from} (${event.client}) is now ${event.to}`);
      case "left":
        return this.#add(`${event.name} (${event.client}) has left: ${event.reason}`);
      case "refused":
        return this.#addRefusal(event.client, event.reason);
      case "failed":
        return this.#add(`internal error with the client at ${event.client}: ${stackOf(event)}`);
      case "welcome unreadable":
        return this.#add(`*** The welcome stays as it was: ${event.reason} ***`);
      case "certificate unreadable":
        return this.#add(`*** The certificate stays as it was: ${event.reason} ***`);
      case "lost touch":
        return this.#add("*** The servers have lost touch ***");
      case "in touch":
        return this.#add("*** The servers are in touch again ***");
      case "lines missing":
        return this.#add("*** Lines of other servers may be missing ***");
      case "entry unreadable":
        return this.#add("*** The log of the servers has an entry that this one cannot read ***");
      case "cluster unusable":
        return this.#add(`*** The servers' log cannot be used: ${event.reason} ***`);
      case "clients limited":
        return this.#add(clientsLimited(event.clientsMax, event.wanted));
      default:
        // The other events are for programs that count.
        return undefined;
    }
  };

  #addCertificate(client: string, certificate: string | undefined): void {
    if (certificate !== undefined) this.#add(`${client} has the certificate ${certificate}`);
  }

  #addSaid(line: string): void {
    if (!this.#quiet) this.#append(line);
  }

  #addRefusal(client: string, reason: Refusal): void {
    if (this.#refusalBudget.waitMs > 0) {
      this.#refusalsUnlogged++;
      return;
    }
    this.#refusalBudget.spend(1);
    const unlogged = this.#refusalsUnlogged;
    this.#refusalsUnlogged = 0;
    this.#add(`refused ${client}: ${reason}${unlogged > 0 ? ` (and ${unlogged} before)` : ""}`);
  }

  #add(line: string): void {
    this.#append(`${line}\n`);
  }

  #append(line: string): void {
    if (this.#pending === "") setImmediate(() => this.flush());
    this.#pending += line;
    if (this.#pending.length > PENDING_MAX) this.flush();
  }

  /** Passes on what was collected. */
  flush(): void {
    const text = this.#pending;
    this.#pending = "";
    if (text === "") return;
    try {
      this.#sink(text);
    } catch (error) {
      if (!this.#hasComplained) console.error("natter: the log function threw:", error);
      this.#hasComplained = true;
    }
  }
}

function stackOf({ error }: { readonly error: unknown }): string {
  const stack = error instanceof Error && error.stack ? error.stack : String(error);
  return stack.split("\n").map(safeText).join("\n");
}

function clientsLimited(clientsMax: number, wanted: number): string {
  const most = clientsMax === 1 ? "1 client" : `${clientsMax} clients`;
  return `*** ${most} at most, not ${wanted}: the limit on open files (ulimit -n) is too low ***`;
}
