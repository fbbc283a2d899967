/** The figures of a server, and how each is shown and judged. */

export interface Figures {
  /** How many clients are connected. */
  readonly clients: number;
  readonly descriptors: number;
  /** Timers and immediates that are live. */
  readonly timers: number;
  readonly immediates: number;
  /** JavaScript objects, and those that must not be collected. */
  readonly objects: number;
  readonly protectedObjects: number;
  readonly heapMiB: number;
  /** Buffers and the like. */
  readonly externalMiB: number;
  readonly residentMiB: number;
}

export type FigureName = keyof Figures;

/** Whether a figure must be the same each time that only the witnesses are there, or how much it may grow. */
type Rule = "same" | { readonly growthMin: number };

/**
 * `growthMin`: less than this is never called growth, in the figure's unit. It allows for what the engine does by
 * itself. The engine compiles for minutes, and compiled code counts as heap and external. It also gives memory back
 * at times of its own. With BUN_JSC_useJIT=0 in the environment the heap stays the same, to some KiB.
 */
export const FIGURES: Readonly<
  Record<FigureName, { readonly title: string; readonly digits: number; readonly rule: Rule }>
> = {
  clients: { title: "clients", digits: 0, rule: "same" },
  descriptors: { title: "descriptors", digits: 0, rule: "same" },
  timers: { title: "timers", digits: 0, rule: "same" },
  immediates: { title: "immediates", digits: 0, rule: "same" },
  objects: { title: "objects", digits: 0, rule: { growthMin: 500 } },
  protectedObjects: { title: "protected", digits: 0, rule: { growthMin: 20 } },
  heapMiB: { title: "heap MiB", digits: 2, rule: { growthMin: 1 } },
  externalMiB: { title: "external MiB", digits: 2, rule: { growthMin: 1 } },
  residentMiB: { title: "resident MiB", digits: 1, rule: { growthMin: 10 } },
};

export const FIGURE_NAMES = Object.keys(FIGURES) as FigureName[];

export interface Sample {
  readonly minutes: number;
  /** With only the witnesses there, everything at rest, after a garbage collection. */
  readonly quiet: Figures;
  /** In the middle of the load before that; none before the first. */
  readonly loaded: Figures | undefined;
}
