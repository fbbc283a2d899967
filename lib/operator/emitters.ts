/** Who is told what happens. */
import type { ChatEvent, Emit } from "../events.ts";

/** Tells both, or one, or is nothing at all. */
export function emitterTo(one: Emit, other: Emit): Emit {
  if (one === undefined || other === undefined) return one ?? other;
  return (event) => {
    one(event);
    other(event);
  };
}

/** A program's listener that throws harms nothing but itself, and standard error says so once. */
export function guarded(onEvent: (event: ChatEvent) => void): Emit {
  let hasComplained = false;
  return (event) => {
    try {
      onEvent(event);
    } catch (error) {
      if (!hasComplained) console.error("natter: onEvent threw:", error);
      hasComplained = true;
    }
  };
}
