/** A Redis that says what a test wants it to say. */
import type { Socket } from "bun";

export type Reply = string | number | null | Error | readonly Reply[] | Map<string, Reply>;

/** Answers a command: its words, the first one in upper case. `undefined` is no answer at all. */
export type Answer = (words: readonly string[]) => Reply | undefined;

/** What a healthy server says of itself. */
export const HEALTHY = "redis_version:7.0.15\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n";

const HELLO = new Map([["server", "redis"]]);

export class FakeRedis implements AsyncDisposable {
  readonly #listener: Bun.TCPSocketListener<{ rest: string }>;
  /** Every command that came, but those by which a client says hello. */
  readonly commands: string[][] = [];

  constructor(answer: Answer) {
    this.#listener = Bun.listen<{ rest: string }>({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        open: (socket) => void (socket.data = { rest: "" }),
        data: (socket, bytes) => this.#received(socket, bytes.toString("latin1"), answer),
      },
    });
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#listener.port}/0`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.stop(true);
  }

  #received(socket: Socket<{ rest: string }>, text: string, answer: Answer): void {
    socket.data.rest += text;
    for (;;) {
      const read = readCommand(socket.data.rest);
      if (read === undefined) return;
      socket.data.rest = read.rest;
      const words = read.words.map((word) => Buffer.from(word, "latin1").toString());
      if (words[0] !== "HELLO") this.commands.push(words);
      const reply = answer(words);
      if (reply !== undefined) socket.write(encode(reply));
      else if (words[0] === "HELLO") socket.write(encode(HELLO));
    }
  }
}

function readCommand(text: string): { words: string[]; rest: string } | undefined {
  const [head = "", count] = /^\*(\d+)\r\n/.exec(text) ?? [];
  if (count === undefined) return undefined;
  const words: string[] = [];
  let at = head.length;
  for (let word = 0; word < Number(count); word++) {
    const [start = "", length] = /^\$(\d+)\r\n/.exec(text.slice(at)) ?? [];
    const end = at + start.length + Number(length);
    if (length === undefined || text.length < end + 2) return undefined;
    words.push(text.slice(at + start.length, end));
    at = end + 2;
  }
  return { words, rest: text.slice(at) };
}

function encode(reply: Reply): string {
  if (reply === null) return "_\r\n";
  if (typeof reply === "number") return `:${reply}\r\n`;
  if (typeof reply === "string") return `$${Buffer.byteLength(reply)}\r\n${reply}\r\n`;
  if (reply instanceof Error) return `-${reply.message}\r\n`;
  if (reply instanceof Map) return `%${reply.size}\r\n${[...reply].flat().map(encode).join("")}`;
  return `*${reply.length}\r\n${reply.map(encode).join("")}`;
}
