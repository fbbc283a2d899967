/** Gives each name once: `bun run examples/07-unique.ts [port] [idle seconds]`. */
const LINE_MAX = 65_536; // characters of a line; the rest is cut off
const NAME_MAX = 32; // characters of a name, which stands before every line
const IDLE_MS = Number(process.argv[3] ?? 300) * 1000;
const PROMPT = "Enter your name: ";

type Client = Bun.Socket<Session>;
type State = { phase: "naming" } | { phase: "chatting"; name: string } | { phase: "left" };

/** What the server keeps of one client. */
class Session {
  state: State = { phase: "naming" };
  decoder = new TextDecoder(); // keeps a character that has come only in part
  rest = ""; // the start of a line whose end has not come yet
  timer: Timer | undefined; // the idle timeout
}

const members = new Map<string, Client>(); // all who chat, by their names in lower case

/** The lines that this chunk completes. */
function takeLines(session: Session, chunk: Buffer): string[] {
  const text = session.rest + session.decoder.decode(chunk, { stream: true });
  const lines = text.split("\n").map((line) => line.slice(0, LINE_MAX));
  session.rest = lines.pop() ?? "";
  return lines;
}

/** Tells everyone in the chat except the author, and shows it on the server's terminal. */
function broadcast(text: string, author?: Client): void {
  process.stdout.write(text);
  const line = Buffer.from(text);
  for (const client of members.values()) if (client !== author) client.write(line);
}

/** A client has sent a line. What it means depends on the phase. */
function receive(client: Client, line: string): void {
  const { state } = client.data;
  if (state.phase === "left") return;
  client.data.timer?.refresh();
  const text = line.trim();
  if (state.phase === "naming") join(client, text.slice(0, NAME_MAX));
  else if (text !== "") broadcast(`${state.name}: ${text}\n`, client);
}

function join(client: Client, name: string): void {
  const key = name.toLowerCase();
  const problem = members.has(key) ? `The name ${name} is taken.\n` : "";
  if (name === "" || problem !== "") {
    client.write(problem + PROMPT);
    return;
  }
  broadcast(`*** ${name} has joined the chat ***\n`);
  members.set(key, client);
  client.data.state = { phase: "chatting", name };
}

/** Ends a client's stay, whatever the cause. Only the first call counts. */
function leave(client: Client): void {
  const { state } = client.data;
  if (state.phase === "left") return;
  client.data.state = { phase: "left" };
  clearTimeout(client.data.timer);
  if (state.phase === "naming") return;
  members.delete(state.name.toLowerCase());
  broadcast(`*** ${state.name} has left the chat ***\n`);
}

/** Says the last words and hangs up. */
function disconnect(client: Client, lastWords: string): void {
  client.write(lastWords);
  client.end(); // runs the close handler, and so `leave`, before it returns
}

const server = Bun.listen<Session>({
  hostname: "127.0.0.1",
  port: Number(process.argv[2] ?? 8888),
  socket: {
    open(client) {
      client.data = new Session();
      client.data.timer = setTimeout(disconnect, IDLE_MS, client, "Disconnected: idle timeout.\n");
      client.write(PROMPT);
    },
    data(client, chunk) {
      for (const line of takeLines(client.data, chunk)) receive(client, line);
    },
    close(client) {
      leave(client);
    },
  },
});
console.log(`Listening on 127.0.0.1:${server.port}`);
