/** What Linux says about a process that is being tested: proc(5). */
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";

export const HAS_PROC = process.platform === "linux";

/** For the name of a test that needs it. */
export const PROC_NOTE = HAS_PROC ? "" : ": skipped, needs Linux's /proc";

/** States of TCP in /proc/net/tcp: the kernel's include/net/tcp_states.h. */
export const TCP = { FIN_WAIT1: "04", FIN_WAIT2: "05", TIME_WAIT: "06", LISTEN: "0A" } as const;

export function descriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

export function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

/** The states of all sockets whose own port this is, whoever has them or has had them. */
export function statesOf(port: number): string[] {
  return sockets().flatMap((socket) => (socket.port === port ? [socket.state] : []));
}

/** The port on which a process listens that has nowhere to say it, once it does. */
export function listeningPort(pid: number): number | undefined {
  const own = readdirSync(`/proc/${pid}/fd`).map((descriptor) => target(pid, descriptor));
  return sockets().find(
    ({ state, inode }) => state === TCP.LISTEN && own.includes(`socket:[${inode}]`),
  )?.port;
}

function sockets(): { port: number; state: string; inode: string }[] {
  const [, ...rows] = readFileSync("/proc/net/tcp", "utf8").trimEnd().split("\n");
  return rows.map((row) => {
    const [, local = "", , state = "", , , , , , inode = ""] = row.trim().split(/\s+/);
    return { port: Number.parseInt(local.split(":")[1] ?? "", 16), state, inode };
  });
}

function target(pid: number, descriptor: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${descriptor}`);
  } catch {
    return "closed meanwhile";
  }
}
