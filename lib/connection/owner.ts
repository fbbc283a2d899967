import type { LeaveReason } from "../events.ts";

/** What the two halves of a connection ask of it. */
export interface Owner {
  /** Something that a half has waited for has come: its phase says what. */
  wake(): void;
  /** Ends the stay: what is queued and these last words are delivered. */
  close(reason: LeaveReason, goodbye: string): void;
  /** Ends the stay at once. */
  abort(reason: LeaveReason): void;
  /**
   * Runs `action`, which a timer or another client has set off; what that throws goes to `failed`, so
   * that it concerns nobody else. What a socket's handler throws Bun reports there.
   */
  run(action: () => void): void;
  /** Something of ours threw while it dealt with this client. */
  failed(error: unknown): void;
}
