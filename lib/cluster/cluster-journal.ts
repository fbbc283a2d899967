/**
 * The journal of a room that several servers share: what is proposed here goes into the log, and what is in the
 * log is applied here, in the order of the log, also to the people of this server. So all of them see the same.
 */
import { after } from "../limits/timers.ts";
import type { Deed, Journal, JournalHost, SharedLogFigures } from "../room/journal.ts";
import { IN_TOUCH, LOST_TOUCH, PLEASE_WAIT } from "../text/messages.ts";
import { Contact } from "./contact.ts";
import type { Follower } from "./follower.ts";
import { linesOf } from "./entry.ts";
import { OwnPeople } from "./own-people.ts";
import type { Position } from "./position.ts";
import { Proposals } from "./proposals.ts";
import { Replica } from "./replica.ts";
import { Roster } from "./roster.ts";
import type { Batch, LogSession, SharedLog, Snapshot, Tip, Turn } from "./shared-log.ts";

/** How long a server that stops waits for what was proposed to be in the log, in milliseconds. */
const STOP_TIMEOUT_MS = 1_000;

/** How many entries are read at once to find the lines that were said last. */
const READ_BACK_COUNT = 100;

export interface ClusterOptions {
  /** The name of this server, which no other has, also not earlier. */
  readonly node: string;
  readonly leaseMs: number;
  /** How many of the last lines are read back at the start. */
  readonly history: number;
}

export class ClusterJournal implements Journal, Follower {
  readonly #host: JournalHost;
  readonly #options: ClusterOptions;
  readonly #roster: Roster;
  readonly #proposals: Proposals;
  readonly #own: OwnPeople;
  readonly #replica: Replica;
  readonly #contact: Contact;
  #isAway = false;
  #phase: "open" | "stopping" | "stopped" = "open";
  #onIdle: (() => void) | undefined;

  constructor(log: SharedLog, host: JournalHost, options: ClusterOptions) {
    const { node, leaseMs } = options;
    this.#host = host;
    this.#options = options;
    this.#roster = new Roster(host.room, node);
    this.#proposals = new Proposals(this.#roster, node, (isFull) => {
      host.holdEverybody(isFull || this.#phase !== "open");
    });
    this.#own = new OwnPeople(host, leaseMs, this.#roster, this.#proposals);
    this.#replica = new Replica(host, node, this.#roster, this.#own);
    this.#contact = new Contact(log, this, leaseMs, host.emit);
    void this.#contact.run();
  }

  get isAway(): boolean {
    return this.#isAway;
  }

  get figures(): SharedLogFigures {
    const { roundTrips, entriesAhead } = this.#contact;
    return { roundTrips, entriesAhead, waitingBytes: this.#proposals.waitingBytes };
  }

  propose(deed: Deed, onApplied?: (isAccepted: boolean) => void): void {
    if (this.#phase === "stopped") {
      // The others know it already. It is left to say so here.
      if (deed.do === "leave") this.#host.room.apply(deed);
      return;
    }
    if (deed.do === "join") {
      this.#roster.claim(deed.member);
      if (this.#isAway) this.#host.room.answerNewcomer(deed.member, PLEASE_WAIT);
    } else if (deed.do === "leave") {
      this.#roster.leaving(deed.member);
    }
    this.#proposals.add({ deed, onApplied });
    this.#host.turnEnd.run("send", this.#wake);
  }

  readonly #wake = (): void => this.#contact.wake();

  /** Those who have said what may not be in the log are told so. */
  async stop(): Promise<void> {
    this.#phase = "stopping";
    this.#host.holdEverybody(true);
    if (!this.#isAway && !this.#proposals.isEmpty) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = after(STOP_TIMEOUT_MS, resolve);
      this.#onIdle = resolve;
      await promise;
      clearTimeout(timer);
    }
    await this.#contact.stop();
    this.#phase = "stopped";
    this.#own.mayBeLost(this.#proposals.pending);
  }

  get position(): Position | undefined {
    return this.#replica.position;
  }

  get nodes(): Iterable<string> {
    return this.#roster.nodes;
  }

  takeUnread(): Position | undefined {
    return this.#replica.takeUnread();
  }

  get pauseMs(): number {
    return this.#host.room.pauseMs;
  }

  takeTurn(): Turn | undefined {
    return this.#proposals.take();
  }

  takeBack(turn?: Turn): void {
    this.#proposals.addFirst(this.#proposals.takeBack(turn));
  }

  apply(batch: Batch): boolean {
    const isWhole = this.#replica.apply(batch);
    // Claims may have been refused, or names lost: that is to be sent.
    if (batch.entries.length > 0) this.#wake();
    if (this.#proposals.isEmpty) this.#onIdle?.();
    return isWhole;
  }

  async restore(snapshot: Snapshot, session: LogSession): Promise<void> {
    if (this.position === undefined && this.#options.history > 0) {
      await this.#readBack(snapshot.position, session);
    }
    try {
      this.#replica.restore(snapshot);
    } catch (error) {
      // The session ends with it, and the operator would not know why.
      this.#host.emit?.({ type: "failed", client: "the cluster", error });
      throw error;
    }
  }

  heard({ nowMs }: Tip): void {
    this.#replica.heard(nowMs);
  }

  setAway(isAway: boolean): void {
    this.#isAway = isAway;
    const { emit, room } = this.#host;
    emit?.({ type: isAway ? "lost touch" : "in touch" });
    room.apply({ do: "announce", lines: isAway ? LOST_TOUCH : IN_TOUCH });
    if (!isAway) return;
    for (const { member, phase } of this.#roster.own) {
      if (phase === "claiming") room.answerNewcomer(member, PLEASE_WAIT);
    }
  }

  /** Reads the lines that were said last, up to an entry. */
  async #readBack(end: Position, session: LogSession): Promise<void> {
    const lines: string[] = [];
    let last = end;
    while (last.counter > 0 && lines.length < this.#options.history) {
      const entries = await session.readBack(last, READ_BACK_COUNT);
      for (const entry of entries) lines.push(...linesOf(entry).toReversed());
      const oldest = entries.at(-1)?.position;
      if (oldest === undefined || entries.length < READ_BACK_COUNT) break;
      last = { ...oldest, counter: oldest.counter - 1 };
    }
    const { history } = this.#host.room;
    for (const line of lines.slice(0, this.#options.history).toReversed()) history.add(line);
  }
}
