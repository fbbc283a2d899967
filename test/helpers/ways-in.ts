/** The ways into a chat. What holds for one is tested for all of them, from this table. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { startChatServer, type ChatServer, type ChatServerOptions } from "../../lib/server.ts";
import type { Target } from "./client-socket.ts";

export interface WayIn {
  readonly name: string;
  readonly hasResets: boolean;
  start(options?: ChatServerOptions): ChatServer & { readonly target: Target };
}

const folder = mkdtempSync(`${tmpdir()}/natter-ways-in-`);
process.once("exit", () => void Bun.spawnSync(["rm", "-r", folder]));

let made = 0;

export const WAYS_IN: readonly WayIn[] = [
  {
    name: "TCP",
    hasResets: true,
    start(options = {}) {
      const server = startChatServer({ port: 0, ...options });
      return Object.assign(server, { target: server.port });
    },
  },
  {
    name: "a unix socket",
    hasResets: false,
    start(options = {}) {
      const unix = `${folder}/${made++}`;
      return Object.assign(startChatServer({ listen: [`unix://${unix}`], ...options }), {
        target: { unix },
      });
    },
  },
];
