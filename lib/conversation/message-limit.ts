/** How long a message may be, which somebody says to others: in bytes, as they are sent. */
import { messageTooLong } from "../text/messages.ts";
import { BYTES_PER_UNIT_MAX } from "../room/broadcast.ts";
import type { Member, Room } from "../room/room.ts";

/** A member that says something, the room, and how long it may be. */
interface Author {
  readonly member: Member;
  readonly room: Room;
  readonly settings: { readonly messageLimitBytes: number };
}

/** Whether `text` is too long to be sent; if so, its author is told. */
export function refusesLength({ member, room, settings }: Author, text: string): boolean {
  const { messageLimitBytes } = settings;
  const isRefused = isLonger(text, messageLimitBytes);
  if (isRefused) room.answer(member, messageTooLong(messageLimitBytes));
  return isRefused;
}

/** Whether `text` has more bytes in UTF-8. Those of a short one are not even counted. */
function isLonger(text: string, bytes: number): boolean {
  return text.length * BYTES_PER_UNIT_MAX > bytes && Buffer.byteLength(text) > bytes;
}
