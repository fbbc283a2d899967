import { Addresses } from "../lib/addresses.ts";
import { Backpressure } from "../lib/backpressure.ts";
import { Connection } from "../lib/connection.ts";
import { Log } from "../lib/log.ts";
import { PeerReads } from "../lib/peer-reads.ts";
import { Room } from "../lib/room.ts";
import { resolveOptions, type Settings } from "../lib/settings.ts";
import { Slices } from "../lib/slices.ts";
import { TotalLimit } from "../lib/total-limit.ts";
import { Welcome } from "../lib/welcome.ts";
import { GrammarCheck } from "./grammar.ts";
import { ScriptedTransport } from "./scripted-transport.ts";

/** Connections over scripted sockets, all in one room, with no limit to their lines unless given. */
export function stage(given: Partial<Settings> = {}) {
  const settings = resolveOptions({ lineRate: 0, ...given });
  const room = new Room(settings.queueLimitBytes / 4);
  const backpressure = new Backpressure(settings.queueLimitBytes);
  const addresses = new Addresses(settings);
  const totalLimit = new TotalLimit(settings.totalQueueLimitBytes);
  const peerReads = new PeerReads();
  const shared = { room, slices: new Slices(), backpressure, totalLimit, peerReads, settings };
  let logged = "";
  const log = new Log((text) => (logged += text), false);

  const connect = (...accepts: number[]) => connectFrom("127.0.0.1", ...accepts);
  const connectFrom = (host: string, ...accepts: number[]) => {
    const transport = new ScriptedTransport(...accepts);
    transport.grammar = new GrammarCheck();
    let [closes, ends] = [0, 0];
    const onEnd = () => void ends++;
    const welcome = new Welcome("", "", () => {});
    const surroundings = { ...shared, log, welcome, onEnd };
    const address = addresses.of(host);
    const connection = new Connection(surroundings, { transport, label: "test", address });
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
  return {
    connect,
    connectFrom,
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
