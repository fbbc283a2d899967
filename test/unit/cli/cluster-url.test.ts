import { expect, test } from "bun:test";
import { clusterFromEnvironment, withoutPassword } from "../../../lib/cli/cluster-url.ts";
import { configure } from "../../../lib/cli/configuration.ts";

const NATTER_CLUSTER = "redis://:secret@host/0";

test("the URL of the cluster comes from the environment where no flag has one", () => {
  const configuration = configure({ options: { port: 1 } }, { NATTER_CLUSTER });
  expect(configuration).toMatchObject({ options: { port: 1, cluster: NATTER_CLUSTER } });
  expect(clusterFromEnvironment({})).toEqual({});
});

test.each([{ cluster: "redis://host/0" }, { clusterFile: "url" }])(
  "%p is not changed by the environment",
  (options) => {
    const configuration = configure({ options }, { NATTER_CLUSTER });
    expect((configuration as { options: object }).options).toEqual(options);
  },
);

test("a password in a flag is refused, and not repeated", () => {
  const complaint = configure({ options: { cluster: NATTER_CLUSTER } }, {});
  expect(complaint).toContain("--cluster has a password");
  expect(complaint).not.toContain("secret");
});

test("a password is not shown to people", () => {
  expect(withoutPassword(NATTER_CLUSTER)).toBe("redis://:***@host/0");
  expect(withoutPassword("redis://host/0")).toBe("redis://host/0");
  expect(withoutPassword("no URL")).toBe("no URL");
});
