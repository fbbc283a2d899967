import { Inbox } from "./inbox.ts";

const ROOT = `${import.meta.dir}/../..`;

/** A process for tests: what it prints is pulled from two inboxes. Disposing of it kills it. */
export class Program implements AsyncDisposable {
  readonly stdout = new Inbox();
  readonly stderr = new Inbox();
  readonly #process: Bun.Subprocess<"pipe", "pipe", "pipe">;

  constructor(...command: string[]) {
    this.#process = Bun.spawn(command, {
      cwd: ROOT,
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
      detached: true,
    });
    void this.stdout.follow(this.#process.stdout);
    void this.stderr.follow(this.#process.stderr);
  }

  /** natter itself, with these flags. */
  static natter(...flags: string[]): Program {
    return new Program(process.execPath, "run", "index.ts", ...flags);
  }

  get pid(): number {
    return this.#process.pid;
  }

  type(text: string): void {
    this.#process.stdin.write(text);
    void this.#process.stdin.flush();
  }

  endInput(): void {
    void this.#process.stdin.end();
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** The exit code: 128 and the signal's number if a signal ended it, as a shell has it. */
  get exited(): Promise<number> {
    return this.#process.exited;
  }

  /** Pulls natter's first line, and returns the port that it names. */
  async port(): Promise<number> {
    const first = await this.stdout.line();
    const [, port] = /^Chat server running on .*:(\d+)\r?$/.exec(first) ?? [];
    if (port === undefined) throw new Error(`not what a server says first: ${first}`);
    return Number(port);
  }

  /** Kills the process and all that it has started. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      process.kill(-this.#process.pid, "SIGKILL");
    } catch {
      // It has already ended.
    }
    await this.#process.exited;
  }
}
