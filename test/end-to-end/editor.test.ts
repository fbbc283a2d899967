import { afterEach, beforeEach, describe, test } from "bun:test";
import { startChatServer, type ChatServer } from "../../lib/server.ts";
import { HAS_NC, NC_NOTE } from "../helpers/nc.ts";
import { Screens } from "../helpers/screens.ts";

const LOADED_MS = 60_000;

const HAS_TMUX = Bun.which("tmux") !== null;
/** Only inetutils' telnet is known to agree to all that is offered. */
const HAS_TELNET =
  HAS_TMUX &&
  Bun.which("telnet") !== null &&
  Bun.spawnSync(["telnet", "--version"]).stdout.includes("inetutils");
const TELNET_NOTE = HAS_TELNET ? "" : ": skipped, needs tmux and telnet from inetutils-telnet";

let servers: ChatServer[];
let screens: Screens;
beforeEach(async () => {
  servers = [];
  screens = await Screens.open();
});
afterEach(async () => {
  await screens[Symbol.asyncDispose]();
  await Promise.all(servers.map((server) => server.stop()));
});

function listen(url: string): number {
  const server = startChatServer({ listen: [url], lineRate: 0 });
  servers.push(server);
  return server.port;
}

describe.skipIf(!HAS_TELNET)(`two telnets in tmux${TELNET_NOTE}`, () => {
  const started = [
    "Trying 127.0.0.1...",
    "Connected to 127.0.0.1.",
    "Escape character is '^]'.",
    "Enter your name:",
  ];

  const telnet = (port: number) => `telnet 127.0.0.1 ${port}; echo done; exec cat`;

  test(
    "type across each other, and their windows change",
    async () => {
      const port = listen("telnet://127.0.0.1:0");
      const alice = await screens.run("alice", 80, 14, telnet(port));
      await alice.shows(started);
      await alice.type("Alice\r");
      const bob = await screens.run("bob", 40, 14, telnet(port));
      await bob.shows(started);
      await bob.type("Bob\r");
      await alice.shows(["Enter your name: Alice", "*** Bob has joined the chat ***"], 0);
      await alice.type("I am half way through typ");
      await alice.shows(["I am half way through typ"], 25);
      await bob.type("hello Alice, how are you?\r");
      const hello = "Bob: hello Alice, how are you?";
      await alice.shows(
        ["*** Bob has joined the chat ***", hello, "I am half way through typ"],
        25,
      );
      await bob.shows(["Enter your name: Bob", hello], 0);

      await alice.type("ing this, and it is long enough for two rows");
      const half = "I am half way through typing this, and it is long enough for two rows";
      await alice.shows([hello, half], 69);
      await alice.resize(40, 14);
      const broken = [half.slice(0, 39), half.slice(39)];
      await alice.shows([hello, ...broken], 30);
      await bob.type("more\r");
      await alice.shows([hello, "Bob: more", ...broken], 30);
      await alice.press("Home");
      await alice.type(">");
      const marked = [`>${half.slice(0, 38)}`, half.slice(38)];
      await alice.shows([hello, "Bob: more", ...marked], 1);
      await bob.type("and more\r");
      await alice.shows(["Bob: more", "Bob: and more", ...marked], 1);
      await alice.resize(80, 14);
      await alice.shows(["Bob: more", "Bob: and more", `>${half}`], 1);
      await alice.type("\r");
      await alice.shows(["Bob: and more", `Alice: >${half}`], 0);
      await bob.shows(
        ["Alice: >I am half way through typing thi", "s, and it is long enough for two rows"],
        0,
      );

      await alice.paste("one\ttab\ntwo");
      await alice.shows(["Alice: one      tab", "two"], 3);
      await alice.press("C-c", "C-d");
      await alice.shows(["*** Goodbye.", "Connection closed by foreign host.", "done"]);
      await bob.shows(["*** Alice has left the chat ***"], 0);
    },
    LOADED_MS,
  );
});

describe.skipIf(!HAS_NC || !HAS_TMUX)(`nc in tmux that sends each key${NC_NOTE}`, () => {
  test(
    "has the editor where the listener says so, and /editor ends it",
    async () => {
      const port = listen("tcp://127.0.0.1:0?editor=raw");
      const program = `stty -icanon -echo; nc 127.0.0.1 ${port}; stty sane`;
      const alice = await screens.run("alice", 80, 14, `sh -c '${program}'`);
      await alice.shows(["Enter your name:"], 17);
      await alice.type("Alcie");
      await alice.press("Left", "Left", "C-t", "Enter");
      await alice.type("/bel");
      await alice.press("Tab");
      await alice.shows(["Enter your name: Alice", "/bell"], 6);
      await alice.press("C-w");
      await alice.type("half");
      await alice.press("C-a");
      await alice.type("/editor x");
      await alice.press("C-k", "BSpace", "BSpace", "Enter");
      await alice.shows(["*** The line editor is off. Type /editor to change that."], 0);
      await alice.type("/who\r");
      await alice.shows(["*** 1 person is here:", "***   Alice"], 0);
    },
    LOADED_MS,
  );
});
