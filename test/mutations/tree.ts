import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { relative, resolve } from "node:path";

const ROOT = resolve(import.meta.dir, "../..");

/** What the tests need none of. This folder's own test fails wherever a mutation was applied. */
const LEFT_OUT = new Set([".git", "node_modules", "coverage", "test/mutations"]);

/** Several times what all tests take, in milliseconds. What hangs is noticed too. */
const TIME_LIMIT_MS = 90_000;

/** A copy of the whole tree, in which the tests can run. */
export class Tree implements Disposable {
  readonly #folder: string;

  /** @param folder does not exist yet, and is gone when the tree is disposed of */
  constructor(folder: string) {
    this.#folder = folder;
    cpSync(ROOT, folder, {
      recursive: true,
      filter: (path) => !LEFT_OUT.has(relative(ROOT, path)),
    });
    symlinkSync(`${ROOT}/node_modules`, `${folder}/node_modules`);
  }

  change(file: string, change: (source: string) => string): void {
    const path = `${this.#folder}/${file}`;
    writeFileSync(path, change(readFileSync(path, "utf8")));
  }

  /** The first test that fails, of these files or of all; `undefined` if none does. */
  async firstFailure(...files: string[]): Promise<string | undefined> {
    const tests = Bun.spawn([process.execPath, "test", "--bail", ...files], {
      cwd: this.#folder,
      stdout: "ignore",
      stderr: "pipe",
      timeout: TIME_LIMIT_MS,
      killSignal: "SIGKILL",
    });
    const output = new Response(tests.stderr).text();
    const exitCode = await tests.exited;
    // What they left behind may hold on to the pipe.
    endProcessesIn(this.#folder);
    if (exitCode === 0) return undefined;
    const [, failed] = /^\(fail\) (.*?)(?: \[[\d.]+m?s\])?$/m.exec(await output) ?? [];
    return failed ?? (tests.signalCode === null ? "an error outside of tests" : "it hangs");
  }

  [Symbol.dispose](): void {
    endProcessesIn(this.#folder);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/**
 * Kills what runs in a folder. Tests that were killed may have left servers behind, each in a process
 * group of its own. Where there is no /proc they stay.
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
