import { afterEach, beforeEach, describe, expect, mock, spyOn, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { isAbandoned, listenAtPath, SocketFile } from "../../../lib/listeners/socket-file.ts";
import { startChatServer, type ChatServerOptions } from "../../../lib/server.ts";
import { ChatClient } from "../../helpers/chat-client.ts";
import { until } from "../../helpers/clock.ts";
import { Program } from "../../helpers/program.ts";

const PROMPT = "Enter your name: ";
const isLinux = process.platform === "linux";
const note = isLinux ? "" : ": skipped, needs Linux";

let folder: string;
let unix: string;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/natter-unix-`);
  unix = `${folder}/chat.sock`;
});
afterEach(() => rmSync(folder, { recursive: true }));

const start = (query = "", options: ChatServerOptions = {}) =>
  startChatServer({ listen: [`unix://${unix}${query}`], ...options });

/** Leaves a socket's file behind, as a server does that is killed. */
async function abandon(): Promise<void> {
  await using program = Program.natter("--listen", `unix://${unix}`);
  expect(await program.stdout.line()).toBe(`Chat server running on unix://${unix}`);
  program.signal("SIGKILL");
  await program.exited;
  expect(existsSync(unix)).toBe(true);
}

describe("a unix socket", () => {
  test("has its mode, and its clients are known by a number", async () => {
    let logged = "";
    const server = start("?mode=620", { log: (text) => (logged += text) });
    expect(statSync(unix).mode & 0o777).toBe(0o620);
    expect([server.port, server.urls]).toEqual([0, [`unix://${unix}`]]);
    using alice = await ChatClient.join({ unix }, "Alice");
    using _bob = await ChatClient.join({ unix }, "Bob");
    await alice.expect("*** Bob has joined the chat ***\n");
    await server.stop();
    expect(logged).toStartWith("Alice (unix:1) has joined\nBob (unix:2) has joined\n");
  });

  test("is made where nobody else may connect before it has its mode", () => {
    const modes: number[] = [];
    chmodSync(folder, 0o755);
    const umask = process.umask(0);
    const stop = listenAtPath(unix, 0o600, (path) => {
      modes.push(statSync(dirname(path)).mode & 0o777);
      return Bun.listen({ unix: path, socket: { data() {} } });
    });
    process.umask(umask);
    modes.push(statSync(unix).mode & 0o777);
    expect(modes).toEqual([0o700, 0o600]);
    expect(readdirSync(folder)).toEqual(["chat.sock"]);
    stop();
  });

  test("counts as this machine, which may be held to the limits for one address", async () => {
    const limits = { maxClientsPerAddress: 1 };
    for (const trustLoopback of [true, false]) {
      await using _ = start("", { ...limits, trustLoopback });
      using first = await ChatClient.connect({ unix });
      await first.expect(PROMPT);
      using second = await ChatClient.connect({ unix });
      const full = "Too many connections from your address; close one and try again.\n";
      if (trustLoopback) await second.expect(PROMPT);
      else await second.expectLast(full);
    }
  });

  test("lets a client go at once that quits, also one that has read nothing, which loses nothing", async () => {
    await using server = start();
    using client = await ChatClient.connect({ unix });
    client.lingers = true;
    await client.expect(PROMPT);
    client.pause();
    client.send("Alice\n/help quit\n/quit\nmore\n");
    await until(() => server.clients === 0);
    client.resume();
    await client.expectLast("*** /quit               leave the chat (or /exit)\n*** Goodbye.\n");
  });

  test("takes its file away at the end, and leaves nothing else", async () => {
    const server = start();
    await server.stop();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("leaves a file alone that is no longer its own", async () => {
    const older = start();
    rmSync(unix);
    await using _ = start();
    await older.stop();
    using alice = await ChatClient.connect({ unix });
    await alice.expect(PROMPT);
  });

  test("does not take a path where a server listens, or another kind of file is", async () => {
    await using _ = start();
    const url = `unix://${unix}`;
    expect(() => start()).toThrow(expect.objectContaining({ code: "EADDRINUSE", url }));
    using alice = await ChatClient.connect({ unix });
    await alice.expect(PROMPT);
    unix = `${folder}/file`;
    writeFileSync(unix, "mine");
    expect(() => start()).toThrow(expect.objectContaining({ code: "ENOTSOCK" }));
    expect(readdirSync(folder).toSorted()).toEqual(["chat.sock", "file"]);
  });

  test("is gone again where it cannot be given its name", () => {
    spyOn(SocketFile.prototype, "publish").mockImplementation(() => {
      throw new Error("odd");
    });
    expect(() => start("?mode=600")).toThrow("odd");
    mock.restore();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("says why it cannot be, and leaves no other listener", async () => {
    const port = await freePort();
    const options = { listen: [`tcp://127.0.0.1:${port}`, `unix://${folder}/none/chat.sock`] };
    expect(() => startChatServer(options)).toThrow(expect.objectContaining({ code: "ENOENT" }));
    await using _ = startChatServer({ port });
  });

  test.skipIf(!isLinux)(`replaces a file that a killed server has left${note}`, async () => {
    await abandon();
    expect(isAbandoned(unix)).toBe(true);
    await using _ = start();
    using alice = await ChatClient.connect({ unix });
    await alice.expect(PROMPT);
    expect(isAbandoned(unix)).toBe(false);
    expect(readdirSync(folder)).toEqual(["chat.sock"]);
  });

  test("is not replaced where nobody can tell whether somebody listens", () => {
    expect(isAbandoned(`${folder}/none`)).toBe(false);
    expect(isAbandoned(unix, "libnosuch.so.1")).toBe(false);
  });
});

async function freePort(): Promise<number> {
  await using server = startChatServer({ port: 0 });
  return server.port;
}
