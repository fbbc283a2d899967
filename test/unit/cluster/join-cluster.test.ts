import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { joinCluster } from "../../../lib/cluster/join-cluster.ts";
import { TurnEnd } from "../../../lib/limits/turn-end.ts";
import { Room } from "../../../lib/room/room.ts";
import { resolveOptions, type Settings } from "../../../lib/options/settings.ts";

const joinWith = (given: Partial<Settings>) => joinCluster(resolveOptions(given));

describe("joinCluster", () => {
  test("makes no journal where no cluster is named", () => expect(joinWith({})).toBeUndefined());

  test("makes a journal that is not away before it has looked", async () => {
    const make = joinWith({ cluster: "redis://127.0.0.1:1/0" });
    const host = { room: new Room(4096), emit: undefined, turnEnd: new TurnEnd() };
    const journal = make?.({ ...host, holdEverybody() {} });
    expect(journal?.isAway).toBe(false);
    await journal?.stop();
  });

  test.each(["http://host/", "redis:", "host:6379"])("refuses %p", (cluster) => {
    expect(() => joinWith({ cluster })).toThrow("cluster is no URL such as redis://");
  });

  test.each<[given: Partial<Settings>, sentence: string]>([
    [{ cluster: "redis://host/0", clusterFile: "url" }, "are both given; leave one of them out"],
    [{ reusePort: true }, "is given without a cluster"],
  ])("refuses %p", (given, sentence) => {
    expect(() => resolveOptions(given)).toThrow(sentence);
  });

  test("reads the URL from a file, and does not repeat what is wrong there", async () => {
    const folder = mkdtempSync(join(tmpdir(), "natter-cluster-"));
    try {
      const clusterFile = join(folder, "url");
      expect(() => joinWith({ clusterFile })).toThrow(expect.objectContaining({ code: "ENOENT" }));
      await Bun.write(clusterFile, "rediss://user:secret@host/0\n");
      expect(joinWith({ clusterFile })).toBeFunction();
      await Bun.write(clusterFile, "https://user:secret@host/0");
      expect(() => joinWith({ clusterFile })).toThrow(/^the URL in .* is no URL such as/);
      expect(() => joinWith({ clusterFile })).not.toThrow("secret");
      await Bun.write(clusterFile, "");
      expect(() => joinWith({ clusterFile })).toThrow("is no URL");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
