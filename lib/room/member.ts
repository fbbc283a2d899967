/** Who is in a room: what others may know of it, and what only the room changes. */
import { NOTHING_EXCLUDED, type Listener, type Outbox } from "./broadcast.ts";

export interface Member {
  /** Where its client is. Somebody who is connected to another server has none. */
  readonly client: string | undefined;
  readonly name: string;
  /** The name folded: what nobody else's is equal to. */
  readonly key: string;
  /** When it last said something to everyone, on the clock of `performance.now`. */
  readonly spokeAtMs: number;
  /** What others keep of it. */
  readonly contact: Contact;
  /** The person who last wrote to it privately. */
  lastWhisperer: Contact | undefined;
}

/** A member by its name, which does not keep it in memory when it has left. */
export interface Contact {
  name: string;
  member: Member | undefined;
}

/** What only the room changes. */
export interface RoomMember extends Member, Listener {
  name: string;
  key: string;
  spokeAtMs: number;
}

const ignore = (): void => {};

/** Takes what is meant for somebody who has gone. */
export const NOWHERE: Outbox = {
  enqueue: ignore,
  tell: ignore,
  answer: ignore,
  flush: ignore,
  send: ignore,
  close: ignore,
  failed: ignore,
};

/** Somebody who has yet to join. */
export function createMember(client?: string, outbox: Outbox = NOWHERE): RoomMember {
  return {
    client,
    name: "",
    key: "",
    outbox,
    spokeAtMs: 0,
    contact: { name: "", member: undefined },
    lastWhisperer: undefined,
    seen: 0,
    excluded: NOTHING_EXCLUDED,
  };
}
