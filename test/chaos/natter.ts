/** A natter of a cluster: a process of its own, behind a proxy of its own. */
import { readFileSync } from "node:fs";
import { Program } from "../helpers/program.ts";
import { Proxy } from "./proxy.ts";

/** People here come from one address, say much, and want to know when they are in. */
const FLAGS = [
  ["--port", "0"],
  ["--line-rate", "0"],
  ["--address-line-rate", "0"],
  ["--join-rate", "0"],
  ["--max-clients-per-address", "100000"],
  ["--idle-timeout", "0"],
  ["--name-timeout", "0"],
  ["--greeting"],
  ["--quiet"],
].flat();

/** So short that a scene need not be long. */
export const LEASE_MS = 2_000;

export class Natter implements AsyncDisposable {
  readonly program: Program;
  readonly proxy: Proxy;
  readonly label: string;
  port = 0;
  /** Set when it was killed, or has been told to stop. */
  isGone = false;

  private constructor(label: string, redisPort: number, folder: string) {
    this.label = label;
    this.proxy = new Proxy(redisPort);
    const url = `redis://127.0.0.1:${this.proxy.port}/0`;
    const cluster = ["--cluster", url, "--cluster-lease", `${LEASE_MS}ms`];
    this.program = new Program(process.execPath, `${folder}/index.ts`, ...cluster, ...FLAGS);
  }

  /** @param folder where its code is */
  static async start(label: string, redisPort: number, folder: string): Promise<Natter> {
    const natter = new Natter(label, redisPort, folder);
    natter.port = await natter.program.port();
    return natter;
  }

  signal(signal: NodeJS.Signals): void {
    if (signal === "SIGKILL" || signal === "SIGTERM") this.isGone = true;
    this.program.signal(signal);
  }

  /** The memory that it has, in MiB. */
  get residentMib(): number {
    const status = readFileSync(`/proc/${this.program.pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1_024;
  }

  /** What it has complained of. */
  get complaints(): string {
    const [fault = ""] = /internal error[^]*/.exec(this.program.stdout.unread) ?? [];
    return this.program.stderr.unread + fault;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isGone = true;
    await this.program[Symbol.asyncDispose]();
    this.proxy[Symbol.dispose]();
  }
}
