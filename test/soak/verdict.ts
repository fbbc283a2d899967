/** Whether a soaked server's figures stayed what they were. */
import { median } from "../../bench/median.ts";
import { FIGURE_NAMES, FIGURES, type FigureName, type Sample } from "./figures.ts";

/** How much a figure may grow: this part of it, or its `growthMin` if that is more. */
const GROWTH_PART_MAX = 0.05;

/** Figures that must be the same at every quiet point and have changed, with a sentence for each. */
export function findChange(samples: readonly Sample[]): string[] {
  return FIGURE_NAMES.flatMap((name) => {
    if (FIGURES[name].rule !== "same") return [];
    const values = samples.map(({ quiet }) => quiet[name]);
    const other = values.find((value) => value !== values[0]);
    if (other === undefined) return [];
    return `${FIGURES[name].title}: ${other} where there were ${values[0]} at first`;
  });
}

/**
 * The other figures that have grown. The trend over the second half counts, because things that are made only once
 * have been made by then. The trend is the median of the slopes between any two samples (Theil and Sen), times the
 * length of that half. A few outliers do not change it.
 */
export function findGrowth(samples: readonly Sample[]): string[] {
  return FIGURE_NAMES.flatMap((name) => {
    const { title, rule } = FIGURES[name];
    if (rule === "same") return [];
    const { growth, allowed } = trend(samples, name, rule.growthMin);
    if (growth <= allowed) return [];
    return `${title}: grew by ${growth.toFixed(2)} in the second half, more than ${allowed.toFixed(2)}`;
  });
}

/** How much a figure grew in the second half, and how much it may grow. */
function trend(
  samples: readonly Sample[],
  name: FigureName,
  growthMin: number,
): { growth: number; allowed: number } {
  const half = samples.slice(samples.length >> 1);
  const slopes = half.flatMap((from, index) =>
    half.slice(index + 1).map((to) => {
      return (to.quiet[name] - from.quiet[name]) / (to.minutes - from.minutes);
    }),
  );
  const minutes = (half.at(-1)?.minutes ?? 0) - (half[0]?.minutes ?? 0);
  const level = median(half.map(({ quiet }) => quiet[name]));
  const growth = slopes.length === 0 ? 0 : median(slopes) * minutes;
  return { growth, allowed: Math.max(growthMin, level * GROWTH_PART_MAX) };
}
