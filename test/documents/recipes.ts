/** docs/recipes.md for its tests: its blocks of code, and what is changed in them before they run. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { Program } from "../helpers/program.ts";

const ROOT = resolve(import.meta.dir, "../..");
const document = await Bun.file(`${ROOT}/docs/recipes.md`).text();

/** Where a block is to run. */
export interface Place {
  /** The server's port. */
  readonly port?: number;
  /** The port of this end of a tunnel. */
  readonly localPort?: number;
  /** The port that speaks TLS. */
  readonly tlsPort?: number;
}

/** All changes in a block: the text of the document, and the text that a test puts in its place. */
const substitutions = ({ folder }: Folder, { port = 0, localPort = 0, tlsPort = 0 }: Place) => [
  ["-L 8888:", `-L ${localPort}:`],
  ["-l 8888", `-l 127.0.0.1:${port}`],
  ["8888", `${port}`],
  ["0.0.0.0:6697", `127.0.0.1:${tlsPort}`],
  ["bind :6697", `bind 127.0.0.1:${tlsPort}`],
  ["accept = 6697", `accept = 127.0.0.1:${tlsPort}`],
  ["6697", `${tlsPort}`],
  ["chat.example.net", "127.0.0.1"],
  ["/run/natter/chat.sock", `${folder}/chat.sock`],
  ["/run/natter/admin.sock", `${folder}/admin.sock`],
  ["/etc/natter/chat.pem", `${folder}/chat.pem`],
  ["port: 8080", "port: 0"],
  ["sleep 5\n", "sleep 0.1\n"],
  ["sleep 60", "sleep 0.1"],
  ["/usr/local/bin/bun", process.execPath],
  ["/opt/natter", ROOT],
  ["/etc/natter.toml", `${folder}/natter.toml`],
  ["/etc/natter.txt", `${folder}/natter.txt`],
  ["ssh -N", `ssh -F ${folder}/ssh_config -N`],
  ["ufw allow", "ufw --dry-run allow"],
];

/** More changes, if a bot must not wait for a minute. */
const HURRY = [
  ["read -t 60", "read -t 0.3"],
  ["SECONDS >= 60", "SECONDS >= 0"],
  ["60_000", "50"],
];

export interface Block {
  readonly heading: string;
  readonly language: string;
  readonly code: string;
}

/** The blocks of code, in their order. */
export const BLOCKS: readonly Block[] = document.split(/^## /m).flatMap((section) => {
  const heading = section.slice(0, section.indexOf("\n"));
  return [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = "", code = ""]) => ({
    heading,
    language,
    code,
  }));
});

/** The blocks below a heading, which must be in these languages. */
export function blocksBelow<Languages extends string[]>(
  heading: string,
  ...languages: Languages
): { [Index in keyof Languages]: Block } {
  const blocks = BLOCKS.filter((block) => block.heading === heading);
  const found = blocks.map(({ language }) => language);
  if (Bun.deepEquals(found, languages)) return blocks as { [Index in keyof Languages]: Block };
  throw new Error(`below "${heading}" docs/recipes.md has [${found}], not [${languages}]`);
}

/** The texts of the document that are replaced. */
export const REPLACED = [...substitutions({ folder: "" } as Folder, {}), ...HURRY].map(
  ([text = ""]) => text,
);

/** A temporary folder in which the blocks run. Disposing of it ends what was started in it. */
export class Folder implements AsyncDisposable {
  readonly folder = mkdtempSync(`${tmpdir()}/natter-recipes-`);
  readonly #programs: Program[] = [];

  constructor() {
    // Other users may have to look into it, because sshd does not run as root.
    chmodSync(this.folder, 0o755);
  }

  write(name: string, text: string, mode = 0o600): string {
    const path = `${this.folder}/${name}`;
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  }

  /** A block, with everything replaced that a test has to replace. */
  fit(block: Block, place: Place = {}, inHurry = false): string {
    const pairs = [...substitutions(this, place), ...(inHurry ? HURRY : [])];
    // All at once, because a text that was put in may look like something to replace.
    const any = new RegExp(pairs.map(([from = ""]) => RegExp.escape(from)).join("|"), "g");
    const replacements = new Map(pairs as [string, string][]);
    return block.code.replaceAll(any, (found) => replacements.get(found) ?? found);
  }

  /** Runs a block of shell commands with that shell, and a program with this Bun. */
  run(block: Block, place: Place = {}, inHurry = false): Program {
    const code = this.fit(block, place, inHurry);
    if (block.language !== "ts") return this.start(block.language, "-c", this.#inside(code));
    mkdirSync(`${this.folder}/node_modules`);
    symlinkSync(ROOT, `${this.folder}/node_modules/natter`);
    return this.start(process.execPath, "run", this.write("program.ts", code));
  }

  start(...command: string[]): Program {
    const program = new Program(...command);
    this.#programs.push(program);
    return program;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs) await program[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true });
  }

  /** Commands that run in the folder. The folder also comes first in PATH. */
  #inside(code: string): string {
    return `cd ${this.folder}; PATH=${this.folder}:$PATH:/usr/sbin TMPDIR=${this.folder}; export TMPDIR\n${code}`;
  }
}

/** Where a program is. Programs for administrators need not be in everybody's PATH. */
export function find(program: string): string | undefined {
  return Bun.which(program, { PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` }) ?? undefined;
}

/** What to add to a test's name if it is skipped because some of these programs are missing. */
export function needs(...programs: string[]): string {
  const missing = programs.filter((program) => find(program) === undefined);
  return missing.length === 0 ? "" : `: skipped, needs ${missing.join(" and ")}`;
}
