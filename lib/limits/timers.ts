/** What `setTimeout` and `setInterval` return. */
export type Timer = ReturnType<typeof setTimeout>;

/** The longest time that a timer holds, in milliseconds. Above that it would fire at once. */
export const TIMER_MS_MAX = 2_147_483_647;

/**
 * A timer, or none at all where 0 stands for "never". `action` is passed its arguments, because a closure that
 * keeps them takes twice the memory.
 */
export function after<Args extends unknown[]>(
  delayMs: number,
  action: (...args: Args) => void,
  ...args: Args
): Timer | undefined {
  if (delayMs === 0) return undefined;
  return setTimeout(action, Math.min(delayMs, TIMER_MS_MAX), ...args);
}
