import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import type * as declared from "natter";
import type * as real from "../../lib/server.ts";
import { name, version } from "../../package.json";

const ROOT = `${import.meta.dir}/../..`;
const BUN = process.execPath;
const BUN_PACK = [BUN, "pm", "pack", "--destination"];
const NPM_PACK = ["npm", "pack", "--pack-destination"];
const HAS_NPM = Bun.which("npm") !== null;

/** Several times as long as the slowest of these tests takes, in milliseconds. */
const TIME_LIMIT_MS = 30_000;

/** The settings of a project that has the types of neither Bun nor Node.js. */
const TSCONFIG = '{ "compilerOptions": { "strict": true, "module": "nodenext" } }';

/** The program of that project. Its last line must be an error; if not, TypeScript says so. */
const CONSUMER = `import { startChatServer, type ChatEvent, type ChatServer, type ChatServerOptions } from "natter";
const names: string[] = [];
const onEvent = (event: ChatEvent) => {
  if (event.type === "joined") names.push(event.name);
};
const options: ChatServerOptions = { port: 0, log: (text) => void text.length, onEvent };
await using server: ChatServer = startChatServer(options);
const port: number = server.port;
// @ts-expect-error
startChatServer({ prot: port });
`;

const TSC = [BUN, Bun.resolveSync("typescript/bin/tsc", ROOT), "--noEmit"];
const CHECKERS = [
  [BUN, "check"],
  [...TSC, "--target", "es2022", "--lib", "es2022", "--skipLibCheck", "false"],
];

type AreSame<A, B> = [A, B] extends [B, A] ? true : false;

let folder = "";

/** What a command prints. The command must succeed, and does not see the user's own settings. */
function output(cwd: string, ...command: string[]): string {
  const env = { PATH: process.env["PATH"], HOME: folder, npm_config_update_notifier: "false" };
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd, env });
  if (exitCode !== 0) throw new Error(`${command.join(" ")}: ${stderr}${stdout}`);
  return stdout.toString();
}

/** Packs natter and installs the package in a new project. Returns the project's folder. */
async function install(project: string, pack: readonly string[]): Promise<string> {
  const path = `${folder}/${project}`;
  mkdirSync(path);
  output(ROOT, ...pack, path);
  await Bun.write(`${path}/package.json`, '{ "type": "module" }');
  output(path, BUN, "add", `./${name}-${version}.tgz`);
  return path;
}

async function filesIn(path: string): Promise<string[]> {
  return Array.fromAsync(new Bun.Glob("**/*").scan({ cwd: path, dot: true }));
}

beforeAll(() => void (folder = mkdtempSync(`${tmpdir()}/natter-package-`)));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the package", () => {
  async function expectItsFiles(project: string) {
    const installed = await filesIn(`${project}/node_modules/${name}`);
    const rest = "CHANGELOG.md LICENSE README.md index.ts package.json".split(" ");
    const lib = (await filesIn(`${ROOT}/lib`)).map((file) => `lib/${file}`);
    // Bun leaves a file of its own in a package that it has installed.
    expect(installed.filter((file) => file !== ".bun-tag").toSorted()).toEqual(
      [...rest, ...lib].toSorted(),
    );
  }

  test("holds natter, its types and three documents, as `bun pm pack` makes it", async () => {
    await expectItsFiles(await install("packed-by-bun", BUN_PACK));
  });

  const note = HAS_NPM ? "" : " (skipped: there is no npm)";
  test.skipIf(!HAS_NPM)(
    `holds the same as \`npm pack\` makes it${note}`,
    async () => expectItsFiles(await install("packed-by-npm", NPM_PACK)),
    TIME_LIMIT_MS,
  );

  test("serves once it is installed, as a library and as a program", async () => {
    const project = await install("use", BUN_PACK);
    const code =
      'import { startChatServer } from "natter"; await startChatServer({ port: 0 }).stop(); console.log("stopped")';
    expect(output(project, BUN, "--eval", code)).toBe("stopped\n");
    const program = [BUN, "x", "--no-install", name, "--version"];
    expect(output(project, ...program)).toBe(`${name} ${version}\n`);
  });

  test(
    "has types for a project that is strict and has no others",
    async () => {
      const project = await install("types", BUN_PACK);
      await Bun.write(`${project}/tsconfig.json`, TSCONFIG);
      await Bun.write(`${project}/consumer.ts`, CONSUMER);
      for (const checker of CHECKERS) output(project, ...checker);
    },
    TIME_LIMIT_MS,
  );
});

describe("natter.d.ts", () => {
  test(
    "is what `bun run declarations` makes of lib/server.ts",
    async () => {
      const made = output(ROOT, BUN, "run", ".ci/declarations.ts");
      expect(await Bun.file(`${ROOT}/lib/natter.d.ts`).text()).toBe(made);
    },
    TIME_LIMIT_MS,
  );

  test("declares the types of lib/server.ts, as `bun check` sees", () => {
    // If one of these is not true, `bun run declarations` makes natter.d.ts anew.
    const areFunctions: AreSame<typeof declared, typeof real> = true;
    const areOptions: AreSame<
      Required<declared.ChatServerOptions>,
      Required<real.ChatServerOptions>
    > = true;
    expect([areFunctions, areOptions]).toEqual([true, true]);
  });
});
