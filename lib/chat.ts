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
import { Session } from "./conversation/session.ts";
import { TO_SPEAKERS } from "./conversation/speaker.ts";
import { TERMINAL_COMMANDS } from "./conversation/terminal-commands.ts";
import { COMMANDS } from "./conversation/commands.ts";
import { LocalJournal, type Journal, type JournalHost } from "./room/journal.ts";
import { History } from "./room/history.ts";
import { emitterTo, guarded } from "./operator/emitters.ts";
import { readFigures, type Figures } from "./operator/figures.ts";
import { Log, type LogSink } from "./operator/log.ts";
import type { Tally } from "./operator/tally.ts";
import { GOODBYES } from "./text/messages.ts";
import { Operations } from "./operator/operations.ts";
import { peopleOf, type Person } from "./admin/people.ts";
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
  readonly operations: Operations;
  readonly log: Log | undefined;
  readonly #admission: Admission;
  readonly #addresses: Addresses;
  /** With the addresses of those who were let in. */
  readonly #connections = new Map<Connection, Address | undefined>();
  readonly #empty = Promise.withResolvers<void>();
  /** How many are expected who are not connections yet. */
  #expected = 0;
  /** Whether nobody new comes any more. */
  #isEnding = false;

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
    if (log || settings.logFile !== "" || settings.adminSocket !== "")
      this.log = new Log(log, settings);
    const counted = emitterTo(tally?.take, onEvent && guarded(onEvent));
    const emit = emitterTo(this.log?.take, counted);
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
      commands: new CommandTable(TO_SPEAKERS, COMMANDS, TERMINAL_COMMANDS, commands),
      welcome: welcomeOf(settings, emit),
      slices: new Slices(turnEnd),
      backpressure,
      totalLimit: new TotalLimit(settings, emit, turnEnd),
      converse: (client, onClaimed) => new Session(this.context, client, onClaimed),
      onEnd: (connection) => this.#ended(connection),
    };
    this.operations = new Operations(this.context);
    this.#addresses = new Addresses(settings);
    this.#admission = new Admission(settings);
  }

  /** How many clients were let in and are connected, whether or not they have given a name. */
  get clients(): number {
    return this.#admission.clients;
  }

  /** What is going on, in numbers. `listeners` are the URLs of those by which clients come. */
  figures(listeners: readonly string[]): Figures {
    const { clientsMax } = this.#admission;
    return readFigures(this.context, clientsMax, this.#connections.keys(), listeners);
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

  /** All who are connected here, and after them those in the room who are connected to other servers. */
  get people(): Iterable<Person> {
    return peopleOf(this.#connections.keys(), this.context.room);
  }

  /**
   * Changes settings, all of them or none, and reads and opens files again.
   *
   * @returns why the welcome cannot be read again, if so; then it stays as it was
   * @throws {Error} a file that they name cannot be read or written
   */
  change(changes: Partial<Settings>): string | undefined {
    const reason = applyChanges(
      this.context,
      this.log,
      this.#addresses,
      this.#connections,
      changes,
    );
    if (changes.maxClients !== undefined) this.warnOfFewerClients();
    return reason;
  }

  /** Nobody new comes any more: sends home who is not in the room, and resolves when the last client has gone. */
  async drain(): Promise<void> {
    this.#isEnding = true;
    for (const connection of this.#connections.keys()) {
      if (connection.stage !== "naming" && connection.stage !== "claiming") continue;
      connection.run(() => connection.close("server shutdown"));
    }
    if (this.#connections.size > 0) await this.#empty.promise;
  }

  /** Tells everyone, delivers what is queued, and resolves when the last client has gone. */
  async close(): Promise<void> {
    this.#isEnding = true;
    const stopped = this.context.journal.stop();
    if (stopped !== undefined) await stopped;
    this.context.room.dissolve();
    for (const connection of this.#connections.keys()) {
      connection.run(() => connection.close("server shutdown"));
    }
    if (this.#connections.size > 0) await this.#empty.promise;
    await this.log?.close();
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
    if (this.#isEnding && this.#connections.size === 0) this.#empty.resolve();
  }
}
