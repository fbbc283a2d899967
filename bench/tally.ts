/** How often each kind of thing happened. */
export class Tally<Kind extends string> {
  readonly #required: readonly Kind[];
  readonly #counts = new Map<Kind, number>();

  /** @param required the kinds that must happen */
  constructor(required: readonly Kind[]) {
    this.#required = required;
  }

  add(kind: Kind, times = 1): void {
    this.#counts.set(kind, this.of(kind) + times);
  }

  /** Takes over a count that was made elsewhere. */
  set(kind: Kind, times: number): void {
    this.#counts.set(kind, times);
  }

  of(kind: Kind): number {
    return this.#counts.get(kind) ?? 0;
  }

  /** The kinds that must happen and never did. */
  get missing(): Kind[] {
    return this.#required.filter((kind) => this.of(kind) === 0);
  }
}
