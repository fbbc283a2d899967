/**
 * All clients of one chat, from any listener: which of them are let in, what
 * their connections share, and the end of it all.
 */
import { Addresses, type Address } from "./limits/addresses.ts";
import { Admission, REFUSED_MAX } from "./limits/admission.ts";
import { Backpressure } from "./limits/backpressure.ts";
import { joinCluster } from "./cluster/join-cluster.ts";
import { applyChanges, sharesOf, welcomeOf, type ChangingContext } from "./apply-changes.ts";
import { Connection } from "./connection/connection.ts";
import { Traffic } from "./connection/traffic.ts";
import type { Caller, Door, Link, LinkEvents } from "./connection/link.ts";
import { CommandTable, type Commands } from "./conversation/command-table.ts";
import { TERMINAL_COMMANDS } from "./conversation/terminal-commands.ts";
import { COMMANDS } from "./conversation/commands.ts";
import { LocalJournal, type Journal, type JournalHost } from "./room/journal.ts";
import { History } from "./room/history.ts";
import { emitterTo, guarded } from "./operator/emitters.ts";
import { readFigures, type Figures } from "./operator/figures.ts";
import { Log, type LogSink } from "./operator/log.ts";
import type { Tally } from "./operator/tally.ts";
import { announced, GOODBYES, sentHome } from "./text/messages.ts";
import { foldName } from "./text/names.ts";
import { safeText } from "./text/safe-text.ts";
import type { ChatEvent, Refusal } from "./events.ts";
import { Room } from "./room/room.ts";
import type { Settings } from "./options/settings.ts";
import { Slices } from "./limits/slices.ts";
import { TotalLimit } from "./limits/total-limit.ts";
import { TurnEnd } from "./limits/turn-end.ts";

/** What a chat may be given: who is told what happens, another journal, and more commands. */
export interface ChatOptions {
  /** Receives what the operator sees. */
  readonly log?: LogSink | undefined;
  readonly onEvent?: ((event: ChatEvent) => void) | undefined;
  /** Counts what happens. */
  readonly tally?: Tally | undefined;
  /** Makes the journal, which has what is proposed applied. */
  readonly createJournal?: (host: JournalHost) => Journal;
  /** Commands beside those that everybody has. */
  readonly commands?: Commands;
}

export class Chat implements Door {
  readonly context: ChangingContext;
  readonly #admission: Admission;
  readonly #addresses: Addresses;
  /** With the addresses of those who were let in. */
  readonly #connections = new Map<Connection, Address | undefined>();
  #log: Log | undefined;
  readonly #empty = Promise.withResolvers<void>();
  /** How many are expected who are not connections yet. */
  #expected = 0;
  #isClosing = false;

