import { Chunk } from "../../lib/room/chunk.ts";
import {
  Broadcast,
  NOTHING_EXCLUDED,
  type Listener,
  type Outbox,
} from "../../lib/room/broadcast.ts";
import { TurnEnd } from "../../lib/limits/turn-end.ts";

/** Records what it is given: `writes` has one entry for each flush that had something to send. */
export class RecordedOutbox implements Outbox {
  readonly chunks: Uint8Array[] = [];
  /** All that it was given. */
  text = "";
  readonly writes: string[] = [];
  readonly failures: unknown[] = [];
  onFlush: () => void = () => {};
  #pending = "";

  enqueue(chunk: Chunk): void {
    const text = Buffer.from(chunk.bytes).toString();
    this.chunks.push(chunk.bytes);
    this.text += text;
    this.#pending += text;
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

/** Listeners who also say things, and do not hear themselves. */
export class Room extends Broadcast {
  join(outbox: Outbox): Listener {
    const member = { outbox, seen: 0, excluded: NOTHING_EXCLUDED };
    this.add(member);
    return member;
  }

  say(line: string, ...excluded: Listener[]): void {
    this.publish(line, "talk");
    for (const each of excluded) this.excludeLast(each);
  }

  announce(line: string, ...excluded: Listener[]): void {
    this.publish(line, "notice");
    for (const each of excluded) this.excludeLast(each);
  }
}

/** As many people as are asked for, in a room. */
export function roomOf(count: number) {
  const room = new Room(4096, new TurnEnd());
  const people = Array.from({ length: count }, () => {
    const outbox = new RecordedOutbox();
    return { member: room.join(outbox), outbox };
  });
  return { room, people: people as [...typeof people] & Record<number, (typeof people)[0]> };
}
