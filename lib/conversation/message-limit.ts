/** How long a message may be, which somebody says to others: in bytes, as they are sent. */
import { messageTooLong } from "../text/messages.ts";
import { BYTES_PER_UNIT_MAX } from "../room/broadcast.ts";
import { answer, type Speaker } from "./speaker.ts";

/** Whether `text` is too long to be sent; if so, its speaker is told. */
export function refusesLength(speaker: Speaker, text: string): boolean {
  const { messageLimitBytes } = speaker.settings;
  const isRefused = isLonger(text, messageLimitBytes);
  if (isRefused) answer(speaker, messageTooLong(messageLimitBytes));
  return isRefused;
}

/** Whether `text` has more bytes in UTF-8. Those of a short one are not even counted. */
function isLonger(text: string, bytes: number): boolean {
  return text.length * BYTES_PER_UNIT_MAX > bytes && Buffer.byteLength(text) > bytes;
}
