/**
 * What is going on in a chat, in numbers that its parts have anyway. They are put together when somebody asks, and
 * so they cost a busy chat nothing.
 */
import type { ChatContext } from "../connection/chat-context.ts";
import type { Connection, Stage } from "../connection/connection.ts";
import type { Traffic } from "../connection/traffic.ts";
import type { BroadcastFigures } from "../room/broadcast.ts";
import type { SharedLogFigures } from "../room/journal.ts";

/** Those of the clients of a chat. */
const STAGES: readonly Stage[] = ["naming", "claiming", "chatting", "leaving"];

export interface Figures {
  /** All connections by listener and stage, also of those who were refused and are still being told so. */
  readonly clients: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** The most clients that are let in. */
  readonly clientsMax: number;
  /** Also those who are connected to other servers of the room. */
  readonly members: number;
  readonly traffic: Readonly<Traffic>;
  readonly broadcast: BroadcastFigures;
  /** What waits for readers whose sockets take no more, and how many readers that are. */
  readonly queues: { readonly bytes: number; readonly size: number };
  readonly holding: number;
  /** How often each command was given. */
  readonly commands: ReadonlyMap<string, number>;
  /** In a cluster. */
  readonly cluster: (SharedLogFigures & { readonly isAway: boolean }) | undefined;
}

/**
 * The figures of now. Each connection is looked at: 10,000 take about half a millisecond.
 *
 * @param listeners the URLs of those that show also where nobody has come by them
 */
export function readFigures(
  context: ChatContext,
  clientsMax: number,
  connections: Iterable<Connection>,
  listeners: readonly string[],
): Figures {
  const { room, journal, commands, traffic, totalLimit, backpressure } = context;
  const clients = new Map(listeners.map((url) => [url, noClients()]));
  let { sentBytes } = traffic;
  for (const connection of connections) {
    const stages = clients.getOrInsertComputed(connection.link.listener, noClients);
    stages.set(connection.stage, (stages.get(connection.stage) ?? 0) + 1);
    sentBytes += connection.link.writtenBytes;
  }
  const { figures, isAway } = journal;
  return {
    clients,
    clientsMax,
    members: room.members.size,
    traffic: { ...traffic, sentBytes },
    broadcast: room.figures,
    queues: { bytes: totalLimit.bytes, size: totalLimit.size },
    holding: backpressure.holding,
    commands: commands.runs,
    cluster: figures && { ...figures, isAway },
  };
}

function noClients(): Map<Stage, number> {
  return new Map(STAGES.map((stage) => [stage, 0]));
}
