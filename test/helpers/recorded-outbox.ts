import { Chunk } from "../../lib/room/chunk.ts";
import { Room, type Outbox } from "../../lib/room/room.ts";

/** Records what it is given: `writes` has one entry for each flush that had something to send. */
export class RecordedOutbox implements Outbox {
  readonly chunks: Uint8Array[] = [];
  readonly writes: string[] = [];
  readonly failures: unknown[] = [];
  onFlush: () => void = () => {};
  #pending = "";

  enqueue(chunk: Chunk): void {
    this.chunks.push(chunk.bytes);
    this.#pending += Buffer.from(chunk.bytes).toString();
  }

  answer(text: string): void {
    this.tell(text);
  }

  tell(text: string): void {
    this.enqueue(Chunk.of(text));
  }

  flush(): void {
    this.onFlush();
    if (this.#pending !== "") this.writes.push(this.#pending);
    this.#pending = "";
  }

  send(chunk: Chunk, isLent = false): void {
    this.enqueue(isLent ? chunk.copy() : chunk);
    this.flush();
  }

  close(): void {}

  onFailed: () => void = () => {};

  failed(error: unknown): void {
    this.failures.push(error);
    this.onFailed();
  }
}

/** A room, and people of these names in it. */
export function roomOf(...names: string[]) {
  const room = new Room(4096);
  const people = names.map((name) => {
    const outbox = new RecordedOutbox();
    const member = room.join(name, outbox);
    if (member === undefined) throw new Error(`${name} could not join`);
    return { member, outbox };
  });
  return { room, people: people as [...typeof people] & Record<number, (typeof people)[0]> };
}
