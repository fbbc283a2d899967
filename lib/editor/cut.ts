/** Where a link has cut a write of dressed lines, and what that means for those who gave them. */
import { LF } from "../room/chunk.ts";

export interface Cut {
  /** Where the thing ends that was cut: what takes the line away, or a line. Counted in the bytes written. */
  readonly end: number;
  /** How many bytes of the source are in it and before it. */
  readonly sourceBytes: number;
  /** How many of these are in the line that was cut. */
  readonly lineBytes: number;
}

/**
 * @param source what was dressed
 * @param lines the same, line by line
 * @param startBytes how many bytes were written before the first line
 * @param accepted how many bytes the link has taken of it all
 */
export function findCut(
  source: Uint8Array,
  lines: readonly string[],
  startBytes: number,
  accepted: number,
): Cut {
  let [end, sourceBytes, lineBytes] = [startBytes, 0, 0];
  for (const line of lines) {
    if (accepted <= end) break;
    end += Buffer.byteLength(line);
    lineBytes = source.indexOf(LF, sourceBytes) + 1 - sourceBytes;
    sourceBytes += lineBytes;
  }
  return { end, sourceBytes, lineBytes };
}
