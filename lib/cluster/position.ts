/** A place in the log: a generation, and a counter within it that leaves nothing out. */
export interface Position {
  readonly generation: number;
  readonly counter: number;
}

/** Before everything. */
export const START: Position = { generation: 0, counter: 0 };

/** Reads an id. What is no id is before everything. */
export function parsePosition(id: string): Position {
  const [, generation, counter] = /^(\d{1,15})-(\d{1,15})$/.exec(id) ?? [];
  return { generation: Number(generation ?? 0), counter: Number(counter ?? 0) };
}

export function formatPosition({ generation, counter }: Position): string {
  return `${generation}-${counter}`;
}

/** Below 0 if `one` comes before `other`, 0 if they are the same, above 0 otherwise. */
export function comparePositions(one: Position, other: Position): number {
  return one.generation - other.generation || one.counter - other.counter;
}
