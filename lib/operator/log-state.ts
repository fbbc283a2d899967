/** What has become of the log where it is written, as far as that is known. */
export interface LogState {
  /** How many lines wait to be written. */
  readonly waitingLines: number;
  /** How many were lost since the start, because they could not be written. */
  readonly lostLines: number;
  /** Whether the last write has failed, or so much waits that lines are lost. */
  readonly isFailing: boolean;
}

/** What has become of it in several places together; undefined if nothing is known of any. */
export function together(...states: readonly (LogState | undefined)[]): LogState | undefined {
  const known = states.filter((state) => state !== undefined);
  if (known.length === 0) return undefined;
  return {
    waitingLines: known.reduce((sum, { waitingLines }) => sum + waitingLines, 0),
    lostLines: known.reduce((sum, { lostLines }) => sum + lostLines, 0),
    isFailing: known.some(({ isFailing }) => isFailing),
  };
}
