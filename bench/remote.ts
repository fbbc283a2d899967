/** Calls methods of an object in another process, over the channel that `Bun.spawn` gives. */

interface Call {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

type Answer =
  | { readonly id: number; readonly phase: "done"; readonly value: unknown }
  | { readonly id: number; readonly phase: "failed"; readonly reason: string };

type Methods = Record<string, (argument: never) => unknown>;

/** Lets the process that started this one call the methods of `target`. This process ends with that one. */
export function serve(target: object): void {
  process.on("disconnect", () => process.exit());
  process.on("message", async ({ id, method, argument }: Call) => {
    try {
      const value = await (target as Methods)[method]?.(argument as never);
      process.send?.({ id, phase: "done", value } satisfies Answer);
    } catch (error) {
      process.send?.({ id, phase: "failed", reason: (error as Error).message } satisfies Answer);
    }
  });
}

type Arguments<Method> = Method extends (...args: infer Given) => unknown ? Given : never;
type Value<Method> = Method extends (argument: never) => infer Given ? Awaited<Given> : never;

/** A process whose program calls `serve` with a `Target`. */
export class Remote<Target> implements AsyncDisposable {
  readonly #process: Bun.Subprocess;
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;

  constructor(command: string[]) {
    this.#process = Bun.spawn(command, {
      ipc: (answer: Answer) => this.#answered(answer),
      stdout: "inherit",
      stderr: "inherit",
      onExit: () => this.#exited(),
    });
  }

  call<Name extends keyof Target & string>(
    method: Name,
    ...[argument]: Arguments<Target[Name]>
  ): Promise<Value<Target[Name]>> {
    const id = ++this.#lastId;
    const call = Promise.withResolvers<unknown>();
    this.#calls.set(id, call);
    this.#process.send({ id, method, argument } satisfies Call);
    return call.promise as Promise<Value<Target[Name]>>;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }

  #answered(answer: Answer): void {
    const call = this.#calls.get(answer.id);
    this.#calls.delete(answer.id);
    if (answer.phase === "done") call?.resolve(answer.value);
    else call?.reject(new Error(answer.reason));
  }

  #exited(): void {
    for (const call of this.#calls.values()) call.reject(new Error("its process has ended"));
  }
}
