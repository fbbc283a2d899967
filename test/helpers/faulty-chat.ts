/** A chat server with a fault, for the benchmark to find: `bun run test/faulty-chat.ts PORT FAULT`. */
import type { Socket } from "bun";

type Person = Socket<{ rest: string }>;

const [port, fault] = Bun.argv.slice(2);

/** The line that comes out wrong, counted from 1. Damage and forgery concern every line. */
const WRONG = 20;

const people = new Map<Person, string>();
let lines = 0;

/** What comes out in place of the wrong line. */
function wrong(line: string): string {
  switch (fault) {
    case "loss":
      return "";
    case "double":
      return line + line;
    case "noise":
      return `${line}What?\n`;
    default:
      return line;
  }
}

function relay(author: Person, line: string): void {
  const isWrong = line.includes("$") && ++lines === WRONG;
  for (const socket of people.keys()) {
    if ((socket === author) !== (isWrong && fault === "echo")) continue;
    if (fault === "damage") socket.write(line.replace("...", ".,."));
    else if (fault === "forgery") socket.write(line.replace("u0001", "u0002"));
    else socket.write(isWrong ? wrong(line) : line);
  }
}

Bun.listen<{ rest: string }>({
  hostname: "127.0.0.1",
  port: Number(port),
  socket: {
    open(socket) {
      socket.data = { rest: "" };
      socket.write("Enter your name: ");
    },
    data(socket, bytes) {
      const received = (socket.data.rest + bytes.toString()).split("\n");
      socket.data.rest = received.pop() ?? "";
      if (fault === "disorder") received.reverse();
      for (const line of received) {
        if (people.has(socket)) relay(socket, `${people.get(socket)}: ${line}\n`);
        else people.set(socket, line);
      }
    },
    close(socket) {
      people.delete(socket);
    },
    drain() {},
  },
});
