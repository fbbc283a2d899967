/** What the system says that processes have used. Linux only: elsewhere all is NaN. */
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
  return statusBytes(pid, "VmHWM");
}

/** The memory that a process has resident now, in bytes. */
export function residentBytes(pid: number): number {
  return statusBytes(pid, "VmRSS");
}

/**
 * How many TCP packets with data all processes have sent so far. On loopback a packet takes up to
 * 64 KiB, so that this counts writes, without the cost of tracing them.
 */
export function dataPackets(): number {
  if (!existsSync("/proc/net/netstat")) return NaN;
  const lines = readFileSync("/proc/net/netstat", "utf8").split("\n");
  const [names, values] = lines.filter((line) => line.startsWith("TcpExt:"));
  const at = names?.split(" ").indexOf("TCPOrigDataSent") ?? -1;
  return Number(values?.split(" ")[at]);
}

function statusBytes(pid: number, name: string): number {
  if (!existsSync(`/proc/${pid}/status`)) return NaN;
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(status)?.[1]) * 1_024;
}
