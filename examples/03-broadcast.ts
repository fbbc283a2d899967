/** Passes on what each client says to all others: `bun run examples/03-broadcast.ts [port]`. */
const LINE_MAX = 65_536; // characters of a line; the rest is cut off

type Client = Bun.Socket<Session>;

/** What the server keeps of one client. */
class Session {
  name = `Client ${++connections}`;
  decoder = new TextDecoder(); // keeps a character that has come only in part
  rest = ""; // the start of a line whose end has not come yet
}

let connections = 0;
const clients = new Set<Client>(); // all who are connected

/** The lines that this chunk completes. */
function takeLines(session: Session, chunk: Buffer): string[] {
  const text = session.rest + session.decoder.decode(chunk, { stream: true });
  const lines = text.split("\n").map((line) => line.slice(0, LINE_MAX));
  session.rest = lines.pop() ?? "";
  return lines;
}

/** Tells everyone except the author, and shows it on the server's terminal. */
function broadcast(text: string, author?: Client): void {
  process.stdout.write(text);
  const line = Buffer.from(text);
  for (const client of clients) if (client !== author) client.write(line);
}

const server = Bun.listen<Session>({
  hostname: "127.0.0.1",
  port: Number(process.argv[2] ?? 8888),
  socket: {
    open(client) {
      client.data = new Session();
      clients.add(client);
      client.write(`You are ${client.data.name}.\n`);
    },
    data(client, chunk) {
      for (const line of takeLines(client.data, chunk)) {
        broadcast(`${client.data.name}: ${line.trim()}\n`, client);
      }
    },
  },
});
console.log(`Listening on 127.0.0.1:${server.port}`);
