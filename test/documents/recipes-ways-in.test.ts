/** The recipes for other ways in: TLS, unix sockets, proxies, and the sockets of systemd. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { ChatClient } from "../helpers/chat-client.ts";
import type { Target } from "../helpers/client-socket.ts";
import { HAS_NC, NC_NOTE } from "../helpers/nc.ts";
import type { Program } from "../helpers/program.ts";
import { certificate } from "../helpers/ways-in.ts";
import { blocksBelow, find, Folder, needs, type Block } from "./recipes.ts";

let place: Folder;
let tlsPort: number;
let port: number;
beforeEach(() => {
  place = new Folder();
  symlinkSync(process.execPath, `${place.folder}/bun`);
  [port, tlsPort] = [freePort(), freePort()];
});
afterEach(() => place[Symbol.asyncDispose]());

/** Starts what is in a block, in a shell that becomes it where that is one command. */
function run(block: Block): Program {
  return place.run({ ...block, code: block.code.replace(/^bun /, "exec bun ") }, { port, tlsPort });
}

async function serve(block: Block): Promise<Program> {
  const natter = run(block);
  expect(await natter.stdout.line()).toStartWith("Chat server running on ");
  return natter;
}

/** Somebody comes with a program and talks with somebody who is there. */
async function talk(natter: Program, target: Target, program: Program, from: RegExp) {
  using alice = await ChatClient.join(target, "Alice");
  expect(await natter.stdout.line()).toStartWith("Alice (");
  await program.stdout.until(/Enter your name: /);
  program.type("Bob\n");
  await alice.expect("*** Bob has joined the chat ***\n");
  expect(await natter.stdout.line()).toMatch(from);
  program.type("hi\n");
  await alice.expect("Bob: hi\n");
  alice.send("hello\n");
  await program.stdout.until(/Alice: hello\n/);
}

/** A certificate and its key, in one file or in two. */
async function writeCertificate(): Promise<void> {
  const [cert, key] = await Promise.all(
    ["server.pem", "server.key"].map((name) => Bun.file(certificate(name)).text()),
  );
  place.write("cert.pem", cert as string);
  place.write("key.pem", key as string);
  place.write("chat.pem", `${cert}${key}`, 0o644);
}

describe("TLS", () => {
  const [make, start, ncat, openssl, socat] = blocksBelow(
    "Encrypt it with TLS",
    ...(["sh", "sh", "sh", "sh", "sh"] as const),
  );
  const noOpenssl = needs("openssl");

  test.skipIf(noOpenssl !== "")(`has a certificate that natter takes${noOpenssl}`, async () => {
    expect(await run(make).exited).toBe(0);
    const natter = await serve(start);
    using alice = await ChatClient.join({ tls: tlsPort }, "Alice");
    await natter.stdout.expect(`Alice (${alice.address}) has joined\n`);
  });

  for (const [program, block] of Object.entries({ ncat, openssl, socat })) {
    const missing = needs(program);
    test.skipIf(missing !== "")(`is spoken by ${program}${missing}`, async () => {
      await writeCertificate();
      const natter = await serve(start);
      await talk(natter, { tls: tlsPort }, run(block), /^Bob \(127\.0\.0\.1:\d+\) has joined$/);
    });
  }

  const noNcat = needs("ncat");
  test.skipIf(noNcat !== "")(
    `has last words for ncat, whichever side closes first${noNcat}`,
    async () => {
      await writeCertificate();
      const natter = await serve(start);
      const [bob, carol] = [run(ncat), run(ncat)];
      bob.type("Bob\nhi\nlast");
      await natter.stdout.until(/Bob: hi\n/);
      bob.endInput();
      await natter.stdout.until(/Bob: last\nBob .* has left: closed\n/);
      expect(await bob.exited).toBe(0);
      carol.type("Carol\n");
      await natter.stdout.until(/Carol .* has joined/);
      natter.signal("SIGTERM");
      await carol.stdout.until(/\*\*\* The server is shutting down \*\*\*\n/);
      // Until its user does something, ncat does not notice that this was the end.
      carol.endInput();
      expect(await natter.exited).toBe(0);
    },
  );

  test.skipIf(noNcat !== "")(
    `has a new certificate after SIGHUP, in the middle of a conversation${noNcat}`,
    async () => {
      await writeCertificate();
      const natter = await serve(start);
      const bob = run(ncat);
      bob.type("Bob\n");
      await natter.stdout.until(/Bob .* has joined\n/);
      place.write("cert.pem", "nonsense");
      natter.signal("SIGHUP");
      await natter.stdout.until(
        /\*\*\* The certificate stays as it was: cert\.pem has no certificate \*\*\*\n/,
      );
      for (const [file, name] of [
        ["cert.pem", "renewed.pem"],
        ["key.pem", "renewed.key"],
      ] as const) {
        place.write(file, await Bun.file(certificate(name)).text());
      }
      natter.signal("SIGHUP");
      const newcomer = () =>
        place.start(
          ...["ncat", "--ssl", "--ssl-verify", "--ssl-trustfile", certificate("renewed.pem")],
          ...["localhost", String(tlsPort)],
        );
      // Only somebody who is shown the new one gets as far as the prompt.
      for (;;) {
        const program = newcomer();
        await Promise.race([program.stdout.until(/Enter your name: /), program.exited]);
        if (program.stdout.unread !== "") break;
      }
      bob.type("still here\n");
      await natter.stdout.until(/Bob: still here\n/);
    },
  );
});

