/** What the system says of this process. */
import { statSync } from "node:fs";
import { descriptorsInUse } from "../limits/descriptors.ts";

export interface ProcessFigures {
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly cpuSeconds: number;
  /** When it started, in seconds of Unix time. */
  readonly startSeconds: number;
  readonly descriptors: number;
}

const STARTED_SECONDS = Date.now() / 1_000 - process.uptime();

export function readProcessFigures(): ProcessFigures {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    residentBytes: rss,
    heapBytes: heapUsed,
    cpuSeconds: (user + system) / 1e6,
    startSeconds: STARTED_SECONDS,
    descriptors: openDescriptors(),
  };
}

/** Linux tells it as the size of a folder since 6.2. Elsewhere the lowest free number has to do. */
function openDescriptors(): number {
  const { size } = statSync("/proc/self/fd", { throwIfNoEntry: false }) ?? { size: 0 };
  return size > 0 ? size : descriptorsInUse();
}
