/** The recipes for the machine that natter runs on: a service, a firewall, a tunnel. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chownSync, mkdirSync } from "node:fs";
import { parseFlags } from "../../lib/cli/flags.ts";
import { startChatServer } from "../../lib/server.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { blocksBelow, find, Folder, needs } from "./recipes.ts";
import type { Program } from "../helpers/program.ts";

const isRoot = process.getuid?.() === 0;
/** The user that sshd runs as if this is root. As root it would need a folder in /run. */
const NOBODY = 65_534;

let place: Folder;
beforeEach(() => {
  place = new Folder();
});
afterEach(() => place[Symbol.asyncDispose]());

/** Runs a command to its end. */
async function run(...command: string[]): Promise<{ exitCode: number; output: string }> {
  const program = place.start(...command);
  const output = (await program.stdout.rest()) + (await program.stderr.rest());
  return { exitCode: await program.exited, output };
}

describe("the service", () => {
  const [service, config, reloading] = blocksBelow("Run it under systemd", "ini", "toml", "ini");

  /** The last setting of this key, its lines joined. */
  function setting(unit: string, key: string): string {
    const joined = unit.replaceAll(/\s*\\\n\s*/g, " ");
    const last = joined.match(new RegExp(`(?<=^${key}=).*$`, "gm"))?.at(-1);
    if (last === undefined) throw new Error(`the unit has no ${key}`);
    return last;
  }

  /** Runs the command of ExecStart with an empty environment, as systemd does. */
  function startUnit(unit: string): Program {
    return place.start("sh", "-c", `cd / && exec env -i ${setting(unit, "ExecStart")}`);
  }

  test("has nothing but sections and settings, each once, and natter's own flags", () => {
    const lines = service.code.split("\n").filter((line) => line !== "");
    const sections = lines.filter((line) => line.startsWith("["));
    expect(sections).toEqual(["[Unit]", "[Service]", "[Install]"]);
    const keys = lines.filter((line) => !line.startsWith("[")).map((line) => line.split("=")[0]);
    expect(keys.filter((key) => !/^[A-Z][A-Za-z]+$/.test(key ?? ""))).toEqual([]);
    expect(keys).toEqual([...new Set(keys)]);
    for (const { code } of [service, reloading]) {
      const [, flags = ""] = setting(code, "ExecStart").split("index.ts ");
      expect(parseFlags(flags.split(" ")).kind).toBe("serve");
    }
  });

  const noVerify = needs("systemd-analyze");
  test.skipIf(noVerify !== "")(
    `is one that systemd accepts, with and without a configuration${noVerify}`,
    async () => {
      const unit = place.write("natter.service", place.fit(service), 0o644);
      expect(await run("systemd-analyze", "verify", unit)).toEqual({ exitCode: 0, output: "" });
      mkdirSync(`${unit}.d`);
      place.write("natter.service.d/config.conf", place.fit(reloading), 0o644);
      expect(await run("systemd-analyze", "verify", unit)).toEqual({ exitCode: 0, output: "" });
    },
  );

  test("says goodbye and exits with 0 on SIGTERM, and exits with 2 if an option is wrong", async () => {
    const unit = place.fit(service);
    const natter = startUnit(unit);
    using alice = await ChatClient.join(await natter.port(), "Alice");
    await natter.stdout.expect(`Alice (${alice.address}) has joined\n`);
    natter.signal("SIGTERM");
    await alice.expectLast("*** The server is shutting down ***\n");
    expect(await natter.exited).toBe(0);
    const wrong = startUnit(unit.replace("--quiet", "--quite"));
    expect(await wrong.exited).toBe(Number(setting(unit, "RestartPreventExitStatus")));
  });

  test("checks its configuration and reads it again, and the welcome, when it is reloaded", async () => {
    const unit = place.fit(reloading);
    const file = place.write("natter.toml", place.fit(config));
    place.write("natter.txt", "Be kind.\n");
    const natter = startUnit(unit);
    const port = await natter.port();
    place.write("natter.txt", "Be brief.\n");
    place.write("natter.toml", `${place.fit(config)}\nprompt = "Name? "\n`);
    const reloads = Array.from(unit.matchAll(/^ExecReload=(.*)$/gm), ([, command = ""]) =>
      command.replace("$MAINPID", String(natter.pid)),
    );
    const [check = "", signal = ""] = reloads;
    expect(await run("sh", "-c", check)).toMatchObject({ exitCode: 0 });
    expect(await run("sh", "-c", signal)).toEqual({ exitCode: 0, output: "" });
    await natter.stdout.expect("*** Changed: --prompt. ***\n");
    using alice = await ChatClient.connect(port, "127.0.0.1", false);
    await alice.expect("Be brief.\nName? ");
    place.write("natter.toml", "prot = 1\n");
    const output = `natter: ${file}: prot is not an option. Did you mean port?\n`;
    expect(await run("sh", "-c", check)).toEqual({ exitCode: 2, output });
    using operator = await ChatClient.connect({ unix: `${place.folder}/admin.sock` }, "", false);
    await operator.send("drain 0\n").expect("ok\n");
    expect(await natter.exited).toBe(0);
  });

  test("goes on after SIGHUP if there is no welcome file", async () => {
    const natter = startUnit(place.fit(service));
    const port = await natter.port();
    natter.signal("SIGHUP");
    using _alice = await ChatClient.join(port, "Alice");
    natter.signal("SIGTERM");
    expect(await natter.exited).toBe(0);
  });
});

