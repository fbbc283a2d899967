import { describe, expect, test } from "bun:test";
import { applyMutation } from "./mutation.ts";
import { MUTATIONS } from "./mutations.ts";

const ROOT = `${import.meta.dir}/../..`;

describe("the list of mutations", () => {
  test.each([...new Set(MUTATIONS.map(({ file }) => file))])(
    "applies to %s: each text is there once, and what comes of it can be run",
    async (file) => {
      const source = await Bun.file(`${ROOT}/${file}`).text();
      const transpiler = new Bun.Transpiler({ loader: "ts" });
      for (const mutation of MUTATIONS.filter((each) => each.file === file)) {
        const mutated = applyMutation(mutation, source);
        expect(mutated).not.toBe(source);
        expect(() => transpiler.transformSync(mutated), mutation.name).not.toThrow();
      }
    },
  );

  test("names each thing that goes wrong once, and a test file that is there", async () => {
    const names = MUTATIONS.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    for (const path of new Set(MUTATIONS.map(({ test }) => test))) {
      expect([path, await Bun.file(`${ROOT}/${path}`).exists()]).toEqual([path, true]);
    }
  });

  test("a text that is not there, or is there twice, is an error", () => {
    const mutation = { name: "lost", file: "lib/x.ts", test: "", from: "one", to: "two" };
    expect(applyMutation(mutation, "a one b")).toBe("a two b");
    expect(() => applyMutation(mutation, "three")).toThrow("occurs 0 times in lib/x.ts");
    expect(() => applyMutation(mutation, "one one")).toThrow("occurs 2 times in lib/x.ts");
  });
});
