/**
 * A list that grows at the end and shrinks at the front, each in constant time on average, which
 * an array's `shift` is not.
 */
export class Deque<T> {
  #items: (T | undefined)[] = [];
  /** The items before this index are gone. */
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The item at `index` from the front, which must exist. */
  at(index: number): T {
    return this.#items[this.#head + index] as T;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  unshift(item: T): void {
    if (this.#head > 0) this.#items[--this.#head] = item;
    else this.#items.unshift(item);
  }

  /** Takes away the first item, which must exist. */
  shift(): T {
    const item = this.at(0);
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length) {
      // An array that once had items keeps their space.
      this.clear();
    } else if (2 * this.#head >= this.#items.length) {
      // Moving what is left costs no more than the shifts that came before.
      this.#items.splice(0, this.#head);
      this.#head = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }
}
