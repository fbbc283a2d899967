/** What is reported of a run. */
export const COLUMNS = {
  deliveriesPerSecond: { title: "deliveries/s", digits: 0 },
  linesPerSecond: { title: "lines/s", digits: 0 },
  cpuNsPerDelivery: { title: "CPU ns each", digits: 0 },
  writesPerDelivery: { title: "writes each", digits: 3 },
  redisUsPerLine: { title: "Redis us/line", digits: 1 },
  linesPerTurn: { title: "lines/turn", digits: 1 },
  p50Ms: { title: "p50 ms", digits: 2 },
  p99Ms: { title: "p99 ms", digits: 2 },
  maxMs: { title: "max ms", digits: 1 },
  neighbourP99Ms: { title: "neighbours' p99", digits: 2 },
  neighbourMaxMs: { title: "and max", digits: 1 },
  joinMs: { title: "join ms", digits: 0 },
  joinsPerSecond: { title: "joins/s", digits: 0 },
  heardMs: { title: "heard ms", digits: 0 },
  namesMs: { title: "named ms", digits: 0 },
  noticesEach: { title: "notices each", digits: 0 },
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
