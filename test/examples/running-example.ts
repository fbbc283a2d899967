import { spyOn } from "bun:test";

let imports = 0;

/**
 * An example that runs inside the test's process, as it stands: so a test can stop its clock.
 * `run` imports the file anew, with port 0 in place of the first argument.
 */
export class RunningExample implements Disposable {
  readonly port: number;
  readonly #listener: { stop(closesAll?: boolean): void };

  private constructor(listener: { port: number; stop(closesAll?: boolean): void }) {
    this.port = listener.port;
    this.#listener = listener;
  }

  static async run(file: string): Promise<RunningExample> {
    const { argv } = process;
    const listen = spyOn(Bun, "listen");
    const log = spyOn(console, "log").mockReturnValue(undefined);
    try {
      process.argv = [process.execPath, file, "0"];
      await import(`${import.meta.dir}/../../examples/${file}?${++imports}`);
      const [result] = listen.mock.results;
      return new RunningExample(result?.value as { port: number; stop(): void });
    } finally {
      process.argv = argv;
      listen.mockRestore();
      log.mockRestore();
    }
  }

  [Symbol.dispose](): void {
    this.#listener.stop(true);
  }
}
