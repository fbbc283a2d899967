/** Milliseconds on a clock that all processes share. */
export function clockMs(): number {
  return performance.timeOrigin + performance.now();
}