  /**
   * @param settings belong to the chat from here on, which changes them when it is told to
   * @throws {Error} the welcome file or the file with the cluster's URL cannot be read, or the log file cannot be
   *   written, with the system's `code`
   * @throws {Error} so few files may be open that nobody could get in; `code` is `EMFILE`
   */
  constructor(settings: Settings, options: ChatOptions = {}) {
    const { log, onEvent, tally, commands = {} } = options;
    const { createJournal = joinCluster(settings) ?? ((host) => new LocalJournal(host)) } = options;
    const { historyBytes, turnBytes } = sharesOf(settings);
    if (log || settings.logFile !== "") this.#log = new Log(log, settings);
    const counted = emitterTo(tally?.take, onEvent && guarded(onEvent));
    const emit = emitterTo(this.#log?.take, counted);
    const turnEnd = new TurnEnd();
    const room = new Room(turnBytes, {
      history: new History(settings.history, historyBytes),
      emit,
      turnEnd,
    });
    const backpressure = new Backpressure(settings, emit, turnEnd);
    this.context = {
      settings,
      emit,
      turnEnd,
      traffic: new Traffic(),
      room,
      journal: createJournal({
        room,
        emit,
        turnEnd,
        holdEverybody: (isHeld) => backpressure.holdEverybody(isHeld),
      }),
      commands: new CommandTable(COMMANDS, TERMINAL_COMMANDS, commands),
      welcome: welcomeOf(settings, emit),
      slices: new Slices(turnEnd),
      backpressure,
      totalLimit: new TotalLimit(settings, emit, turnEnd),
      onEnd: (connection) => this.#ended(connection),
    };
    this.#addresses = new Addresses(settings);
    this.#admission = new Admission(settings);
  }

  /** How many clients were let in and are connected, whether or not they have given a name. */
  get clients(): number {
    return this.#admission.clients;
  }

  /** What is going on, in numbers. */
  get figures(): Figures {
    return readFigures(this.context, this.#admission.clientsMax, this.#connections.keys());
  }

  /** Whether the servers of the room have lost touch. */
  get isAway(): boolean {
    return this.context.journal.isAway;
  }

  /** Tells the operator if fewer clients can be let in than was asked for. */
  warnOfFewerClients(): void {
    const { emit, settings } = this.context;
    const { clientsMax } = this.#admission;
    const wanted = settings.maxClients;
    if (clientsMax < wanted) emit?.({ type: "clients limited", clientsMax, wanted });
  }

  expect({ label, limitKey, isExempt }: Caller, descriptor: number): (() => void) | undefined {
    const address = this.#addresses.of(limitKey, isExempt);
    const refusal = this.#admission.enter(address, descriptor);
    if (refusal !== undefined && !this.#mayTellInFull(descriptor)) {
      this.turnedAway(label, refusal);
      return undefined;
    }
    this.#expected++;
    return () => {
      this.#expected--;
      if (refusal === undefined) this.#admission.leave(address);
    };
  }

  accept(link: Link): LinkEvents | undefined {
    const address = this.#addresses.of(link.limitKey, link.isExempt);
    return this.#open(link, address, this.#admission.enter(address, link.descriptor));
  }

  refuse(link: Link, reason: Refusal): LinkEvents | undefined {
    return this.#open(link, this.#addresses.of(link.limitKey, link.isExempt), reason);
  }

  turnedAway(client: string, reason: Refusal): void {
    const { emit } = this.context;
    emit?.({ type: "refused", client, reason });
    emit?.({ type: "disconnected", client, reason });
  }

  failed(error: unknown): void {
    this.context.emit?.({ type: "failed", client: "the door", error });
  }

  /** The names of all who are in the chat, in order of joining. */
  get members(): string[] {
    return Array.from(this.context.room.members, ({ name }) => name);
  }

  /** Tells everybody in the chat, each line of `text` in a line. */
  announce(text: string): void {
    const lines = text.trimEnd().split("\n").map(safeText);
    const announcement = lines.map(announced).join("");
    this.context.journal.propose({ do: "announce", lines: announcement }, (isSaid) => {
      if (!isSaid) this.context.emit?.({ type: "announcement lost", text: lines.join(" ") });
    });
  }

  /** Sends home the member with this name. Returns whether there is one. */
  kick(name: string, reason: string): boolean {
    const { journal, room } = this.context;
    const member = room.find(foldName(name));
    if (member === undefined) return false;
    journal.propose({ do: "send home", member, goodbye: sentHome(safeText(reason)) });
    return true;
  }

  /** Whether there is a log, which can then also have a file. */
  get isLogged(): boolean {
    return this.#log !== undefined;
  }

  /**
   * Changes settings, all of them or none, and reads and opens files again.
   *
   * @throws {Error} a file that they name cannot be read or written
   */
  change(changes: Partial<Settings>): void {
    applyChanges(this.context, this.#log, this.#addresses, this.#connections, changes);
    if (changes.maxClients !== undefined) this.warnOfFewerClients();
  }

  /** Tells everyone, delivers what is queued, and resolves when the last client has gone. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const stopped = this.context.journal.stop();
    if (stopped !== undefined) await stopped;
    this.context.room.dissolve();
    for (const connection of this.#connections.keys()) {
      connection.run(() => connection.close("server shutdown"));
    }
    if (this.#connections.size > 0) await this.#empty.promise;
    await this.#log?.close();
  }

  /** Ends every connection at once: nothing that waits is delivered. */
  abort(): void {
    for (const connection of [...this.#connections.keys()]) {
      connection.run(() => connection.abort("server shutdown"));
    }
  }

  #open(link: Link, address: Address, refusal: Refusal | undefined): LinkEvents | undefined {
    if (refusal !== undefined && !this.#mayTellInFull(link.descriptor)) {
      link.write(Buffer.from(GOODBYES[refusal]));
      this.context.traffic.sentBytes += link.writtenBytes;
      this.turnedAway(link.label, refusal);
      return undefined;
    }
    const connection = new Connection(this.context, link, address);
    this.#connections.set(connection, refusal === undefined ? address : undefined);
    connection.run(() => {
      if (refusal === undefined) connection.start();
      else connection.refuse(refusal);
    });
    return connection;
  }

  /** Whether one that is refused may keep its descriptor until it has read why. */
  #mayTellInFull(descriptor: number): boolean {
    const refused = this.#connections.size + this.#expected - this.#admission.clients;
    return refused < REFUSED_MAX && !this.#admission.isScarce(descriptor);
  }

  #ended(connection: Connection): void {
    const address = this.#connections.get(connection);
    this.#connections.delete(connection);
    if (address !== undefined) this.#admission.leave(address);
    if (this.#isClosing && this.#connections.size === 0) this.#empty.resolve();
  }
}
