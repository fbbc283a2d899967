/**
 * What the line editor costs: the server's processor time for each delivery in a room in which everybody talks,
 * once with plain clients, once with the editor, and once where everybody has also half a line typed.
 *
 *     bun run bench/editor.ts [--people 200] [--seconds 3] [--runs 3]
 *
 * The people say five lines each, hear all of them, say the next five, and so on. What they hear is counted by its
 * line ends, since an editor's lines are followed by the line that is typed.
 */
import { parseArgs } from "node:util";
import { pinServer } from "./cores.ts";
import { median } from "./median.ts";
import { natter } from "./peers.ts";
import { RunningServer } from "./running-server.ts";
import { cpuNs } from "./usage.ts";

export const KINDS = ["plain", "editor", "editor, half a line typed"] as const;
export type Kind = (typeof KINDS)[number];

export interface Job {
  readonly people: number;
  readonly seconds: number;
}

const LF = 0x0a;
const LINES = 5;
const TEXT = "the quick brown fox jumps over the lazy dog";

/** The editor's end of line, and the first rounds, in which code is compiled. */
const WARM_ROUNDS = 40;

/** Somebody who talks, and counts what it hears. */
class Person {
  heard = 0;
  readonly #socket: Bun.Socket;
  readonly #said: Buffer;

  private constructor(socket: Bun.Socket, said: Buffer) {
    this.#socket = socket;
    this.#said = said;
  }

  static async enter(port: number, name: string, kind: Kind, onHeard: () => void): Promise<Person> {
    const end = kind === "plain" ? "\n" : "\r";
    const typed = kind.endsWith("typed") ? "half a line" : "";
    // A typed line is cleared before the next one is said.
    const said = `${typed === "" ? "" : "\x15"}${`${TEXT}${end}`.repeat(LINES)}${typed}`;
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        data(_, bytes) {
          let lines = 0;
          for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) lines++;
          person.heard += lines;
          onHeard();
        },
      },
    });
    const person = new Person(socket, Buffer.from(said));
    socket.write(`${name}\n${kind === "plain" ? "" : `/editor raw\n`}${typed}`);
    return person;
  }

  talk(): void {
    this.#socket.write(this.#said);
  }

  leave(): void {
    this.#socket.terminate();
  }
}

/** The server's processor time for each delivery, in nanoseconds. */
export async function measureEditor(kind: Kind, { people, seconds }: Job): Promise<number> {
  await using server = await RunningServer.start(
    natter("--line-rate", "0", "--quiet"),
    pinServer(),
  );
  const hears = kind === "plain" ? people - 1 : people;
  let wake = () => {};
  const crowd: Person[] = [];
  for (let at = 0; at < people; at++) {
    crowd.push(await Person.enter(server.port, `person${at}`, kind, () => wake()));
  }
  await Bun.sleep(300);
  const round = async () => {
    for (const person of crowd) person.heard = 0;
    for (const person of crowd) person.talk();
    const isOver = () => crowd.every(({ heard }) => heard >= hears * LINES);
    while (!isOver()) {
      const woken = Promise.withResolvers<void>();
      wake = woken.resolve;
      await woken.promise;
    }
  };
  for (let rounds = 0; rounds < WARM_ROUNDS; rounds++) await round();
  const until = performance.now() + seconds * 1_000;
  const beforeNs = cpuNs(server.pid);
  let rounds = 0;
  for (; rounds === 0 || performance.now() < until; rounds++) await round();
  const usedNs = cpuNs(server.pid) - beforeNs;
  for (const person of crowd) person.leave();
  return usedNs / (rounds * LINES * people * hears);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      people: { type: "string", default: "200" },
      seconds: { type: "string", default: "3" },
      runs: { type: "string", default: "3" },
    },
  });
  const job = { people: Number(values.people), seconds: Number(values.seconds) };
  const figures = new Map<Kind, number[]>(KINDS.map((kind) => [kind, []]));
  for (let run = 0; run < Number(values.runs); run++) {
    for (const kind of KINDS) figures.get(kind)?.push(await measureEditor(kind, job));
  }
  const plainNs = median(figures.get("plain") ?? []);
  for (const [kind, each] of figures) {
    const ns = median(each);
    const all = each.map((one) => one.toFixed(0)).join(", ");
    console.log(
      `${kind.padEnd(26)}${ns.toFixed(0).padStart(5)} ns a delivery, ${(ns / plainNs).toFixed(2)} times plain (${all})`,
    );
  }
}
