import { describe, expect, test } from "bun:test";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { importsBelow, nearestFirst } from "./imports.ts";

describe("nearestFirst", () => {
  const imports: Record<string, string[]> = {
    "test/far.test.ts": ["lib/a.ts"],
    "test/near.test.ts": ["lib/b.ts", "lib/a.ts"],
    "test/sub/deque.test.ts": ["test/help.ts"],
    "test/help.ts": ["lib/a.ts"],
    "lib/a.ts": ["lib/b.ts"],
    "lib/b.ts": ["lib/x/deque.ts", "lib/a.ts"],
  };
  const importsOf = (file: string) => imports[file] ?? [];
  const tests = [
    "test/apart.test.ts",
    "test/far.test.ts",
    "test/near.test.ts",
    "test/sub/deque.test.ts",
  ];

  test("begins with the file's own test, wherever both are, and ends with tests that do not import it", () => {
    expect(nearestFirst("lib/x/deque.ts", tests, importsOf)).toEqual([
      "test/sub/deque.test.ts",
      "test/near.test.ts",
      "test/far.test.ts",
      "test/apart.test.ts",
    ]);
  });

  test("keeps the order of names between tests that are equally near", () => {
    expect(nearestFirst("lib/nobody.ts", tests.toReversed(), importsOf)).toEqual(tests);
  });
});

describe("importsBelow", () => {
  test("follows relative imports from the file's folder, but not imports of types and packages", async () => {
    const root = mkdtempSync(`${realpathSync(tmpdir())}/natter-imports-`);
    try {
      await Bun.write(
        `${root}/test/sub/a.test.ts`,
        `import { test } from "bun:test";
        import type { B } from "../b.ts";
        import { c, type D } from "../../lib/c.ts";
        export { e } from "./e.ts";
        test(c, (d: D, b: B) => void import("../f.json"));`,
      );
      const importsOf = importsBelow(root);
      const found = ["lib/c.ts", "test/f.json", "test/sub/e.ts"];
      expect([...importsOf("test/sub/a.test.ts")].toSorted()).toEqual(found);
      expect(importsOf("test/f.json")).toEqual([]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
