/**
 * Redis loses everything while 10,000 people are in a room of four servers, and all of them claim their names again.
 * The journals, Redis and the connections to it are real. The people have no sockets: what they are sent is thrown away.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { ClusterJournal } from "../../lib/cluster/cluster-journal.ts";
import { RedisLog } from "../../lib/cluster/redis-log.ts";
import { TurnEnd } from "../../lib/limits/turn-end.ts";
import { NOWHERE, type Member } from "../../lib/room/member.ts";
import { Room } from "../../lib/room/room.ts";
import { HAS_REDIS, Redis, REDIS_NOTE } from "../chaos/redis.ts";

setDefaultTimeout(120_000);

const SERVERS = 4;
const PEOPLE = 10_000;
const LOOK_MS = 5;

/** What one turn may have, as in proposals.ts. */
const TURN_EVENTS_MAX = 1_000;
const TURN_BYTES_MAX = 262_144;

interface Server {
  readonly room: Room;
  readonly journal: ClusterJournal;
}

function start(url: string, node: string, events: string[]): Server {
  const turnEnd = new TurnEnd();
  const room = new Room(262_144, { turnEnd });
  const host = {
    room,
    emit: ({ type }: { readonly type: string }) => void events.push(type),
    turnEnd,
    holdEverybody() {},
  };
  const options = { node, leaseMs: 10_000 };
  const log = new RedisLog({ ...options, url, room: "main" });
  return { room, journal: new ClusterJournal(log, host, { ...options, history: 0 }) };
}

/** How many people each server's room has, and Redis. */
async function counts(servers: readonly Server[], redis: Redis): Promise<number[]> {
  const known = await redis.send<number>("HLEN", "natter:{main}:people");
  // One field holds the generation.
  return [...servers.map(({ room }) => room.members.size), known - 1];
}

async function untilAllAreHere(servers: readonly Server[], redis: Redis): Promise<number> {
  const startMs = performance.now();
  while ((await counts(servers, redis)).some((count) => count !== PEOPLE)) {
    await Bun.sleep(LOOK_MS);
  }
  return performance.now() - startMs;
}

test.skipIf(!HAS_REDIS)(`10,000 people claim their names again${REDIS_NOTE}`, async () => {
  await using redis = await Redis.start();
  const events: string[] = [];
  const names = Array.from({ length: SERVERS }, (_, at) => `server${at}`);
  const servers = names.map((name) => start(redis.url(), name, events));
  const people: Member[] = [];
  let claimed = 0;
  for (let at = 0; at < PEOPLE; at++) {
    const { room, journal } = servers[at % SERVERS] as Server;
    const member = room.newcomer(`127.0.0.1:${at}`, { ...NOWHERE });
    people.push(member);
    journal.propose({ do: "join", member, name: `person${at}` }, (isHere) => {
      if (isHere) claimed++;
    });
  }
  const joinedMs = await untilAllAreHere(servers, redis);
  expect(claimed).toBe(PEOPLE);

  await redis.send("FLUSHALL");
  // In a silent room a server would notice with its next sign of life, two seconds later.
  for (const [at, { journal }] of servers.entries()) {
    journal.propose({ do: "say", member: people[at] as Member, text: "anybody?" });
  }
  const backMs = await untilAllAreHere(servers, redis);
  console.log(
    `10,000 people joined in ${joinedMs.toFixed()} ms, and had their names again in ${backMs.toFixed()} ms`,
  );

  expect(events).not.toContain("failed");
  for (const { room } of servers) {
    const members = Array.from(room.members, ({ name }) => name);
    expect(new Set(members).size).toBe(PEOPLE);
    expect(members).toEqual(Array.from((servers[0] as Server).room.members, ({ name }) => name));
  }
  const entries = await redis.send<[id: string, fields: string[]][]>(
    "XRANGE",
    ...["natter:{main}:log", "-", "+"],
  );
  const turns = entries.map(([, fields]) => fields[fields.indexOf("e") + 1] ?? "");
  const claims = turns.map((turn) => turn.split("\0").length);
  expect(claims.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(PEOPLE);
  expect(Math.max(...claims)).toBeLessThanOrEqual(TURN_EVENTS_MAX);
  expect(Math.max(...turns.map((turn) => Buffer.byteLength(turn)))).toBeLessThan(TURN_BYTES_MAX);
  for (const { journal } of servers) await journal.stop();
});
