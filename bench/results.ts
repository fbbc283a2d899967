/** The results of all runs of a benchmark, and the tables that show them. */
import { aligned, fixed } from "./aligned.ts";
import { COLUMNS, type Column, type Figures, type Run } from "./columns.ts";
import { median } from "./median.ts";
import { TARGETS } from "./targets.ts";

export class Results {
  readonly runs: Run[] = [];

  add(run: Run): void {
    this.runs.push(run);
  }

  /** The first fault of a server in a workload. */
  fault(workload: string, peer: string): string | undefined {
    return this.#of(workload, peer).flatMap(({ result }) =>
      "fault" in result ? result.fault : [],
    )[0];
  }

  /** The median of the runs that went well; NaN if there is none. */
  readonly look = (workload: string, peer: string, column: Column): number => {
    return median(
      this.#of(workload, peer).flatMap(({ result }) =>
        "fault" in result ? [] : (result[column] ?? []),
      ),
    );
  };

  workloads(): string[] {
    return [...new Set(this.runs.map(({ workload }) => workload))];
  }

  peers(workload: string): string[] {
    const names = this.runs.filter((run) => run.workload === workload).map(({ peer }) => peer);
    return [...new Set(names)];
  }

  /** A row for each server, with the medians or the first fault. */
  table(workload: string): string {
    const columns = this.#columns(workload);
    const head = [workload, ...columns.map((name) => COLUMNS[name].title)];
    const rows = this.peers(workload).map((peer) => {
      const fault = this.fault(workload, peer);
      if (fault !== undefined) return [peer, fault];
      return [peer, ...columns.map((name) => format(this.look(workload, peer, name), name))];
    });
    return aligned([head, ...rows]);
  }

  /** A row for each target whose figures were all measured; empty if there is none. */
  targets(): string {
    const rows = TARGETS.flatMap(({ about, atLeast, atMost, measured }) => {
      const ratio = measured(this.look);
      if (Number.isNaN(ratio)) return [];
      const isMet = ratio >= (atLeast ?? -Infinity) && ratio <= (atMost ?? Infinity);
      const wanted = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
      return [[about, wanted, ratio.toPrecision(3), isMet ? "met" : "missed"]];
    });
    return rows.length === 0 ? "" : aligned([["target", "wanted", "measured", ""], ...rows]);
  }

  #of(workload: string, peer: string): Run[] {
    return this.runs.filter((run) => run.workload === workload && run.peer === peer);
  }

  #columns(workload: string): Column[] {
    const figures = this.runs
      .filter((run) => run.workload === workload)
      .map(({ result }) => ("fault" in result ? {} : result) as Figures);
    const names = Object.keys(COLUMNS) as Column[];
    return names.filter((name) => figures.some((each) => each[name] !== undefined));
  }
}

function format(value: number, column: Column): string {
  return Number.isNaN(value) ? "" : fixed(value, COLUMNS[column].digits);
}
