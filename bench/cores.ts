/** Which core a process runs on. The server has the first, and each process of people has one more. */
import { availableParallelism } from "node:os";
import { allowedCores } from "./usage.ts";

const SERVER = 0;
const LOADS_MAX = 4;

/** How many processes play people: one for each core that the server leaves free, as far as that helps. */
export const LOADS = Math.min(LOADS_MAX, Math.max(1, availableParallelism() - 1));

/** What to put before the server's command line. */
export function pinServer(): string[] {
  return pin(SERVER);
}

/** The same for each of several servers that share all the cores that no load uses. */
export function pinServers(): string[] {
  return pin(SERVER, ...Array.from({ length: LOADS_MAX }, (_, at) => SERVER + 1 + LOADS + at));
}

/** What to put before the command line of the load process with this number, from 0. */
export function pinLoad(index: number): string[] {
  return pin(SERVER + 1 + index);
}

/** Empty if the system has no program for that, or too few cores. */
function pin(...indices: readonly number[]): string[] {
  const cores = indices.flatMap((index) => allowedCores()?.[index] ?? []);
  if (cores.length === 0 || Bun.which("taskset") === null) return [];
  return ["taskset", "--cpu-list", cores.join()];
}
