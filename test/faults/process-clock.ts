import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { Program } from "../helpers/program.ts";

/** The clocks of other processes, which a test moves with clock.c. */
export class ProcessClock implements Disposable {
  readonly #folder = mkdtempSync(`${tmpdir()}/natter-clock-`);
  readonly #offsets = openSync(`${this.#folder}/offsets`, "w");

  constructor() {
    this.set({ systemS: 0, monotonicS: 0 });
    const source = `${import.meta.dir}/clock.c`;
    const compile = ["cc", "-shared", "-fPIC", "-O1", "-o", `${this.#folder}/clock.so`, source];
    if (!Bun.spawnSync(compile).success) throw new Error("cc cannot compile clock.c");
  }

  /** Whether the clocks of programs can be moved here. */
  static isAvailable(): boolean {
    if (process.platform !== "linux" || Bun.which("cc") === null) return false;
    using clock = new ProcessClock();
    clock.set({ systemS: 1e9, monotonicS: 1e9 });
    const show = "console.log(Date.now() > 2.5e12 && performance.timeOrigin > 0)";
    const { stdout } = Bun.spawnSync([...clock.#environment, process.execPath, "--eval", show]);
    return stdout.toString() === "true\n";
  }

  /** Sets how far the clocks are ahead, in whole seconds. A process that waits does not notice yet. */
  set({ systemS, monotonicS }: { systemS: number; monotonicS: number }): void {
    const seconds = BigInt64Array.of(BigInt(systemS), BigInt(monotonicS));
    writeSync(this.#offsets, seconds, 0, seconds.byteLength, 0);
  }

  natter(...flags: string[]): Program {
    return new Program(...this.#environment, process.execPath, "run", "index.ts", ...flags);
  }

  [Symbol.dispose](): void {
    closeSync(this.#offsets);
    rmSync(this.#folder, { recursive: true });
  }

  get #environment(): string[] {
    const files = [`LD_PRELOAD=${this.#folder}/clock.so`, `CLOCK_OFFSETS=${this.#folder}/offsets`];
    return ["env", ...files];
  }
}
