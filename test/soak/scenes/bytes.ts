/** Bytes that nobody types, and that people's programs send. */
import { GOODBYES } from "../../../lib/text/messages.ts";
import { HERE, type Play } from "../play.ts";
import { LINE_LIMIT_BYTES } from "../settings.ts";

const KIB = 1_024;

export async function longLines(play: Play): Promise<void> {
  const { random } = play;
  const caller = await play.join();
  const longest = caller.nextRemark(random.between(0, 5_000));
  // Blanks at the end of a line are not relayed, but they count.
  caller.send(`${padded(longest, LINE_LIMIT_BYTES)}${random.pick(["\n", "\r\n"])}`);
  play.count("longest line");
  const excess = random.pick([1, 2, 100, 50_000]);
  await caller.ask(`${padded("too long", LINE_LIMIT_BYTES + excess)}\n`, /^\*\*\* Line too long /);
  play.count("line too long");
  play.say(caller);
  await play.leave(caller);
}

/** A line that goes on and on. It may end at last. */
export async function endlessLine(play: Play): Promise<void> {
  const { random } = play;
  const caller = await play.call();
  const isNamed = random.chance(0.5);
  if (isNamed) await play.enter(caller, play.name());
  const complaint = caller.hears(/^(?:\*\*\* )?Line too long /);
  for (let piece = 0; piece < 16; piece++) {
    caller.send("x".repeat(random.between(1, 64) * KIB));
    await play.sleep(random.between(0, 5));
  }
  await complaint;
  play.count("endless line");
  if (!isNamed || random.chance(0.5)) return caller.reset();
  caller.send("\n");
  play.say(caller);
  await play.leave(caller);
}

export async function noise(play: Play): Promise<void> {
  const { random } = play;
  const caller = await play.join();
  for (let line = random.between(1, 10); line > 0; line--) {
    const bytes = random.bytes(random.between(1, 300)).map(tamed);
    caller.send("noise ");
    caller.send(bytes);
    caller.send("\n");
  }
  play.count("bytes at random");
  await caller.ask("\n/who\n", / here:$/);
  await play.leave(caller);
}

/** No line end; no IAC, which may change all that follows; and no `#`, which begins a remark. */
function tamed(byte: number): number {
  return [0x0a, 0x0d, 0x23, 0xff].includes(byte) ? byte - 1 : byte;
}

const IAC = 255;
const [EC, SE, SB, WILL, DO] = [247, 240, 250, 251, 253];

/** A client that negotiates, edits its lines by itself, and ends them with CR NUL. */
export async function telnet(play: Play): Promise<void> {
  const caller = await play.call();
  caller.transcript.speaksTelnet = true;
  caller.send(Uint8Array.of(IAC, WILL, 31, IAC, DO, 1, IAC, SB, 24, 0, 65, IAC, SE));
  caller.name = play.name();
  caller.send(`Nobdy\b\b${"\x7f".repeat(3)}${caller.name}\r\0`);
  await caller.ask("/who\r\0", / here:$/);
  play.count("joined");
  const [head, ...tail] = caller.nextRemark(40);
  caller.send(`rubbish\x15${head}?`);
  caller.send(Uint8Array.of(IAC, EC, IAC, WILL, 32));
  caller.send(`${tail.join("")}\r\n`);
  await caller.ask("/who\r\n", / here:$/);
  const { answers } = caller.transcript;
  if (answers !== 3) caller.onFault(`${answers} answers to 3 requests`);
  play.count("telnet");
  await play.leave(caller);
}

const KNOCKS = {
  HTTP: { sent: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", answer: GOODBYES["HTTP request"] },
  SSH: { sent: "SSH-2.0-OpenSSH_9.6\r\n", answer: GOODBYES["SSH client"] },
  TLS: { sent: "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", answer: GOODBYES["TLS handshake"] },
} as const;

/** Programs that take this for another server. */
export async function knocks(play: Play): Promise<void> {
  for (const kind of play.random.shuffled(["HTTP", "SSH", "TLS"] as const)) {
    const { sent, answer } = KNOCKS[kind];
    const caller = await play.call(HERE);
    const bytes = Buffer.from(sent, "latin1");
    if (play.random.chance(0.5)) caller.send(bytes);
    else await play.sendCut(caller, sent.replace(/\xfc[^]*/, ""), 3);
    await caller.over;
    if (caller.lastLine !== answer.trimEnd() && answer !== "") {
      caller.onFault(`is told ${JSON.stringify(caller.lastLine)} after an ${kind} request`);
    }
    play.count(kind);
  }
}

function padded(text: string, bytes: number): string {
  return text + " ".repeat(bytes - Buffer.byteLength(text));
}
