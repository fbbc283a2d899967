/** Writes once a turn to each client: `bun run examples/10-turn.ts [port] [idle seconds]`. */
const LINE_MAX = 65_536; // characters of a line; the rest is cut off
const NAME_MAX = 32; // characters of a name, which stands before every line
const QUEUE_MAX = 1_048_576; // bytes that wait for one client
const CLOSE_MS = 5_000; // for a client to read the rest and close
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
  timer: Timer | undefined; // at first the idle timeout, at last the deadline for closing
}

const members = new Map<string, Client>(); // all who chat, by their names in lower case
const waiting = new Set<Client>(); // clients that are written to when the turn ends

/** The lines that this chunk completes. */
function takeLines(session: Session, chunk: Buffer): string[] {
  const text = session.rest + session.decoder.decode(chunk, { stream: true });
  const lines = text.split("\n").map((line) => line.slice(0, LINE_MAX));
  session.rest = lines.pop() ?? "";
  return lines;
}

/** Queues some text for the end of the turn, or counts it as a skipped line. */
function send(client: Client, text: Buffer, queueMax = QUEUE_MAX): void {
  const session = client.data;
  if (session.queuedBytes + text.length > queueMax) flush(client); // there may be room
  if (session.queuedBytes + text.length > queueMax) return void session.skippedLines++;
  if (session.skippedLines > 0) {
    const notice = `*** Too slow. Lines skipped: ${session.skippedLines} ***\n`;
    text = Buffer.concat([Buffer.from(notice), text]);
    session.skippedLines = 0;
  }
  session.queue.push(text);
  session.queuedBytes += text.length;
  if (waiting.size === 0) setImmediate(() => waiting.forEach((client) => flush(client)));
  waiting.add(client);
}

/** Writes what the socket takes and keeps the rest until `drain`. */
function flush(client: Client): void {
  const session = client.data;
  waiting.delete(client);
  if (session.isBlocked) return;
  const bytes = Buffer.concat(session.queue);
  const accepted = Math.max(0, client.write(bytes)); // -1 if it is closed: no drain will come
  session.isBlocked = accepted < bytes.length;
  session.queue = session.isBlocked ? [bytes.subarray(accepted)] : [];
  session.queuedBytes = bytes.length - accepted;
  if (session.isBlocked) return;
  if (session.skippedLines > 0) send(client, Buffer.from(""));
  else if (session.state.phase === "left") client.shutdown();
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
function leave(client: Client, lastWords = ""): void {
  const { state } = client.data;
  if (state.phase === "left") return;
  client.data.state = { phase: "left" };
  clearTimeout(client.data.timer);
  client.data.timer = setTimeout(() => client.terminate(), CLOSE_MS);
  send(client, Buffer.from(lastWords), Infinity);
  if (state.phase === "naming") return;
  members.delete(state.name.toLowerCase());
  broadcast(`*** ${state.name} has left the chat ***\n`);
}

const server = Bun.listen<Session>({
  hostname: "127.0.0.1",
  port: Number(process.argv[2] ?? 8888),
  allowHalfOpen: true,
  socket: {
    open(client) {
      client.data = new Session();
      client.data.timer = setTimeout(leave, IDLE_MS, client, "Disconnected: idle timeout.\n");
      send(client, Buffer.from(PROMPT));
    },
    data(client, chunk) {
      for (const line of takeLines(client.data, chunk)) receive(client, line);
    },
    drain(client) {
      client.data.isBlocked = false;
      flush(client);
    },
    end(client) {
      if (client.data.rest !== "") receive(client, client.data.rest); // a line without its end
      leave(client);
    },
    close(client) {
      leave(client);
      clearTimeout(client.data.timer);
    },
  },
});
console.log(`Listening on 127.0.0.1:${server.port}`);
