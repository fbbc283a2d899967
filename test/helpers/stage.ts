import { Addresses } from "../../lib/limits/addresses.ts";
import { Backpressure } from "../../lib/limits/backpressure.ts";
import { Connection } from "../../lib/connection/connection.ts";
import { Log } from "../../lib/operator/log.ts";
import { Room } from "../../lib/room/room.ts";
import { resolveOptions, type Settings } from "../../lib/options/settings.ts";
import { Slices } from "../../lib/limits/slices.ts";
import { TotalLimit } from "../../lib/limits/total-limit.ts";
import { Welcome } from "../../lib/conversation/welcome.ts";
import { GrammarCheck } from "./grammar.ts";
import { ScriptedLink } from "./scripted-link.ts";

/** What a client is asked first. */
export const PROMPT = "Enter your name: ";

/** Connections over scripted sockets, all in one room, with no limit to their lines unless given. */
export function stage(given: Partial<Settings> = {}) {
  const settings = resolveOptions({ lineRate: 0, ...given });
  const room = new Room(settings.queueLimitBytes / 4);
  const backpressure = new Backpressure(settings.queueLimitBytes, undefined);
  const addresses = new Addresses(settings);
  const totalLimit = new TotalLimit(settings.totalQueueLimitBytes);
  const shared = { room, slices: new Slices(), backpressure, totalLimit, settings };
  let logged = "";
  const log = new Log((text) => (logged += text), false);
  const emit = log.take;

  const connect = (...accepts: number[]) => connectFrom("127.0.0.1", ...accepts);
  const connectFrom = (host: string, ...accepts: number[]) => {
    const transport = new ScriptedLink(...accepts);
    transport.grammar = new GrammarCheck();
    let [closes, ends] = [0, 0];
    const onEnd = () => void ends++;
    const welcome = new Welcome("", "", () => {});
    const context = { ...shared, emit, welcome, onEnd };
    transport.limitKey = host;
    transport.isExempt = host === "127.0.0.1";
    const connection = new Connection(context, transport, addresses.of(host, transport.isExempt));
    transport.onClose = () => {
      closes++;
      connection.closed(undefined);
    };
    connection.start();
    return {
      transport,
      connection,
      send: (text: string) => connection.received(Buffer.from(text)),
      get closes() {
        return closes;
      },
      get ends() {
        return ends;
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
    join: (name: string, ...accepts: number[]) => joinFrom("127.0.0.1", name, ...accepts),
    joinFrom,
    totalLimit,
    log: () => {
      log.flush();
      return logged;
    },
  };
}

/** Ends the stay of clients, of whom some may have lines that wait to be read. */
export function shutDown(...clients: { readonly connection: Connection }[]): void {
  for (const { connection } of clients) {
    connection.close("server shutdown");
    connection.closed(undefined);
  }
}
