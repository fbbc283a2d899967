/** Counts what processes write, by the kernel's own count of system calls. */

/** All system calls with which the servers here send. */
const CALLS = ["sendto", "sendmsg", "write", "writev"];

/** How perf writes a count of zero. */
const NEVER = "<not counted>";

/** More than the time that perf takes to begin, in milliseconds. */
const ATTACH_MS = 200;

export class WriteCounter implements AsyncDisposable {
  readonly #perf: Bun.Subprocess<"ignore", "ignore", "pipe"> | undefined;

  /** Counts from now on, if `perf` is installed and may. */
  constructor(pids: readonly number[]) {
    const events = CALLS.map((name) => `syscalls:sys_enter_${name}`).join(",");
    if (Bun.which("perf") === null) return;
    this.#perf = Bun.spawn(["perf", "stat", "-x,", "-e", events, "-p", pids.join()], {
      stdio: ["ignore", "ignore", "pipe"],
    });
  }

  /** Stops counting, and tells how many calls there were; `undefined` if they cannot be counted. */
  async stop(): Promise<number | undefined> {
    if (this.#perf === undefined) return undefined;
    this.#perf.kill("SIGINT");
    const lines = (await this.#perf.stderr.text()).trim().split("\n");
    const counts = lines.map((line) => Number(line.split(",")[0]?.replace(NEVER, "0")));
    const sum = counts.reduce((one, other) => one + other, 0);
    return counts.length === CALLS.length && !Number.isNaN(sum) ? sum : undefined;
  }

  /** Resolves when it counts. */
  async isCounting(): Promise<void> {
    if (this.#perf !== undefined) await Bun.sleep(ATTACH_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#perf?.kill("SIGKILL");
    await this.#perf?.exited;
  }
}
