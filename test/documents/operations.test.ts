import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { readConfigFile } from "../../lib/cli/config-file.ts";
import { check } from "../../lib/cli/configuration.ts";
import { LOG_FORMATS } from "../../lib/operator/log-format.ts";

const page = await Bun.file(`${import.meta.dir}/../../docs/operations.md`).text();

/** The block of this language. */
function block(language: string): string {
  const [, text] = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "s").exec(page) ?? [];
  if (text === undefined) throw new Error(`docs/operations.md has no block of ${language}`);
  return text;
}

let folder: string;
beforeAll(() => void (folder = mkdtempSync(`${tmpdir()}/natter-`)));
afterAll(() => rmSync(folder, { recursive: true }));

describe("docs/operations.md", () => {
  test("its visit in JSON is what the log shows of one", () => {
    for (const line of block("json").trimEnd().split("\n")) {
      const { time, level, event: type, ...fields } = JSON.parse(line);
      const shown = JSON.parse(LOG_FORMATS.json({ type, ...fields }) ?? "");
      expect({ ...shown, time }).toEqual({ time, level, event: type, ...fields });
    }
  });

  test("its configuration is right", () => {
    const file = `${folder}/natter.toml`;
    writeFileSync(file, block("toml"));
    const options = readConfigFile(file);
    expect(options).toMatchObject({ hostname: "0.0.0.0", quiet: true, lineLimitBytes: 4_096 });
    expect(check(options as object)).not.toBeString();
  });

  const noLogrotate = Bun.which("logrotate") === null;
  test.skipIf(noLogrotate)(
    `its configuration of logrotate is accepted${noLogrotate ? ": skipped, needs logrotate" : ""}`,
    () => {
      const file = `${folder}/logrotate`;
      writeFileSync(file, block("conf").replace("/var/log/natter.log", `${folder}/natter.log`));
      chmodSync(file, 0o644);
      const { exitCode, stderr } = Bun.spawnSync(["logrotate", "-d", file]);
      expect([exitCode, stderr.toString()]).toEqual([0, expect.not.stringContaining("error")]);
    },
  );
});
