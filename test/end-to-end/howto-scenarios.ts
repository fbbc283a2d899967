import { ChatClient } from "../helpers/chat-client.ts";
import type { Target } from "../helpers/client-socket.ts";
import { turnOver } from "../helpers/clock.ts";

/**
 * What the how-to's server says on the wire. Each scenario was run against that server, in Python 3.13, and passed
 * unchanged. howto.test.ts runs the scenarios against natter.
 */
export interface Scenario {
  readonly name: string;
  /** Sends more at once than natter reads by default without slowing the sender down. */
  readonly isBulk?: true;
  /** One side can tell the other that it has been cut off. On a unix socket it looks like any other end. */
  readonly needsReset?: true;
  run(stage: Stage): Promise<void>;
}

export interface Stage {
  readonly target: Target;
  /** Lets this part of the idle timeout pass. */
  pass(part: number): Promise<void>;
}

const connect = (stage: Stage) => ChatClient.connect(stage.target);
const join = (stage: Stage, name: string) => ChatClient.join(stage.target, name);

/** Two people in the chat, with the announcement of the second already read. */
async function aliceAndBob(stage: Stage): Promise<{ alice: ChatClient; bob: ChatClient }> {
  const alice = await join(stage, "Alice");
  const bob = await join(stage, "Bob");
  await alice.expect("*** Bob has joined the chat ***\n");
  return { alice, bob };
}

