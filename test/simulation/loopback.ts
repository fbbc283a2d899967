import type { ChatEvent } from "../../lib/events.ts";
import { startChatServer, type ChatServer } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { turnOver } from "../helpers/clock.ts";
import type { Script } from "./script.ts";
import { SETTINGS } from "./settings.ts";
import { Standing, type Step } from "./step.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** How long to wait until real sockets stand as simulated ones do, in milliseconds. */
const CALM_MS_MAX = 10_000;

/** Takes the steps of a simulation over real sockets; returns what each client received. */
export async function playOnLoopback(script: Script, steps: readonly Step[]): Promise<string[]> {
  const clock = new VirtualClock();
  using _ = clock.install({ hasRealImmediates: true });
  const watch = new ServerWatch();
  const server = startChatServer({ ...SETTINGS[script.settings], port: 0, onEvent: watch.take });
  const clients: ChatClient[] = [];
  try {
    for (const step of steps) await take(step, { clock, clients, server, watch });
    await server.stop();
    return clients.map(({ received }) => received);
  } finally {
    for (const client of clients) client.reset();
    void server.stop();
  }
}

interface Scene {
  readonly clock: VirtualClock;
  readonly clients: ChatClient[];
  readonly server: ChatServer;
  readonly watch: ServerWatch;
}

async function take(step: Step, { clock, clients, server, watch }: Scene): Promise<void> {
  switch (step.do) {
    case "connect":
      clients.push(await ChatClient.connect(server.port, "127.0.0.1", false));
      return;
    case "send":
      clients[step.id]?.send(step.bytes);
      return;
    case "depart":
      if (step.how === "half-close") clients[step.id]?.halfClose();
      else if (step.how === "close") clients[step.id]?.close();
      else clients[step.id]?.reset();
      return;
    case "stop":
      void server.stop();
      return;
    case "calm": {
      clock.nowMs = step.nowMs;
      return await watch.until(step.standings, clients, () => clock.turn());
    }
    default:
      step satisfies never;
  }
}

/** Sees what a server does with each of its clients, in the order of connecting. */
class ServerWatch {
  readonly #standings = new Map<string, Standing>();

  readonly take = (event: ChatEvent): void => {
    if (!("client" in event)) return;
    const standing = this.#standings.get(event.client) ?? new Standing();
    this.#standings.set(event.client, standing);
    standing.take(event);
  };

  /** Resolves when all stand so; until then `turn` is called once a turn of the event loop. */
  async until(
    standings: readonly string[],
    clients: readonly ChatClient[],
    turn: () => void,
  ): Promise<void> {
    const startedMs = Date.now();
    for (;;) {
      turn();
      const seen = [...this.#standings.values()];
      const now = clients.map(({ received }, id) => seen[id]?.describe(received));
      if (now.join() === standings.join()) return;
      if (Date.now() > startedMs + CALM_MS_MAX) {
        throw new Error(
          `real sockets stand at\n${now.join("\n")}\nand not\n${standings.join("\n")}`,
        );
      }
      await turnOver();
    }
  }
}
