/** What a process has used, as the system says. Linux only. On other systems all is NaN. */
import { existsSync, readFileSync } from "node:fs";

/** `getconf CLK_TCK`: 100 a second on every Linux that Bun runs on. */
const NS_PER_TICK = 10_000_000;

/** Processor time of all threads of a process so far, ended ones too, in nanoseconds. */
export function cpuNs(pid: number): number {
  if (!existsSync(`/proc/${pid}/stat`)) return NaN;
  // The name in parentheses may hold anything: utime and stime are the 12th and 13th after it (proc(5)).
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * NS_PER_TICK;
}

export const MIB = 1_048_576;

/** The peak of a process's resident memory so far, in MiB. */
export function peakMiB(pid: number): number {
  return statusBytes(pid, "VmHWM") / MIB;
}

/** A process's resident memory now, in bytes. */
export function residentBytes(pid: number): number {
  return statusBytes(pid, "VmRSS");
}

function statusBytes(pid: number, name: string): number {
  return Number(/^(\d+) kB$/.exec(status(pid, name))?.[1]) * 1_024;
}

/** The same in MiB. */
export function residentMiB(pid: number): number {
  return residentBytes(pid) / MIB;
}

/** The cores that this process may use; `undefined` if the system does not say. */
export function allowedCores(): number[] | undefined {
  const list = status("self", "Cpus_allowed_list");
  if (list === "") return undefined;
  return list.split(",").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** A line of a process's status, without its name; empty if there is none. */
function status(process: number | "self", name: string): string {
  const path = `/proc/${process}/status`;
  if (!existsSync(path)) return "";
  return new RegExp(`^${name}:\\s*(.*)$`, "m").exec(readFileSync(path, "utf8"))?.[1] ?? "";
}
