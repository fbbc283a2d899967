import { Chat, type ChatOptions } from "../../lib/chat.ts";
import type { Connection } from "../../lib/connection/connection.ts";
import { Log } from "../../lib/operator/log.ts";
import { resolveOptions, type Settings } from "../../lib/options/settings.ts";
import { GrammarCheck } from "./grammar.ts";
import type { Link } from "../../lib/connection/link.ts";
import { ScriptedLink } from "./scripted-link.ts";

/** What a client is asked first. */
export const PROMPT = "Enter your name: ";

/** Connections over scripted sockets, all in one chat, with no limit to their lines unless given. */
export function stage(given: Partial<Settings> = {}, options: ChatOptions = {}) {
  const settings = resolveOptions({ lineRate: 0, maxClientsPerAddress: 100, ...given });
  let logged = "";
  const log = new Log((text) => (logged += text), false);
  /** How often the end of each client was reported. */
  const ends = new Map<string, number>();
  const chat = new Chat(settings, {
    ...options,
    onEvent(event) {
      log.take(event);
      options.onEvent?.(event);
      if (event.type !== "disconnected") return;
      ends.set(event.client, (ends.get(event.client) ?? 0) + 1);
    },
  });
  let clients = 0;

  const connect = (...accepts: number[]) => connectFrom("127.0.0.1", ...accepts);
  const connectFrom = (host: string, ...accepts: number[]) => {
    const transport = new ScriptedLink(...accepts);
    transport.grammar = new GrammarCheck();
    return enter(host, transport);
  };
  /** A client of a listener that offers the line editor, or of one that does not. What it is sent is no line. */
  const connectWith = (editor: Link["editor"], dialect: Link["dialect"] = "telnet") => {
    const transport = new ScriptedLink();
    transport.editor = editor;
    transport.dialect = dialect;
    return enter("127.0.0.1", transport);
  };
  const enter = (host: string, transport: ScriptedLink) => {
    transport.label = `test ${++clients}`;
    transport.limitKey = host;
    transport.isExempt = host === "127.0.0.1";
    let closes = 0;
    transport.onClose = () => {
      closes++;
      connection.closed(undefined);
    };
    const connection = chat.accept(transport) as Connection;
    return {
      transport,
      connection,
      send: (text: string | Uint8Array) => connection.received(Buffer.from(text)),
      get closes() {
        return closes;
      },
      get ends() {
        return ends.get(transport.label) ?? 0;
      },
    };
  };
  /** Somebody who has given this name. */
  const joinFrom = (host: string, name: string, ...accepts: number[]) => {
    const client = connectFrom(host, ...accepts);
    client.send(`${name}\n`);
    return client;
  };
  return {
    connect,
    connectFrom,
    connectWith,
    join: (name: string, ...accepts: number[]) => joinFrom("127.0.0.1", name, ...accepts),
    joinFrom,
    totalLimit: chat.context.totalLimit,
    /** The log, in which all clients are at the same address. */
    log: () => {
      log.flush();
      return logged.replace(/test \d+/g, "test");
    },
  };
}

/** Ends the stay of clients. Some may have lines that wait to be read. */
export function shutDown(...clients: { readonly connection: Connection }[]): void {
  for (const { connection } of clients) {
    connection.close("server shutdown");
    connection.closed(undefined);
  }
}
