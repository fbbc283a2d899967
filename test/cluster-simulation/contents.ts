/** What each entry has been, wherever it was read: the same everywhere. */
import { formatPosition } from "../../lib/cluster/position.ts";
import { decode } from "./log-parts.ts";
import type { StreamEntry } from "./log-state.ts";
import type { ClusterTally } from "./tally.ts";
import type { World } from "./world.ts";

/** How much of an entry is shown in the trace. */
const SHOWN_MAX = 500;

export class Contents {
  readonly #world: World;
  readonly #tally: ClusterTally;
  readonly #contents = new Map<string, string>();

  constructor(world: World, tally: ClusterTally) {
    this.#world = world;
    this.#tally = tally;
  }

  /** An id that had another content before. A reader may catch what is thrown here. */
  failure: Error | undefined;

  readonly read = (entries: readonly StreamEntry[]): void => {
    for (const entry of entries) {
      const id = formatPosition(entry.position);
      const content = JSON.stringify(entry.fields);
      const before = this.#contents.get(id);
      if (before === content) continue;
      if (before !== undefined) this.failure ??= new Error(`${id} is ${before} and ${content}`);
      this.#contents.set(id, content);
      this.#world.note(`log ${id} ${content.slice(0, SHOWN_MAX)}`);
      if (decode(entry).kind === "departed") this.#tally.add("a node is reaped");
    }
  };
}
