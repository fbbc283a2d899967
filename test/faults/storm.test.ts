import { expect, test } from "bun:test";
import { residentMiB } from "../../bench/usage.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { turnOver } from "../helpers/clock.ts";
import { Program } from "../helpers/program.ts";
import { descriptors, HAS_PROC, PROC_NOTE } from "../helpers/proc.ts";

const WARM_UP = 1_000;
const CONNECTS = 4_000;
const IN_FLIGHT_MAX = 100;
const GROWTH_MIB_MAX = 32;
const TEST_MS_MAX = 30_000;
const PROMPT = "Enter your name: ";

/** Each brings a client that has just connected to its end. */
const ENDS: readonly ((client: ChatClient, name: string) => Promise<unknown>)[] = [
  (client, name) => {
    client.send(`${name}\nhi\n`).halfClose();
    return client.rest();
  },
  (client, name) => client.send(`${name}\nhi\n/quit\n`).rest(),
  (client) => {
    client.halfClose();
    return client.expectLast(PROMPT);
  },
  async (client, name) => {
    await client.expect(PROMPT);
    client.send(`${name}\nhi\nhalf a li`).reset();
  },
  async (client) => client.reset(),
];

test.skipIf(!HAS_PROC)(
  `after a storm of ${CONNECTS} connects, ${IN_FLIGHT_MAX} at a time, no descriptor, no client and less than ${GROWTH_MIB_MAX} MiB are left${PROC_NOTE}`,
  async () => {
    await using natter = Program.natter("--port", "0", "--quiet");
    const port = await natter.port();
    const watcher = await ChatClient.join(port, "Watcher");
    await natter.stdout.line();
    const descriptorsBefore = descriptors(natter.pid);

    let next = 0;
    async function connectUpTo(most: number): Promise<void> {
      const work = async () => {
        while (next < most) {
          const number = next++;
          await ENDS[number % ENDS.length]?.(await ChatClient.connect(port), `n${number}`);
        }
      };
      await Promise.all(Array.from({ length: IN_FLIGHT_MAX }, work));
      while (descriptors(natter.pid) > descriptorsBefore) await turnOver();
    }
    await connectUpTo(WARM_UP);
    const residentBefore = residentMiB(natter.pid);
    await connectUpTo(CONNECTS);
    expect(descriptors(natter.pid)).toBe(descriptorsBefore);
    expect(residentMiB(natter.pid) - residentBefore).toBeLessThan(GROWTH_MIB_MAX);

    natter.signal("SIGTERM");
    const heard = await watcher.rest();
    const log = (await natter.stdout.rest()).replace(/^Watcher .*\n/gm, "");
    const names = (text: string, what: RegExp) => text.match(what)?.toSorted() ?? [];
    const joined = names(heard, /n\d+(?= has joined the chat)/g);
    expect(joined.length).toBeGreaterThanOrEqual((CONNECTS / ENDS.length) * 2);
    expect(new Set(joined).size).toBe(joined.length);
    expect(names(heard, /n\d+(?= has left the chat)/g)).toEqual(joined);
    expect(names(log, /n\d+(?= .* has joined)/g)).toEqual(joined);
    expect(names(log, /n\d+(?= .* has left)/g)).toEqual(joined);
    expect(await natter.stderr.rest()).toBe("");
  },
  TEST_MS_MAX,
);
