/** What `setTimeout` and `setInterval` return. */
export type Timer = ReturnType<typeof setTimeout>;

/** A timer, or none at all where 0 stands for "never". */
export function after(delayMs: number, action: () => void): Timer | undefined {
  return delayMs === 0 ? undefined : setTimeout(action, delayMs);
}
