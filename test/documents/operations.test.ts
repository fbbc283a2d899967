import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { readConfigFile } from "../../lib/cli/config-file.ts";
import { check } from "../../lib/cli/configuration.ts";
import { LOG_FORMATS } from "../../lib/operator/log-format.ts";
import { ChatClient } from "../helpers/chat-client.ts";
import { until } from "../helpers/clock.ts";
import { HAS_NC, NC_NOTE } from "../helpers/nc.ts";
import { Program } from "../helpers/program.ts";
import { find, needs } from "./recipes.ts";

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

  const noLogrotate = needs("logrotate");
  test.skipIf(noLogrotate !== "")(
    `its configuration of logrotate moves the log away, and is followed by SIGHUP${noLogrotate}`,
    async () => {
      const file = `${folder}/logrotate`;
      const log = `${folder}/natter.log`;
      await using natter = Program.natter("--port=0", `--log-file=${log}`);
      using bob = await ChatClient.join(await natter.port(), "Bob");
      const joined = `Bob (${bob.address}) has joined\n`;
      await until(() => readFileSync(log, "utf8") === joined);
      const conf = block("conf")
        .replace("/var/log/natter.log", log)
        .replace("systemctl kill --signal HUP --kill-whom main natter", `kill -HUP ${natter.pid}`);
      writeFileSync(file, conf);
      chmodSync(file, 0o644);
      const rotate = [find("logrotate") as string, "--force", "--state", `${folder}/state`, file];
      const { exitCode, stderr } = Bun.spawnSync(rotate);
      expect([exitCode, stderr.toString()]).toEqual([0, ""]);
      await until(() => existsSync(log));
      bob.send("hi\n");
      await until(() => readFileSync(log, "utf8") === "Bob: hi\n");
      expect(readFileSync(`${log}.1`, "utf8")).toBe(joined);
    },
  );

  test.skipIf(!HAS_NC)(
    `its script reloads, and can tell whether that went well${NC_NOTE}`,
    async () => {
      const config = `${folder}/script.toml`;
      const path = `${folder}/admin.sock`;
      writeFileSync(config, "port = 0\n");
      await using natter = Program.natter(`--config=${config}`, `--admin-socket=${path}`);
      await natter.port();
      const [, script = ""] = /```sh\n(case .*?)```/s.exec(page) ?? [];
      expect(script).toContain("/run/natter/admin.sock");
      const run = () => {
        const ran = Bun.spawnSync(["sh", "-c", script.replace("/run/natter/admin.sock", path)]);
        return [ran.exitCode, ran.stderr.toString()];
      };
      writeFileSync(config, "port = 0\nquiet = true\n");
      expect(run()).toEqual([0, ""]);
      writeFileSync(config, "prot = 0\n");
      expect(run()).toEqual([1, "natter was not reloaded\n"]);
    },
  );
});
