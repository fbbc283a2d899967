/** The first thing that went wrong. It ends every wait. */
export class Failure {
  readonly #promise = Promise.withResolvers<never>();

  constructor() {
    // Perhaps nobody waits when it comes.
    this.#promise.promise.catch(() => {});
  }

  report(reason: string): void {
    this.#promise.reject(new Error(reason));
  }

  /** What `promise` resolves to, unless something goes wrong first. */
  or<Value>(promise: Promise<Value>): Promise<Value> {
    return Promise.race([promise, this.#promise.promise]);
  }
}
