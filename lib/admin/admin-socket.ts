/**
 * A unix socket on which operators give commands. The file's mode lets only the server's own user connect, and so
 * all who can are operators. They are not in the room, are not counted as clients, and are let in when the server
 * is full. What they send and are sent goes the same way as with clients.
 */
import type { ChatContext } from "../connection/chat-context.ts";
import { Connection } from "../connection/connection.ts";
import type { Door, Link, LinkEvents } from "../connection/link.ts";
import { Traffic } from "../connection/traffic.ts";
import { CommandTable } from "../conversation/command-table.ts";
import { Address } from "../limits/addresses.ts";
import { Backpressure } from "../limits/backpressure.ts";
import type { Listener } from "../listeners/listener.ts";
import { listenUnix } from "../listeners/unix.ts";
import { OPERATOR_COMMANDS } from "./operator-commands.ts";
import { OperatorSession } from "./operator-session.ts";
import { TO_OPERATORS, type Operated } from "./operator.ts";

const MODE = 0o600;

/** Within the descriptors that `Admission` keeps free. */
const OPERATORS_MAX = 4;

const TOO_MANY = "*** Too many operators are connected; close one of these connections.\n";

const NO_CHECKS = { proxies: undefined, identity: undefined, editor: undefined };

export class AdminSocket implements Door {
  readonly #context: ChatContext;
  readonly #address: Address;
  readonly #listener: Listener;
  readonly #open = new Set<Connection>();
  /** How many have come. */
  #operators = 0;

  /**
   * @param chat what its connections share with those of the chat
   * @throws {Error} the system refuses the path, with the system's `code`; `option` is `adminSocket`
   */
  constructor(path: string, chat: ChatContext, operated: Operated) {
    const { settings, emit, turnEnd } = chat;
    const table = new CommandTable(TO_OPERATORS, OPERATOR_COMMANDS);
    this.#context = {
      ...chat,
      // Only its errors concern anybody else, and it goes on when the room is held.
      emit: (event) => event.type === "failed" && emit?.(event),
      backpressure: new Backpressure(settings, undefined, turnEnd),
      traffic: new Traffic(),
      converse: (client) => {
        return new OperatorSession(operated, table, client, `Operator ${this.#operators}`);
      },
      onEnd: (connection) => void this.#open.delete(connection),
    };
    this.#address = new Address(settings, true);
    this.#listener = this.#listen(path);
  }

  /** Operators come as they are, without a header or a handshake. */
  expect(): undefined {}

  accept(link: Link): LinkEvents | undefined {
    if (this.#open.size >= OPERATORS_MAX) {
      link.write(Buffer.from(TOO_MANY));
      return undefined;
    }
    const connection = new Connection(this.#context, link, this.#address);
    this.#open.add(connection);
    connection.run(() => connection.start());
    return connection;
  }

  refuse(): undefined {}

  turnedAway(): void {}

  failed(error: unknown): void {
    this.#context.emit?.({ type: "failed", client: "the admin socket", error });
  }

  /** Takes no more operators, and ends the connections of those who are here. */
  close(): void {
    this.#listener.stop();
    for (const connection of [...this.#open]) {
      connection.run(() => connection.close("server shutdown", ""));
      // The system has accepted what it is told, and keeps that for it.
      connection.run(() => connection.abort("server shutdown"));
    }
  }

  #listen(path: string): Listener {
    const context = {
      door: this,
      settings: { keepAliveMs: 0, reusePort: false, trustLoopback: true },
      nextNumber: () => ++this.#operators,
    };
    try {
      return listenUnix({ path, mode: MODE }, context, NO_CHECKS);
    } catch (error) {
      throw Object.assign(error as Error, { option: "adminSocket" });
    }
  }
}
