import {
  cpSync,
  existsSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { relative, resolve } from "node:path";

export const ROOT = resolve(import.meta.dir, "../..");

/** What the tests do not need. */
const LEFT_OUT = new Set([".git", "node_modules", "coverage"]);

/** Tests that fail when a mutation was applied, whatever it is. */
const OWN_TESTS = /^test\/mutations\/.*\.test\.ts$/;

/** Several times as long as the slowest test takes. Tests that print nothing for so long hang. */
const SILENCE_MS = 60_000;

/** A copy of the whole tree, in which the tests can run. */
export class Tree implements Disposable {
  readonly #folder: string;

  /** @param folder does not exist yet, and is gone when the tree is disposed of */
  constructor(folder: string) {
    this.#folder = folder;
    cpSync(ROOT, folder, {
      recursive: true,
      filter: (path) => isCopied(relative(ROOT, path)),
    });
    symlinkSync(`${ROOT}/node_modules`, `${folder}/node_modules`);
  }

  change(file: string, source: string): void {
    writeFileSync(`${this.#folder}/${file}`, source);
  }

  /** Whether the types are right. Unused names do not matter here. */
  async isTyped(): Promise<boolean> {
    const lenient = ["--noUnusedLocals=false", "--noUnusedParameters=false"];
    const types = Bun.spawn([process.execPath, "check", "--no-script", ...lenient], {
      cwd: this.#folder,
      stdio: ["ignore", "ignore", "ignore"],
    });
    return (await types.exited) === 0;
  }

  /** The first test of these files that fails, in this order; `undefined` if none does. */
  async firstFailure(files: readonly string[]): Promise<string | undefined> {
    const paths = files.map((file) => `./${file}`);
    const tests = Bun.spawn([process.execPath, "test", "--bail", ...paths], {
      cwd: this.#folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const output = readWhileItSpeaks(tests.stderr, () => tests.kill("SIGKILL"));
    const exitCode = await tests.exited;
    // Processes that they left behind may keep the pipe open.
    endProcessesIn(this.#folder);
    const [, failed] = /^\(fail\) (.*?)(?: \[[\d.]+m?s\])?$/m.exec(await output) ?? [];
    if (exitCode === 0) return undefined;
    return failed ?? (tests.signalCode === null ? "an error outside of tests" : "it hangs");
  }

  [Symbol.dispose](): void {
    endProcessesIn(this.#folder);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function readWhileItSpeaks(
  stream: ReadableStream<Uint8Array>,
  onSilence: () => void,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let timer = setTimeout(onSilence, SILENCE_MS);
  for await (const bytes of stream) {
    clearTimeout(timer);
    timer = setTimeout(onSilence, SILENCE_MS);
    text += decoder.decode(bytes, { stream: true });
  }
  clearTimeout(timer);
  return text;
}

/**
 * Kills the processes of a folder. Tests that were killed may have left servers behind, each in a process group of
 * its own. Without /proc they stay.
 */
export function endProcessesIn(folder: string): void {
  const pids = existsSync("/proc") ? readdirSync("/proc").map(Number).filter(Boolean) : [];
  for (const pid of pids) {
    try {
      const place = readlinkSync(`/proc/${pid}/cwd`);
      if (`${place}/`.startsWith(`${folder}/`)) process.kill(pid, "SIGKILL");
    } catch {
      // It has ended meanwhile, or is somebody else's.
    }
  }
}

function isCopied(path: string): boolean {
  return !LEFT_OUT.has(path) && !OWN_TESTS.test(path);
}
