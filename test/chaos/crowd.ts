/** Many people who only listen, so many that not all that they see can be kept. */
import { ClientSocket } from "../helpers/client-socket.ts";
import type { Natter } from "./natter.ts";

/** So many join at once. */
const BATCH = 50;

class Listener extends ClientSocket {
  readonly #here = Promise.withResolvers<void>();
  #isHere = false;

  static async join(natter: Natter, name: string): Promise<Listener> {
    const listener = new Listener();
    await listener.open(natter.port);
    listener.send(`${name}\n`);
    await listener.#here.promise;
    return listener;
  }

  protected onData(bytes: Uint8Array): void {
    if (this.#isHere || !Buffer.from(bytes).includes("*** You are ")) return;
    this.#isHere = true;
    this.#here.resolve();
  }

  protected onEnd(): void {
    this.#here.resolve();
  }
}

export class Crowd {
  static #lastNumber = 0;
  readonly #listeners: Listener[] = [];

  /** So many people in all, on all natters. */
  static async join(natters: readonly Natter[], size: number): Promise<Crowd> {
    const crowd = new Crowd();
    while (crowd.#listeners.length < size) {
      const count = Math.min(BATCH, size - crowd.#listeners.length);
      const joining = Array.from({ length: count }, (_, at) => {
        const natter = natters[at % natters.length] as Natter;
        return Listener.join(natter, `Crowd${++Crowd.#lastNumber}`);
      });
      crowd.#listeners.push(...(await Promise.all(joining)));
    }
    return crowd;
  }

  leave(): void {
    for (const listener of this.#listeners) listener.close();
  }
}
