/** Waits for slow readers, up to a limit: `bun run examples/08-queue.ts [port] [idle seconds]`. */
const LINE_MAX = 65_536; // characters of a line; the rest is cut off
const NAME_MAX = 32; // characters of a name, which stands before every line
const QUEUE_MAX = 1_048_576; // bytes that wait for one client
const IDLE_MS = Number(process.argv[3] ?? 300) * 1000;
const PROMPT = "Enter your name: ";

type Client = Bun.Socket<Session>;
type State = { phase: "naming" } | { phase: "chatting"; name: string } | { phase: "left" };

/** What the server keeps of one client. */
class Session {
  state: State = { phase: "naming" };
  decoder = new TextDecoder(); // keeps a character that has come only in part
  rest = ""; // the start of a line whose end has not come yet
  queue: Buffer[] = []; // what has yet to be sent
  queuedBytes = 0;
  isBlocked = false; // the socket is full until it drains
  skippedLines = 0; // lines that found no room in the queue
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

/** Queues some text, or counts it as a skipped line, and writes what the socket takes. */
function send(client: Client, text: Buffer): void {
  const session = client.data;
  if (session.queuedBytes + text.length > QUEUE_MAX) return void session.skippedLines++;
  if (session.skippedLines > 0) {
    const notice = `*** Too slow. Lines skipped: ${session.skippedLines} ***\n`;
    text = Buffer.concat([Buffer.from(notice), text]);
    session.skippedLines = 0;
  }
  session.queue.push(text);
  session.queuedBytes += text.length;
  flush(client);
}

/** Writes what the socket takes and keeps the rest until `drain`. */
function flush(client: Client): void {
  const session = client.data;
  if (session.isBlocked) return;
  const bytes = Buffer.concat(session.queue);
  const accepted = Math.max(0, client.write(bytes)); // -1 if it is closed: no drain will come
  session.isBlocked = accepted < bytes.length;
  session.queue = session.isBlocked ? [bytes.subarray(accepted)] : [];
  session.queuedBytes = bytes.length - accepted;
  if (session.isBlocked) return;
  if (session.skippedLines > 0) send(client, Buffer.from(""));
}

/** Tells everyone in the chat except the author, and shows it on the server's terminal. */
function broadcast(text: string, author?: Client): void {
  process.stdout.write(text);
  const line = Buffer.from(text);
  for (const client of members.values()) if (client !== author) send(client, line);
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
  if (name === "" || problem !== "") return send(client, Buffer.from(problem + PROMPT));
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
  send(client, Buffer.from(lastWords));
  client.end(); // runs the close handler, and so `leave`, before it returns
}

const server = Bun.listen<Session>({
  hostname: "127.0.0.1",
  port: Number(process.argv[2] ?? 8888),
  socket: {
    open(client) {
      client.data = new Session();
      client.data.timer = setTimeout(disconnect, IDLE_MS, client, "Disconnected: idle timeout.\n");
      send(client, Buffer.from(PROMPT));
    },
    data(client, chunk) {
      for (const line of takeLines(client.data, chunk)) receive(client, line);
    },
    drain(client) {
      client.data.isBlocked = false;
      flush(client);
    },
    close(client) {
      leave(client);
    },
  },
});
console.log(`Listening on 127.0.0.1:${server.port}`);
