/**
 * What a thousand readers that have stalled cost in memory: the server's peak resident size in a
 * busy room with them, less that of the same room without them. Run by
 *
 *     bun run bench/stalled-readers.ts
 *
 * Ten people talk in both; each must hear every line of the others. The stalled readers never read
 * again once they are in the room. What the kernel holds for them is not the server's memory and
 * is not counted. Needs Linux, for the peak in /proc.
 */

const STALLED = 1_000;
const TALKERS = 10;
/** Much more than the kernel (about 4 MB) and a queue (1 MiB) take for one reader. */
const ROUNDS = 80;
const LINES_PER_ROUND = 64;
const LINE = `${"x".repeat(249)}\n`;
const RUNS = 3;
const LIMIT_MIB = 64;

const withoutMiB: number[] = [];
const withMiB: number[] = [];
for (let run = 1; run <= RUNS; run++) {
  for (const [stalled, results] of [
    [0, withoutMiB],
    [STALLED, withMiB],
  ] as const) {
    const { peakMiB, skippedLines } = await measure(stalled);
    results.push(peakMiB);
    console.log(
      `run ${run}, ${stalled} stalled: peak ${peakMiB.toFixed(1)} MiB` +
        (stalled > 0 ? `; one of them missed ${skippedLines} lines` : ""),
    );
  }
}
const publishedMiB = (ROUNDS * LINES_PER_ROUND * TALKERS * LINE.length) / 1_048_576;
const costMiB = median(withMiB) - median(withoutMiB);
console.log(
  `\n${STALLED} stalled readers, ${publishedMiB.toFixed(0)} MiB said, medians of ${RUNS}: ` +
    `${median(withMiB).toFixed(1)} - ${median(withoutMiB).toFixed(1)} = ${costMiB.toFixed(1)} MiB ` +
    `(at most ${LIMIT_MIB})`,
);
process.exitCode = costMiB < LIMIT_MIB ? 0 : 1;

async function measure(stalled: number): Promise<{ peakMiB: number; skippedLines: number }> {
  const server = Bun.spawn(
    [
      process.execPath,
      "run",
      "index.ts",
      "--port",
      "0",
      "--quiet",
      "--line-rate",
      "0",
      "--stall-timeout",
      "0",
    ],
    { cwd: `${import.meta.dir}/..`, stdout: "pipe" },
  );
  const clients: Talker[] = [];
  try {
    const { value } = await server.stdout.getReader().read();
    const port = Number(/:(\d+)\n/.exec(Buffer.from(value ?? []).toString())?.[1]);
    for (let number = 0; number < TALKERS; number++) {
      clients.push(await Talker.join(port, `talker${number}`));
    }
    const talkers = [...clients];
    for (let number = 0; number < stalled; number++) {
      const reader = await Talker.join(port, `stalled${number}`);
      reader.socket.pause();
      clients.push(reader);
    }
    for (let round = 1; round <= ROUNDS; round++) {
      for (const { socket } of talkers) socket.write(LINE.repeat(LINES_PER_ROUND));
      await Promise.all(
        talkers.map((talker) => talker.heard(round * (TALKERS - 1) * LINES_PER_ROUND)),
      );
    }
    const status = await Bun.file(`/proc/${server.pid}/status`).text();
    const peakMiB = Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]) / 1_024;
    const reader = clients[TALKERS];
    reader?.socket.resume();
    return { peakMiB, skippedLines: (await reader?.skipped()) ?? 0 };
  } finally {
    for (const { socket } of clients) socket.terminate();
    server.kill("SIGKILL");
    await server.exited;
  }
}

/** Somebody in the room, who counts what it hears. */
class Talker {
  socket!: Bun.Socket;
  skippedLines = 0;
  #lines = 0;
  #last = "";
  #wake = Promise.withResolvers<void>();

  static async join(port: number, name: string): Promise<Talker> {
    const talker = new Talker();
    talker.socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: { data: (_, bytes) => talker.#received(bytes) },
    });
    await talker.#until(() => talker.#last.endsWith("name: "));
    talker.socket.write(`${name}\n`);
    return talker;
  }

  /** Resolves when this many lines have been said, of which none may be missing. */
  async heard(lines: number): Promise<void> {
    await this.#until(() => this.#lines >= lines || this.skippedLines > 0);
    if (this.#lines !== lines) throw new Error(`heard ${this.#lines} lines of ${lines}`);
  }

  async skipped(): Promise<number> {
    await this.#until(() => this.skippedLines > 0);
    return this.skippedLines;
  }

  #received(bytes: Buffer): void {
    const lines = (this.#last + bytes.toString()).split("\n");
    this.#last = lines.pop() ?? "";
    for (const line of lines) {
      if (line.includes(": xxx")) this.#lines++;
      this.skippedLines += Number(/^\*\*\* (\d+) lines? skipped: /.exec(line)?.[1] ?? 0);
    }
    const wake = this.#wake;
    this.#wake = Promise.withResolvers();
    wake.resolve();
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await this.#wake.promise;
  }
}

function median(values: number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? NaN;
}