describe("a unix socket", () => {
  const [start, nc, socat] = blocksBelow(
    "Open it only to users of this machine",
    ...(["sh", "sh", "sh"] as const),
  );
  const notes = { nc: HAS_NC ? "" : NC_NOTE, socat: needs("socat") };
  for (const [program, block] of [
    ["nc", nc],
    ["socat", socat],
  ] as const) {
    test.skipIf(notes[program] !== "")(`is entered by ${program}${notes[program]}`, async () => {
      const natter = await serve(start);
      const unix = `${place.folder}/chat.sock`;
      await talk(natter, { unix }, run(block), /^Bob \(unix:\d+\) has joined$/);
    });
  }
});

describe("a proxy in front", () => {
  const [start, haproxy, stunnel] = blocksBelow(
    "Put HAProxy or stunnel in front",
    ...(["sh", "haproxy", "ini"] as const),
  );

  /** Alice and Bob come through the proxy, and the log has their own addresses. */
  async function meet(natter: Program): Promise<void> {
    const people: ChatClient[] = [];
    for (const name of ["Alice", "Bob"]) {
      const person = await ChatClient.join({ tls: tlsPort }, name);
      await natter.stdout.expect(`${name} (${person.address}) has joined\n`);
      people.push(person);
    }
    people[1]?.send("hi\n");
    await people[0]?.expect("*** Bob has joined the chat ***\nBob: hi\n");
    for (const person of people) person[Symbol.dispose]();
  }

  const noHaproxy = needs("haproxy");
  test.skipIf(noHaproxy !== "")(`may be HAProxy${noHaproxy}`, async () => {
    await writeCertificate();
    const natter = await serve(start);
    const file = place.write("haproxy.cfg", place.fit(haproxy, { port, tlsPort }));
    place.start(find("haproxy") as string, "-db", "-f", file);
    await listening(tlsPort);
    await meet(natter);
  });

  const noStunnel = needs("stunnel");
  test.skipIf(noStunnel !== "")(`may be stunnel${noStunnel}`, async () => {
    await writeCertificate();
    const natter = await serve(start);
    const text = place.fit(stunnel, { port, tlsPort });
    const file = place.write("chat.conf", `foreground = yes\npid =\n${text}`);
    place.start(find("stunnel") as string, file);
    await listening(tlsPort);
    await meet(natter);
  });
});

describe("the sockets of systemd", () => {
  const [unit, activate] = blocksBelow("Let systemd open the port", ...(["ini", "sh"] as const));

  const noVerify = needs("systemd-analyze");
  test.skipIf(noVerify !== "")(`have a unit that systemd accepts${noVerify}`, async () => {
    const path = place.write("natter.socket", place.fit(unit, { port }), 0o644);
    place.write("natter.service", "[Service]\nExecStart=/bin/true\n", 0o644);
    const verify = place.start("systemd-analyze", "verify", path);
    expect([await verify.stderr.rest(), await verify.exited]).toEqual(["", 0]);
  });

  const missing = needs("systemd-socket-activate");
  test.skipIf(missing !== "")(`may be tried without it${missing}`, async () => {
    const program = run(activate);
    await program.stderr.until(/Listening on .* as 3\./);
    using alice = await ChatClient.join(port, "Alice");
    expect(await program.stdout.line()).toBe("Chat server running on fd://3");
    await program.stdout.expect(`Alice (${alice.address}) has joined\n`);
  });
});

/** Resolves when somebody listens there. */
async function listening(at: number): Promise<void> {
  for (;;) {
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port: at,
      socket: { data() {}, drain() {} },
    }).catch(() => undefined);
    if (socket !== undefined) return void socket.end();
  }
}

/** A port that was free a moment ago. */
function freePort(): number {
  using listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  return listener.port;
}
