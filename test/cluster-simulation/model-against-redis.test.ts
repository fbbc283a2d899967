import { describe, expect, test } from "bun:test";
import { REDIS_SERVER, startRedis } from "./redis-server.ts";
import { Sequence } from "./sequence.ts";

const SEQUENCES = 12;
const STEPS = 120;

const TEST_MS_MAX = 60_000;

describe("the model of the log", () => {
  test.skipIf(REDIS_SERVER === null)(
    REDIS_SERVER === null
      ? "is compared with the scripts where there is a redis-server"
      : "does what the scripts do in a real Redis",
    async () => {
      await using redis = await startRedis();
      let refusals = 0;
      for (let seed = 1; seed <= SEQUENCES; seed++) {
        await redis.client.send("FLUSHALL", []);
        const sequence = new Sequence(redis, seed);
        for (let step = 0; step < STEPS; step++) await sequence.step();
        sequence.close();
        refusals += sequence.refusals;
      }
      expect(refusals).toBeGreaterThan(SEQUENCES);
    },
    TEST_MS_MAX,
  );
});
