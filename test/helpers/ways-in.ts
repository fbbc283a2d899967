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

/** The path of a file in test/certificates/. */
export function certificate(name: string): string {
  return `${import.meta.dir}/../certificates/${name}`;
}

const folder = mkdtempSync(`${tmpdir()}/natter-ways-in-`);
process.once("exit", () => void Bun.spawnSync(["rm", "-r", folder]));

let made = 0;

/** A path at which nothing is. */
export function unixPath(): string {
  return `${folder}/${made++}`;
}

/** Options for a server that speaks TLS. */
export const TLS = {
  listen: ["tls://127.0.0.1:0"],
  tlsCert: certificate("server.pem"),
  tlsKey: certificate("server.key"),
};

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
    name: "TLS",
    hasResets: true,
    start(options = {}) {
      const server = startChatServer({ ...TLS, ...options });
      return Object.assign(server, { target: { tls: server.port } });
    },
  },
  {
    name: "a unix socket",
    hasResets: false,
    start(options = {}) {
      const unix = unixPath();
      return Object.assign(startChatServer({ listen: [`unix://${unix}`], ...options }), {
        target: { unix },
      });
    },
  },
];
