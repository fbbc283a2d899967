/**
 * A chat server on `node:net` as most are written: one write for each line and member. What the
 * system does not take is kept without a limit. Plain JavaScript, for any Node.js.
 */
import { createServer } from "node:net";

const people = new Map();

function tellOthers(author, line) {
  for (const socket of people.keys()) if (socket !== author) socket.write(line);
}

const server = createServer((socket) => {
  let rest = "";
  socket
    .setNoDelay(true)
    .setEncoding("utf8")
    .on("error", () => {});
  socket.write("Enter your name: ");
  socket.on("data", (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const text of lines) {
      const name = people.get(socket);
      if (name !== undefined) {
        tellOthers(socket, `${name}: ${text}\n`);
      } else {
        people.set(socket, text);
        tellOthers(socket, `*** ${text} has joined the chat ***\n`);
      }
    }
  });
  socket.on("close", () => {
    const name = people.get(socket);
    if (people.delete(socket)) tellOthers(socket, `*** ${name} has left the chat ***\n`);
  });
});
server.listen(Number(process.argv[2]), "127.0.0.1", 512);
