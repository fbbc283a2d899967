/** What the system says that a process has used. Linux only: elsewhere both are NaN. */
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Processor time of all threads of a process so far, in nanoseconds. */
export function cpuNs(pid: number): number {
  if (!existsSync(`/proc/${pid}/task`)) return NaN;
  // The first number of schedstat is the time on a processor, to the nanosecond (proc(5)).
  const times = readdirSync(`/proc/${pid}/task`).map((task) =>
    Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]),
  );
  return times.reduce((sum, time) => sum + time, 0);
}

/** The most memory that a process has had resident so far, in bytes. */
export function peakBytes(pid: number): number {
  if (!existsSync(`/proc/${pid}/status`)) return NaN;
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]) * 1_024;
}
