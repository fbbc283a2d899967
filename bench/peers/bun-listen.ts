/**
 * A chat server on `Bun.listen` as most are written: one write for each line and member. It has no limits. Bytes
 * that a full socket does not take are lost.
 */
interface Person {
  name: string;
  rest: string;
}

const people = new Set<Bun.Socket<Person>>();

function tellOthers(author: Bun.Socket<Person>, line: string): void {
  const bytes = Buffer.from(line);
  for (const socket of people) if (socket !== author) socket.write(bytes);
}

Bun.listen<Person>({
  hostname: "127.0.0.1",
  port: Number(Bun.argv[2]),
  socket: {
    open(socket) {
      socket.data = { name: "", rest: "" };
      socket.write("Enter your name: ");
    },
    data(socket, bytes) {
      const person = socket.data;
      const lines = (person.rest + bytes.toString()).split("\n");
      person.rest = lines.pop() ?? "";
      for (const text of lines) {
        if (person.name !== "") {
          tellOthers(socket, `${person.name}: ${text}\n`);
        } else {
          person.name = text;
          people.add(socket);
          tellOthers(socket, `*** ${text} has joined the chat ***\n`);
        }
      }
    },
    close(socket) {
      if (people.delete(socket))
        tellOthers(socket, `*** ${socket.data.name} has left the chat ***\n`);
    },
    drain() {},
  },
});