export const scenarios: readonly Scenario[] = [
  {
    name: "the how-to's own transcript",
    async run(stage) {
      const { alice, bob } = await aliceAndBob(stage);
      bob.send("Hi Alice!\n");
      await alice.expect("Bob: Hi Alice!\n");
      alice.send("Hello Bob!\n");
      await bob.expect("Alice: Hello Bob!\n");
      bob.halfClose();
      await bob.expectLast("");
      await alice.expect("*** Bob has left the chat ***\n");
      alice.halfClose();
      await alice.expectLast("");
    },
  },
  {
    name: "nobody hears itself, and three people see the same order",
    async run(stage) {
      const { alice, bob } = await aliceAndBob(stage);
      const carol = await join(stage, "Carol");
      await alice.expect("*** Carol has joined the chat ***\n");
      await bob.expect("*** Carol has joined the chat ***\n");
      alice.send("one\n");
      await bob.expect("Alice: one\n");
      await carol.expect("Alice: one\n");
      bob.send("two\n");
      await alice.expect("Bob: two\n");
      await carol.expect("Bob: two\n");
      carol.send("three\n");
      await alice.expect("Carol: three\n");
      await bob.expect("Carol: three\n");
      carol.halfClose();
      await carol.expectLast("");
      await alice.expect("*** Carol has left the chat ***\n");
      await bob.expect("*** Carol has left the chat ***\n");
    },
  },
  {
    name: "text is trimmed at both ends and otherwise untouched",
    async run(stage) {
      const { alice, bob } = await aliceAndBob(stage);
      const said = [
        ["  two  spaces\tand a tab  \n", "two  spaces\tand a tab"],
        ["\x1c\x85 Python's white space \xa0\u3000\u2028\x1f\n", "Python's white space"],
        ["CRLF\r\n", "CRLF"],
        ["bare CR at the end\r\r\n", "bare CR at the end"],
        ["*** me: /help\n", "*** me: /help"],
        ["Grüße 👋🏽 שלום 日本語\n", "Grüße 👋🏽 שלום 日本語"],
      ];
      for (const [sent, received] of said) {
        bob.send(sent as string);
        await alice.expect(`Bob: ${received}\n`);
      }
    },
  },
  {
    name: "blank lines are not relayed",
    async run(stage) {
      const { alice, bob } = await aliceAndBob(stage);
      bob.send("\n\r\n   \n\t\nend\n");
      await alice.expect("Bob: end\n");
    },
  },
  {
    name: "a name is trimmed, ends in CRLF, and is in any script",
    async run(stage) {
      const alice = await join(stage, "Alice");
      const other = await connect(stage);
      await other.expect("Enter your name: ");
      other.send("  Zoë-日本 \r\n");
      await alice.expect("*** Zoë-日本 has joined the chat ***\n");
      other.send("hi\r\n");
      await alice.expect("Zoë-日本: hi\n");
    },
  },
  {
    name: "name and messages in one packet",
    async run(stage) {
      const alice = await join(stage, "Alice");
      const bob = await connect(stage);
      bob.send("Bob\nhi\nthere\n");
      await alice.expect("*** Bob has joined the chat ***\nBob: hi\nBob: there\n");
      await bob.expect("Enter your name: ");
    },
  },
  {
    name: "a name and a message, one byte at a time, cut inside UTF-8 characters",
    async run(stage) {
      const alice = await join(stage, "Alice");
      const zoe = await connect(stage);
      await zoe.expect("Enter your name: ");
      for (const byte of Buffer.from("Zoë\r\nGrüße 👋\r\n")) {
        zoe.send(Uint8Array.of(byte));
        await turnOver();
      }
      await alice.expect("*** Zoë has joined the chat ***\nZoë: Grüße 👋\n");
    },
  },
  {
    name: "half-close after name and messages: everything arrives, then the departure",
    async run(stage) {
      const alice = await join(stage, "Alice");
      const bob = await connect(stage);
      bob.send("Bob\nhi\nbye\n").halfClose();
      await alice.expect("*** Bob has joined the chat ***\nBob: hi\nBob: bye\n");
      await alice.expect("*** Bob has left the chat ***\n");
      await bob.expectLast("Enter your name: ");
    },
  },
  {
    name: "a last message without a newline counts when the input ends",
    async run(stage) {
      const { alice, bob } = await aliceAndBob(stage);
      bob.send("first\nlast").halfClose();
      await alice.expect("Bob: first\nBob: last\n*** Bob has left the chat ***\n");
      await bob.expectLast("");
    },
  },
  {
    name: "a last name without a newline counts when the input ends",
    async run(stage) {
      const alice = await join(stage, "Alice");
      const bob = await connect(stage);
      bob.send("Bob").halfClose();
      await alice.expect("*** Bob has joined the chat ***\n*** Bob has left the chat ***\n");
      await bob.expectLast("Enter your name: ");
    },
  },
  {
    name: "who never gives a name leaves no trace",
    async run(stage) {
      const { alice, bob } = await aliceAndBob(stage);
      const silent = await connect(stage);
      await silent.expect("Enter your name: ");
      silent.halfClose();
      await silent.expectLast("");
      const broken = await connect(stage);
      await broken.expect("Enter your name: ");
      broken.reset();
      bob.send("anyone?\n");
      await alice.expect("Bob: anyone?\n");
    },
  },
  {
    name: "a reset is a departure, and a line that it cuts off is not sent",
    needsReset: true,
    async run(stage) {
      const { alice, bob } = await aliceAndBob(stage);
      bob.send("whole\nhal");
      await alice.expect("Bob: whole\n");
      bob.reset();
      await alice.expect("*** Bob has left the chat ***\n");
    },
  },
  {
    name: "a name is free again when its owner has left",
    async run(stage) {
      const { alice, bob } = await aliceAndBob(stage);
      bob.halfClose();
      await alice.expect("*** Bob has left the chat ***\n");
      const again = await join(stage, "Bob");
      await alice.expect("*** Bob has joined the chat ***\n");
      again.send("back\n");
      await alice.expect("Bob: back\n");
    },
  },
  {
    name: "a burst of a thousand lines arrives whole and in order",
    isBulk: true,
    async run(stage) {
      const { alice, bob } = await aliceAndBob(stage);
      const numbers = Array.from({ length: 1000 }, (_, number) => number);
      bob.send(numbers.map((number) => `line ${number}\n`).join(""));
      await alice.expect(numbers.map((number) => `Bob: line ${number}\n`).join(""));
    },
  },
  {
    name: "a line of exactly 64 KiB is relayed",
    async run(stage) {
      const { alice, bob } = await aliceAndBob(stage);
      const text = "x".repeat(65_536);
      bob.send(`${text}\n`);
      await alice.expect(`Bob: ${text}\n`);
    },
  },
  {
    name: "what a client is sent while it leaves still reaches it",
    async run(stage) {
      const { alice, bob } = await aliceAndBob(stage);
      alice.send("one\ntwo\n");
      await bob.expect("Alice: one\n");
      bob.halfClose();
      await bob.expectLast("Alice: two\n");
      await alice.expect("*** Bob has left the chat ***\n");
    },
  },
  {
    name: "idle: a goodbye for the one, a departure for the others",
    async run(stage) {
      const { alice, bob } = await aliceAndBob(stage);
      await stage.pass(0.6);
      bob.send("still here\n");
      await alice.expect("Bob: still here\n");
      await stage.pass(0.6);
      await alice.expectLast("Disconnected: idle timeout.\n");
      await bob.expect("*** Alice has left the chat ***\n");
      await stage.pass(0.6);
      await bob.expectLast("Disconnected: idle timeout.\n");
    },
  },
  {
    name: "idle: a blank line is activity",
    async run(stage) {
      const { alice, bob } = await aliceAndBob(stage);
      await stage.pass(0.6);
      bob.send("\n");
      using carol = await join(stage, "Carol");
      await alice.expect("*** Carol has joined the chat ***\n");
      await bob.expect("*** Carol has joined the chat ***\n");
      await stage.pass(0.6);
      await alice.expectLast("Disconnected: idle timeout.\n");
      await carol.expect("*** Alice has left the chat ***\n");
      await bob.expect("*** Alice has left the chat ***\n");
    },
  },
  {
    name: "idle: a line without its end is not activity and is not sent",
    async run(stage) {
      const { alice, bob } = await aliceAndBob(stage);
      await stage.pass(0.4);
      bob.send("unfinished");
      alice.send("finished\n");
      await bob.expect("Alice: finished\n");
      await stage.pass(0.8);
      await bob.expectLast("Disconnected: idle timeout.\n");
      await alice.expect("*** Bob has left the chat ***\n");
    },
  },
];
