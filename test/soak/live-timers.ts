/**
 * Which timers and immediates of this process are live: begun, and neither fired nor cleared.
 *
 * Neither Bun nor JavaScriptCore tells this. A timer's object lives longer than the timer if something still refers to
 * it, and `process.getActiveResourcesInfo` lists no timers. So the global functions are replaced by functions that
 * keep count. That works for code that looks them up when it calls them, as all of lib does. A timer that is
 * refreshed lives again, unless it was cleared.
 */

export interface TimerCounts {
  readonly timers: number;
  readonly immediates: number;
}

type Action = (...args: unknown[]) => void;
type Begin = (action: Action, ...rest: unknown[]) => object;
type Clear = (handle: unknown) => void;

const GLOBALS = globalThis as unknown as {
  setTimeout: Begin;
  setInterval: Begin;
  setImmediate: Begin;
  clearTimeout: Clear;
  clearInterval: Clear;
  clearImmediate: Clear;
};

/** Counts from now on. Call this once, before any timer is begun. */
export function watchTimers(): () => TimerCounts {
  const timers = new Set<unknown>();
  const immediates = new Set<unknown>();
  /** Timers that a refresh does not bring back. */
  const cleared = new WeakSet();
  const { setInterval } = GLOBALS;
  GLOBALS.setTimeout = onceIn(timers, GLOBALS.setTimeout);
  GLOBALS.setImmediate = onceIn(immediates, GLOBALS.setImmediate);
  GLOBALS.setInterval = (...args) => {
    const timer = setInterval(...args);
    timers.add(timer);
    return timer;
  };
  for (const name of ["clearTimeout", "clearInterval", "clearImmediate"] as const) {
    const clear = GLOBALS[name];
    GLOBALS[name] = (handle) => {
      if (typeof handle === "object" && handle !== null) cleared.add(handle);
      timers.delete(handle);
      immediates.delete(handle);
      clear(handle);
    };
  }
  watchRefresh((timer) => void (cleared.has(timer) || timers.add(timer)));
  return () => ({ timers: timers.size, immediates: immediates.size });
}

/** `begin`, with each handle in `live` until it fires. */
function onceIn(live: Set<unknown>, begin: Begin): Begin {
  return (action, ...rest) => {
    const fire: Action = (...args) => {
      // This comes first, because the action may refresh it.
      live.delete(handle);
      action(...args);
    };
    const handle = begin(fire, ...rest);
    live.add(handle);
    return handle;
  };
}

function watchRefresh(refreshed: (timer: object) => void): void {
  const sample = setTimeout(() => {}, 0);
  clearTimeout(sample);
  const prototype = Object.getPrototypeOf(sample) as { refresh(): object };
  const { refresh } = prototype;
  prototype.refresh = function (this: object) {
    refreshed(this);
    return refresh.call(this);
  };
}
