import { expect, test } from "bun:test";
import { addClusterUrl } from "../../../lib/cli/cluster-url.ts";

const NATTER_CLUSTER = "redis://:secret@host/0";

test("the URL of the cluster comes from the environment where no flag has one", () => {
  expect(addClusterUrl({ port: 1 }, { NATTER_CLUSTER })).toEqual({
    port: 1,
    cluster: NATTER_CLUSTER,
  });
  expect(addClusterUrl({}, {})).toEqual({ cluster: "" });
});

test.each([{ cluster: "redis://host/0" }, { clusterFile: "url" }])(
  "%p is not changed by the environment",
  (options) => expect(addClusterUrl(options, { NATTER_CLUSTER })).toBe(options),
);

test("a password in a flag is refused, and not repeated", () => {
  const complaint = addClusterUrl({ cluster: NATTER_CLUSTER }, {});
  expect(complaint).toContain("--cluster has a password");
  expect(complaint).not.toContain("secret");
});
