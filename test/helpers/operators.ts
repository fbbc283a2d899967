import { expect, jest } from "bun:test";
import { AdminSocket } from "../../lib/admin/admin-socket.ts";
import { Chat } from "../../lib/chat.ts";
import type { ChatEvent } from "../../lib/events.ts";
import type { LogSink } from "../../lib/operator/log.ts";
import { resolveOptions } from "../../lib/options/settings.ts";
import { startChatServer, type ChatServerOptions } from "../../lib/server.ts";
import { ChatClient } from "./chat-client.ts";
import { turnOver, until } from "./clock.ts";
import { unixPath } from "./ways-in.ts";

const nothing = (): never => {
  throw new Error("not to be asked for");
};

/** Somebody who is silent is prompted. */
export async function prompted(operator: ChatClient): Promise<void> {
  await turnOver();
  jest.advanceTimersByTime(249);
  await turnOver();
  expect(operator.unread).toBe("");
  jest.advanceTimersByTime(1);
  await operator.expect("natter> ");
}

/** A server with an admin socket, and what connects to that. */
export function openAdminSocket(options: ChatServerOptions = {}, isLogged = true) {
  const unix = unixPath();
  let log = "";
  const server = startChatServer({
    port: 0,
    adminSocket: unix,
    ...(isLogged ? { log: (text: string) => void (log += text) } : {}),
    ...options,
  });
  /** A script: it sends at once. */
  const script = async (text: string) => {
    const client = await ChatClient.connect({ unix }, undefined, false);
    return client.send(text);
  };
  /** Somebody in the chat. */
  const join = async (name: string) => {
    const before = server.members.length;
    const client = await ChatClient.join(server.port, name);
    await until(() => server.members.length > before);
    return client;
  };
  return {
    server,
    unix,
    join,
    script,
    /** All that a script is told whose input ends. */
    async run(text: string): Promise<string> {
      const client = await script(text);
      client.halfClose();
      return await client.rest();
    },
    /** Somebody who waits for the prompt. */
    async person() {
      const timers = jest.getTimerCount();
      const client = await script("");
      await until(() => jest.getTimerCount() > timers);
      await prompted(client);
      return client;
    },
    log: () => log,
  };
}

/** An operator with a chat, but without a server. */
export async function openWithChat() {
  let failed = 0;
  const onEvent = ({ type }: ChatEvent) => void (type === "failed" && failed++);
  const chat = new Chat(resolveOptions({}), { onEvent });
  const followers = new Set<LogSink>();
  const log = {
    follow(sink: LogSink) {
      followers.add(sink);
      return () => void followers.delete(sink);
    },
  };
  const server = { announce() {}, kick: () => true, reload: nothing, drain() {} };
  const unix = unixPath();
  const operated = {
    server,
    chat: { context: chat.context, people: [], isAway: false, log, operations: chat.operations },
    readSources: nothing,
  };
  const adminSocket = new AdminSocket(unix, chat.context, operated);
  const client = await ChatClient.connect({ unix }, undefined, false);
  return { chat, operated, adminSocket, client, followers, failed: () => failed };
}
