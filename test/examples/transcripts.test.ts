/**
 * Plays the transcripts of docs/howto.md, with the examples as processes. If there is an `nc`, a shell runs every
 * command as it stands there, with another port. If not, a client of ours plays only what a plain `nc` does.
 */
import { describe, expect, test } from "bun:test";
import { ChatClient } from "../helpers/chat-client.ts";
import { HAS_NC, NC_NOTE } from "../helpers/nc.ts";
import { Program } from "../helpers/program.ts";
import { scenes, type Event, type Scene } from "./howto-document.ts";

const PLAIN_NC = "nc 127.0.0.1 8888";
const PROMPT = "Enter your name:";

/** The person at a terminal. */
interface Actor {
  type(text: string): void;
  expect(text: string): Promise<void>;
  interrupt(): void;
  leave(): unknown;
}

type Connect = (command: string, port: number) => Promise<Actor>;

async function withShell(command: string, port: number): Promise<Actor> {
  const program = new Program("sh", "-c", command.replace("8888", String(port)));
  return {
    type: (text) => program.type(text),
    expect: (text) => program.stdout.expect(text),
    // Ctrl-C goes to every process of the terminal.
    interrupt: () => void process.kill(-program.pid, "SIGINT"),
    leave: () => program[Symbol.asyncDispose](),
  };
}

async function withClient(_: string, port: number): Promise<Actor> {
  const client = await ChatClient.connect(port, "127.0.0.1", false);
  return {
    type: (text) => void client.send(text),
    expect: (text) => client.expect(text),
    interrupt: () => client.close(),
    leave: () => client[Symbol.dispose](),
  };
}

async function play({ events }: Scene, connect: Connect): Promise<void> {
  const [start, listening, ...rest] = events;
  expect(listening?.text).toBe("Listening on 127.0.0.1:8888");
  const command = (start as Event).text.replace(/ 8888|$/, " 0").split(" ");
  await using server = new Program(process.execPath, ...command.slice(1));
  const [, port] = /^Listening on 127\.0\.0\.1:(\d+)$/.exec(await server.stdout.line()) ?? [];
  const actors = new Map<string, Actor>();
  try {
    for (const { terminal, sign, text } of rest) {
      const actor = actors.get(terminal);
      if (sign === "$") {
        await actor?.leave();
        actors.set(terminal, await connect(text, Number(port)));
      } else if (sign === ">") {
        actor?.type(`${text}\n`);
      } else if (sign === "^C") {
        actor?.interrupt();
      } else {
        const shown = text === PROMPT ? `${text} ` : `${text}\n`;
        await (terminal === "server" ? server.stdout.expect(shown) : actor?.expect(shown));
      }
    }
  } finally {
    for (const actor of actors.values()) await actor.leave();
  }
}

const isPlain = ({ events }: Scene) =>
  events.slice(1).every(({ sign, text }) => sign !== "$" || text === PLAIN_NC);

describe.skipIf(!HAS_NC)(`the transcripts of docs/howto.md, with nc${NC_NOTE}`, () => {
  for (const scene of scenes()) test.concurrent(scene.title, () => play(scene, withShell));
});

describe("the transcripts of docs/howto.md, as far as they need only a connection", () => {
  for (const scene of scenes().filter(isPlain)) {
    test.concurrent(scene.title, () => play(scene, withClient));
  }
});
