/** What is reported of a run. */
export const COLUMNS = {
  deliveriesPerSecond: { title: "deliveries/s", digits: 0 },
  cpuNsPerDelivery: { title: "CPU ns each", digits: 0 },
  writesPerDelivery: { title: "writes each", digits: 3 },
  p50Ms: { title: "p50 ms", digits: 2 },
  p99Ms: { title: "p99 ms", digits: 2 },
  maxMs: { title: "max ms", digits: 1 },
  neighbourP99Ms: { title: "neighbours' p99", digits: 2 },
  neighbourMaxMs: { title: "and max", digits: 1 },
  joinMs: { title: "join ms", digits: 0 },
  leaveMs: { title: "leave ms", digits: 0 },
  cpuMs: { title: "CPU ms", digits: 0 },
  kibPerClient: { title: "KiB a client", digits: 2 },
  peakMiB: { title: "peak MiB", digits: 0 },
} as const;

export type Column = keyof typeof COLUMNS;

export type Figures = { readonly [Name in Column]?: number };

export interface Run {
  readonly workload: string;
  readonly peer: string;
  readonly result: Figures | { readonly fault: string };
}
