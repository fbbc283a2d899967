import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { METRICS } from "../../lib/operator/metrics.ts";
import { HAS_PROMTOOL, promtool, PROMTOOL_NOTE } from "../helpers/promtool.ts";

const ROOT = `${import.meta.dir}/../..`;
const page = await Bun.file(`${ROOT}/docs/operations.md`).text();
const [, section = ""] = page.split("\n## Metrics and alerts\n");

/** The blocks of YAML: how Prometheus is told of natter, and the alerts. */
const [scrapes = "", rules = ""] = Array.from(
  section.matchAll(/^```yaml\n(.*?)^```$/gms),
  ([, code]) => code,
);

let folder = "";
beforeAll(() => void (folder = mkdtempSync(`${tmpdir()}/natter-`)));
afterAll(() => rmSync(folder, { recursive: true }));

describe("docs/operations.md", () => {
  test("has each metric with its labels, type and meaning, in the order of the page", () => {
    const rows = Array.from(
      section.matchAll(/^\| (`(?:natter|process)_.*) \|$/gm),
      ([, row = ""]) => row.split("|").map((cell) => cell.trim()),
    );
    expect(rows).toEqual(
      METRICS.map(({ name, labels = [], type, help }) => {
        return [`\`${name}${labels.length === 0 ? "" : `{${labels}}`}\``, type, help];
      }),
    );
  });

  test("alerts only on metrics that there are", () => {
    const names = new Set(
      METRICS.map(({ name, type }) => `${name}${type === "histogram" ? "_bucket" : ""}`),
    );
    const used = Array.from(rules.matchAll(/\b(?:natter|process)_\w+/g), ([name]) => name);
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter((name) => !names.has(name))).toEqual([]);
  });

  test.skipIf(!HAS_PROMTOOL)(`has alerts that Prometheus takes${PROMTOOL_NOTE}`, () => {
    writeFileSync(`${folder}/natter-alerts.yaml`, rules);
    const checked = promtool(["check", "rules", `${folder}/natter-alerts.yaml`]);
    expect(checked.output).toContain("SUCCESS: 13 rules found");
    writeFileSync(`${folder}/prometheus.yaml`, `rule_files: [natter-alerts.yaml]\n${scrapes}`);
    const configured = promtool(["check", "config", `${folder}/prometheus.yaml`]);
    expect(configured.output).toContain("is valid prometheus config file syntax");
  });

  test.skipIf(!HAS_PROMTOOL)(
    `has alerts that come when they should, and not otherwise${PROMTOOL_NOTE}`,
    () => {
      writeFileSync(`${folder}/natter-alerts.yaml`, rules);
      copyFileSync(`${import.meta.dir}/alerts.yaml`, `${folder}/alerts.yaml`);
      const { exitCode, output } = promtool(["test", "rules", `${folder}/alerts.yaml`]);
      expect(output).toContain("SUCCESS");
      expect(exitCode).toBe(0);
    },
  );
});
