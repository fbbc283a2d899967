/** Times in words. */

const MINUTE_MS = 60_000;

/** A time in words: whole minutes, or else seconds, no more than there are. */
export function duration(ms: number): string {
  if (ms === MINUTE_MS) return "a minute";
  if (ms % MINUTE_MS === 0) return minutes(ms / MINUTE_MS);
  const seconds = Math.max(1, Math.floor(ms / 1_000));
  return seconds === 1 ? "a second" : `${seconds} seconds`;
}

export const minutes = (count: number) => `${count} ${count === 1 ? "minute" : "minutes"}`;
