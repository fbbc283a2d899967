import { describe, expect, test } from "bun:test";
import { explainRefusal, flawOf, refusalOf } from "../../../lib/cluster/refusal.ts";

const ACL = "check its ACL.";

describe("what Redis refuses", () => {
  test.each([
    ["-WRONGPASS invalid username-password pair or user is disabled.", /the name or the password/],
    ["-NOAUTH Authentication required.", /asks for a password/],
    ["NOPERM this user has no permissions to run the 'info' command", ACL],
    [
      "ERR The user executing the script can't run this command or subcommand script: 0a, on @user_script:5.",
      ACL,
    ],
    ["ERR DB index is out of range", /no database with this number/],
    ["VERSION 1", /servers of another version \(1, not 2\)/],
  ])("is explained: %s", (error, explanation) => {
    expect(refusalOf(error)).toMatch(explanation);
  });

  test.each([
    "LOADING Redis is loading the dataset in memory",
    "STALE",
    "FENCED",
    "OOM command not",
  ])("may work later: %s", (error) => expect(refusalOf(error)).toBeUndefined());

  test("is not known where nobody answers", async () => {
    const silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const url = `redis://127.0.0.1:${silent.port}/0`;
    expect(await explainRefusal(url, 20)).toBeUndefined();
    silent.stop(true);
    expect(await explainRefusal(url, 1_000)).toBeUndefined();
  });
});

describe("what INFO says of a Redis", () => {
  const info = (version: string, memory: string, policy: string) => {
    return `redis_version:${version}\r\nmaxmemory:${memory}\r\nmaxmemory_policy:${policy}\r\n`;
  };

  test.each([
    ["6.0.16", "0", "noeviction", /Redis 6\.0\.16 is too old; use 6\.2 or newer\./],
    ["5.0.14", "0", "noeviction", /too old/],
    ["7.0.15", "1000", "allkeys-lru", /maxmemory-policy allkeys-lru/],
  ])("%s with %s bytes and %s will not do", (version, memory, policy, flaw) => {
    expect(flawOf(info(version, memory, policy))).toMatch(flaw);
  });

  test.each([
    ["6.2.0", "0", "noeviction"],
    ["7.0.15", "1000", "noeviction"],
    ["7.2.4", "0", "allkeys-lru"],
  ])("%s with %s bytes and %s will do", (version, memory, policy) => {
    expect(flawOf(info(version, memory, policy))).toBeUndefined();
  });

  test("a server that does not say its version is refused", () => {
    expect(flawOf("")).toBe("Redis of an unknown version is too old; use 6.2 or newer.");
  });
});
