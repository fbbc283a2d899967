import { expect, jest, test } from "bun:test";
import { handClock, stopClock, turnOver } from "../helpers/clock.ts";
import { shutDown, stage } from "../helpers/stage.ts";

stopClock({ leavesNoTimer: true });
const pass = handClock();

const FLOODERS = 64;
const LINES = 30;
const DEAR_MS = 5;
const FLOODED = "192.0.2.1";

/** Two people who talk to each other, and how long it takes until one hears the other. */
function pair({ joinFrom }: ReturnType<typeof stage>, host: string, names: [string, string]) {
  const [speaker, listener] = names.map((name) => joinFrom(host, name));
  const delayMs = async (text: string) => {
    const saidAtMs = performance.now();
    speaker!.send(`${text}\n`);
    do await turnOver();
    while (!listener!.transport.sent.endsWith(`${names[0]}: ${text}\n`));
    return performance.now() - saidAtMs;
  };
  return { people: [speaker!, listener!], delayMs };
}

test("slow lines from 64 clients of one address delay others by one slice, and its own people by a few", async () => {
  const given = { lineRate: 0, joinRate: 0, idleTimeoutMs: 0, nameTimeoutMs: 0, stallTimeoutMs: 0 };
  let dearLines = 0;
  const dear = {
    takes: "",
    about: "take long",
    run() {
      dearLines++;
      pass(DEAR_MS);
    },
  };
  const room = stage(given, { commands: { dear } });
  const others = pair(room, "192.0.2.2", ["Ann", "Ben"]);
  const neighbours = pair(room, FLOODED, ["Cid", "Dan"]);
  const flooders = Array.from({ length: FLOODERS }, (_, number) => {
    const flooder = room.joinFrom(FLOODED, `f${number}`);
    return flooder;
  });
  await neighbours.delayMs("before");
  for (const flooder of flooders) flooder.send("/dear\n".repeat(LINES));
  const delays: number[][] = [[], []];
  for (let round = 0; round < 20; round++) {
    delays[0]?.push(await others.delayMs(`o${round}`));
    delays[1]?.push(await neighbours.delayMs(`n${round}`));
  }
  expect(dearLines).toBeLessThan(FLOODERS * LINES);
  expect(Math.max(...(delays[0] as number[]))).toBeLessThanOrEqual(2 * DEAR_MS);
  expect(Math.max(...(delays[1] as number[]))).toBeLessThanOrEqual(4 * DEAR_MS);
  while (dearLines < FLOODERS * LINES) await turnOver();
  shutDown(...flooders, ...others.people, ...neighbours.people);
});

test("the clients of one address share a budget for lines, in turn; this machine has no such budget", async () => {
  const { joinFrom } = stage({ lineBurst: 5, lineRate: 10, joinRate: 0, addressLineBurst: 8 });
  const ear = joinFrom("192.0.2.2", "Ear");
  const people = ["a", "b", "c", "d"].map((name) => joinFrom(FLOODED, name));
  const here = ["x", "y"].map((name) => joinFrom("127.0.0.1", name));
  for (const person of [...people, ...here]) person.send("hi\n".repeat(6));
  const heard = async (names: string) => {
    await turnOver();
    const said = ear.transport.sent.match(/^\w(?=: hi$)/gm) ?? [];
    return said.filter((name) => names.includes(name)).join("");
  };
  // The address may say eight lines, and four were names. On this machine each may say five, and one was a name.
  expect([await heard("abcd"), await heard("xy")]).toEqual(["aaaa", "xxxxyyyy"]);
  jest.advanceTimersByTime(100);
  expect(await heard("abcd")).toBe("aaaabcdb");
  jest.advanceTimersByTime(400);
  expect(await heard("abcd")).toBe("aaaabcdbcdbcdbcdabcdabcd");
  shutDown(ear, ...people, ...here);
});

test("a client that does not read its answers is read from again when it has read them, and holds up nobody", async () => {
  const { join } = stage({ queueLimitBytes: 16_384 });
  const [ann, ben, cid] = [join("Ann", Infinity, 0), join("Ben"), join("Cid")];
  ann.send("/help\n".repeat(100));
  await turnOver();
  const waiting = () => ann.transport.calls.at(-1) === "pause";
  expect(waiting()).toBe(true);
  // An eighth of her queue and one answer more, which leaves room for what others say.
  ben.send(`${"x".repeat(60)}\n`.repeat(40));
  await turnOver();
  expect(cid.transport.sent.match(/Ben: x+\n/g)).toHaveLength(40);
  while (ann.transport.sent.match(/\/help/g)?.length !== 100) {
    ann.transport.script(1_000, 0);
    ann.connection.drained();
    await turnOver();
  }
  ann.transport.script();
  ann.connection.drained();
  await turnOver();
  expect(ann.transport.sent.match(/Ben: x+\n/g)).toHaveLength(40);
  expect(ann.transport.sent).not.toContain("skipped");
  expect(waiting()).toBe(false);
  shutDown(ann, ben, cid);
});

test("a client whose socket is gone does not have to read its answers", async () => {
  const { join } = stage({ queueLimitBytes: 16_384 });
  const [ann, ben] = [join("Ann", Infinity, 0), join("Ben")];
  ann.send(`${"/help\n".repeat(100)}bye\n`);
  ann.connection.closed(new Error("ECONNRESET"));
  while (!ben.transport.sent.includes("left")) await turnOver();
  expect(ben.transport.sent).toEndWith("Ann: bye\n*** Ann has left the chat ***\n");
  ben.connection.closed(undefined);
});

test("a client that sends Telnet's requests and nothing else is idle", async () => {
  for (const [given, name] of [
    [{ idleTimeoutMs: 60_000 }, "Ann\n"],
    [{ nameTimeoutMs: 60_000 }, ""],
  ] as const) {
    const { connect } = stage({ lineBurst: 2, lineRate: 1, ...given });
    const ann = connect();
    ann.send(name);
    for (let second = 0; second < 60; second++) {
      ann.connection.received(
        Uint8Array.from({ length: 3_000 }, (_, at) => [255, 253, 1][at % 3]!),
      );
      jest.advanceTimersByTime(1_000);
      await turnOver();
    }
    expect(ann.transport.sent).toMatch(/Disconnected: (idle timeout|no name given)\.\n$/);
    ann.connection.closed(undefined);
  }
});
