/** What `setTimeout` and `setInterval` return. */
export type Timer = ReturnType<typeof setTimeout>;

/** The longest time that a timer holds, in milliseconds. Above that it would fire at once. */
export const TIMER_MS_MAX = 2_147_483_647;

/** A timer, or none at all where 0 stands for "never". */
export function after(delayMs: number, action: () => void): Timer | undefined {
  return delayMs === 0 ? undefined : setTimeout(action, Math.min(delayMs, TIMER_MS_MAX));
}