const [nftables, ufw, tunnel] = blocksBelow(
  "Let in your own network, or a tunnel",
  "nft",
  "sh",
  "sh",
);

describe("the firewall", () => {
  const nft = find("nft") ?? "";
  /** Checking needs a right that everybody has in their own user and network namespace. */
  const prefix = [[], ["unshare", "--map-root-user", "--net"]].find(
    (words) => nft !== "" && Bun.spawnSync([...words, nft, "-c", "add table inet natter"]).success,
  );
  const noNft = needs("nft") || (prefix === undefined ? ": skipped, nft may not check here" : "");
  test.skipIf(noNft !== "")(`is one that nft accepts${noNft}`, async () => {
    const rules = place.write("natter.nft", place.fit(nftables, { port: 8888 }));
    expect(await run(...(prefix ?? []), nft, "-c", "-f", rules)).toEqual({
      exitCode: 0,
      output: "",
    });
  });

  const noUfw = needs("ufw") || (isRoot ? "" : ": skipped, ufw is for root");
  test.skipIf(noUfw !== "")(`is one that ufw understands${noUfw}`, async () => {
    const program = place.run(ufw, { port: 8888 });
    expect(await program.stdout.rest()).toContain(
      "allow tcp 8888 0.0.0.0/0 any 192.168.1.0/24 in\n",
    );
    expect(await program.exited).toBe(0);
  });
});

const sshd = find("sshd");

/** Makes chat.example.org this machine. sshd speaks through a pipe. */
async function configureSsh(place: Folder): Promise<void> {
  for (const name of ["host_key", "key"]) {
    const file = `${place.folder}/${name}`;
    await place.start("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file).exited;
  }
  place.write(
    "sshd_config",
    `HostKey ${place.folder}/host_key
AuthorizedKeysFile ${place.folder}/key.pub
StrictModes no
UsePAM yes
PidFile none
`,
    0o644,
  );
  const prefix = isRoot ? `setpriv --reuid=${NOBODY} --clear-groups` : "";
  const read = isRoot ? ["host_key", "key.pub"] : [];
  for (const name of read) chownSync(`${place.folder}/${name}`, NOBODY, NOBODY);
  place.write(
    "ssh_config",
    `Host chat.example.org
${isRoot ? "User nobody" : ""}
ProxyCommand ${prefix} ${sshd} -i -f ${place.folder}/sshd_config
IdentityFile ${place.folder}/key
IdentitiesOnly yes
BatchMode yes
UserKnownHostsFile ${place.folder}/known_hosts
GlobalKnownHostsFile none
StrictHostKeyChecking accept-new
LogLevel DEBUG1
`,
  );
}

/** Why the tunnel's test is skipped, if it is. On some systems sshd lets nobody in here. */
async function whyNoTunnel(): Promise<string> {
  const missing = needs("ssh", "ssh-keygen", "sshd", ...(isRoot ? ["setpriv"] : []));
  if (missing !== "") return missing;
  await using probe = new Folder();
  await configureSsh(probe);
  const ssh = probe.start("ssh", "-F", `${probe.folder}/ssh_config`, "chat.example.org", "true");
  const said = await ssh.stderr.rest();
  return said.includes("Authenticated to") ? "" : ": skipped, sshd lets nobody in";
}

const noTunnel = await whyNoTunnel();

describe("the tunnel", () => {
  test.skipIf(noTunnel !== "")(
    `leads to a server that listens on 127.0.0.1${noTunnel}`,
    async () => {
      await using server = startChatServer({ port: 0, closeTimeoutMs: 100 });
      await configureSsh(place);
      const localPort = freePort();
      const ssh = place.run(tunnel, { port: server.port, localPort });
      await listening(ssh);
      using alice = await ChatClient.join(server.port, "Alice");
      using bob = await ChatClient.join(localPort, "Bob");
      await alice.expect("*** Bob has joined the chat ***\n");
      alice.send("who is there?\n");
      await bob.expect("Alice: who is there?\n");
      await ssh[Symbol.asyncDispose]();
      await alice.expect("*** Bob has left the chat ***\n");
    },
  );

  const noSsh = needs("ssh");
  test.skipIf(noSsh !== "")(`is a command line that ssh understands${noSsh}`, async () => {
    place.write("ssh_config", "");
    const command = place.fit(tunnel, { port: 8888, localPort: 8888 }).replace(" -N ", " -N -G ");
    const { exitCode, output } = await run("sh", "-c", command);
    expect(exitCode).toBe(0);
    expect(output).toContain("localforward 8888 [127.0.0.1]:8888\n");
  });
});

/** Resolves when a tunnel has opened its end. If it does not, the error is what ssh said until then. */
async function listening(ssh: Program): Promise<void> {
  let said = "";
  while (!said.includes("Entering interactive session")) {
    const line = await ssh.stderr.line().catch(() => undefined);
    if (line === undefined) throw new Error(`no tunnel:\n${said}`);
    said += `${line}\n`;
  }
}

/** A port that was free a moment ago. */
function freePort(): number {
  using listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  return listener.port;
}
