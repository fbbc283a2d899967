import { describe, expect, test } from "bun:test";
import { RedisLog } from "../../../lib/cluster/redis-log.ts";
import { LOG_VERSION } from "../../../lib/cluster/scripts.ts";
import { UnusableLog } from "../../../lib/cluster/shared-log.ts";
import { FakeRedis, HEALTHY, type Answer, type Reply } from "../../helpers/fake-redis.ts";

const START = { generation: 0, counter: 0 };

/** Answers what a session asks for at first, and leaves the rest to `answer`. */
function healthy(answer: (script: string, words: readonly string[]) => Reply | undefined): Answer {
  const scripts: string[] = [];
  return ([command = "", ...words]) => {
    if (command === "HELLO") return undefined;
    if (command === "INFO") return HEALTHY;
    if (command === "SCRIPT") return `hash${scripts.push(words[1] ?? "") - 1}`;
    if (command !== "EVALSHA") return answer(command, words);
    // The hash, how many keys there are, the keys.
    return answer(scripts[Number(words[0]?.slice(4))] ?? "", words.slice(2 + Number(words[1])));
  };
}

function logAt({ url }: { url: string }, node = "me"): RedisLog {
  return new RedisLog({ url, room: "main", node, leaseMs: 2_000 });
}

describe("RedisLog", () => {
  test("names the room in every key, and gives a script what it needs", async () => {
    await using redis = new FakeRedis(healthy(() => ["5", "7", "1000"]));
    const session = await logAt(redis).connect();
    const tip = await session.enter(3, { generation: 4, counter: 2 }, ["other"]);
    expect(tip).toEqual({ position: { generation: 5, counter: 7 }, nowMs: 1000 });
    const [, , count, ...rest] = redis.commands.at(-1) ?? [];
    expect(rest.slice(0, Number(count)).every((key) => key.startsWith("natter:{main}:"))).toBe(
      true,
    );
    expect(rest.slice(Number(count))).toEqual(["me", "3", "2000", "4", "2", "other"]);
    session.close();
  });

  test("sends a turn with its letters and its groups, and what is unread", async () => {
    await using redis = new FakeRedis(healthy(() => ["8", "1000"]));
    const session = await logAt(redis).connect();
    const letters = new Map([["other", "a:1\nb:2\nhi"]]);
    const turn = { number: 9, groups: ["s\n1\nBob\nhi"], authors: ["1", "2"], letters };
    const known = { generation: 5, counter: 3 };
    const tip = await session.append(5, known, turn, { generation: 5, counter: 4 });
    expect(tip.position).toEqual({ generation: 5, counter: 8 });
    const args = redis.commands.at(-1)?.slice(3 + 7);
    expect(args).toEqual(
      ["me", "", "5", "2000", "9", "5-4", "1\n2", "3", "1"].concat(
        [...letters].flat(),
        turn.groups,
      ),
    );
    session.close();
  });

  test("reads entries, and the letters of those that say that there are some", async () => {
    const first = [
      "v",
      LOG_VERSION,
      "a",
      "9",
      "n",
      "other",
      "t",
      "1",
      "w",
      "me",
      "e",
      "s\n1\nBob\nhi",
    ];
    const second = ["v", LOG_VERSION, "a", "9", "n", "other", "t", "2", "w", "x", "e", ""];
    const log: Reply = [
      ["5-1", first],
      ["5-2", second],
    ];
    const entries = new Map([["natter:{main}:log", log]]);
    await using redis = new FakeRedis(
      healthy((command) => {
        if (command === "XREAD") return entries;
        return [["5-1", ["v", LOG_VERSION, "e", "other:1\nme:1\npsst"]]];
      }),
    );
    const session = await logAt(redis).connect();
    const batch = await session.read(START, 0);
    expect(batch.entries.map(({ kind }) => kind)).toEqual(["turn", "turn"]);
    expect([...batch.letters]).toEqual([["5-1", [{ from: "other:1", to: "me:1", text: "psst" }]]]);
    expect(redis.commands.at(-1)).toEqual(["XRANGE", "natter:{main}:inbox:me", "5-1", "5-1"]);
    session.close();
  });

  test("reads people without what no name may be, and reads back", async () => {
    const people = ["", "5", "a:1", "bob\n2\nBob", "a:2", "x\n1\n*** x", "b:1", "eve\n1\nEve"];
    await using redis = new FakeRedis(
      healthy((command) => {
        if (command === "XREVRANGE") return [["5-2", ["v", LOG_VERSION, "d", "gone", "a", "3"]]];
        return ["5", "2", "1000", "4-9", people, ["b:1", "700"]];
      }),
    );
    const session = await logAt(redis).connect();
    expect(await session.snapshot()).toEqual({
      position: { generation: 5, counter: 2 },
      from: { generation: 4, counter: 9 },
      nowMs: 1000,
      people: [
        { id: "a:1", name: "Bob", order: 2, spokeAtMs: 0 },
        { id: "b:1", name: "Eve", order: 1, spokeAtMs: 700 },
      ],
    });
    const [entry] = await session.readBack({ generation: 5, counter: 2 }, 10);
    expect(entry).toMatchObject({ kind: "departed", node: "gone", atMs: 3 });
    await session.leave();
    session.close();
  });

  test("does not answer for ever where Redis says nothing more and closes", async () => {
    await using redis = new FakeRedis(healthy(() => undefined));
    const session = await logAt(redis).connect();
    const asked = session.enter(1, START, []);
    session.close();
    await expect(asked).rejects.toThrow();
  });

  test.each([
    ["WRONGPASS invalid username-password pair", "refuses the name or the password"],
    ["NOAUTH Authentication required.", "asks for a password"],
  ])("tells of a connection that is refused with %p", async (error, sentence) => {
    await using redis = new FakeRedis(() => new Error(error));
    const asked = logAt(redis).connect();
    const failure = await asked.catch((failed: unknown) => failed);
    expect(failure).toBeInstanceOf(UnusableLog);
    expect(String(failure)).toContain(sentence);
  });

  test("finds out why it is refused with the name and the password of its URL", async () => {
    await using redis = new FakeRedis(() => new Error("WRONGPASS invalid"));
    const url = redis.url.replace("//", "//ann:se%20cret@");
    await expect(logAt({ url }).connect()).rejects.toThrow("refuses the name or the password");
    expect(redis.commands).toContainEqual(["AUTH", "ann", "se cret"]);
  });

  test.each([
    ["redis_version:5.0.1\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction", "5.0.1 is too old"],
    ["maxmemory:0", "of an unknown version is too old"],
    ["redis_version:7.2.4\r\nmaxmemory:100\r\nmaxmemory_policy:allkeys-lru", "allkeys-lru"],
  ])("refuses a server that says %p of itself", async (info, sentence) => {
    await using redis = new FakeRedis(([command]) => (command === "INFO" ? info : undefined));
    await expect(logAt(redis).connect()).rejects.toThrow(sentence);
  });

  test.each([
    ["NOPERM this user has no permissions to run 'evalsha'", "let this user do what is needed"],
    ["VERSION 9", `servers of another version (9, not ${LOG_VERSION})`],
  ])("refuses to take part after %p", async (error, sentence) => {
    await using redis = new FakeRedis(healthy(() => new Error(error)));
    const session = await logAt(redis).connect();
    await expect(session.enter(1, START, [])).rejects.toThrow(sentence);
    session.close();
  });

  test("says why it may read no longer", async () => {
    const error = new Error("NOPERM this user has no permissions to run the 'xread' command");
    await using redis = new FakeRedis(healthy(() => error));
    const session = await logAt(redis).connect();
    const failure = await session.read(START, 0).catch((failed: unknown) => failed);
    expect(failure).toBeInstanceOf(UnusableLog);
    session.close();
  });

  test("does not give up where nobody listens", async () => {
    const redis = new FakeRedis(() => undefined);
    await redis[Symbol.asyncDispose]();
    const asked = logAt(redis).connect();
    await expect(asked).rejects.not.toBeInstanceOf(UnusableLog);
  });
});

test("tells of a server that does not speak TLS", async () => {
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data: (socket) => void socket.end("-ERR unbalanced quotes in request\r\n") },
  });
  const log = logAt({ url: `rediss://127.0.0.1:${listener.port}/0` });
  await expect(log.connect()).rejects.toThrow("TLS with Redis fails");
  listener.stop(true);
});
