/**
 * Answers for what is done on behalf of one connection, so that an error of ours there concerns
 * nobody else. Bun catches what a socket's handler throws; this is for timers, and for what other
 * connections set off.
 */
export interface ErrorBoundary {
  /** Runs `action`; what that throws goes to `failed`. */
  run(action: () => void): void;
  /** Something of ours threw. */
  failed(error: unknown): void;
}
