/** What is on somebody's screen is what its node has read, in the order of the log. */
import { LINES_MISSING } from "../../lib/text/messages.ts";
import { marksOf } from "./marks.ts";
import type { Person } from "./person.ts";
import type { SimNode } from "./sim-node.ts";

const TALK = /^(?:\S+: |\* \S+ |\*\*\* Announcement: )(line\d+)(?: x+)?$/;
const PRIVATE = /^\[private from \S+\] (line\d+)$/;
const PAST = /^\*\*\* \d+ lines? from before you came:$/;
const NOW = "*** This is now:";

/** @throws {Error} lines are in another order than in the log, or some are not there and no gap was told of */
export function checkScreen(node: SimNode, person: Person): void {
  const own = new Set(person.sent.map(({ mark }) => mark));
  const all = node.progress.entries.flatMap(marksOf);
  const log = all.filter((mark) => !own.has(mark));
  const segments = segmentsOf(person.screen);
  const isThere = node.phase === "up" && !person.hasLeft;
  // It was there at the latest when it spoke.
  const spoke = all.findIndex((mark) => own.has(mark));
  let at = 0;
  segments.forEach((segment, index) => {
    const startMax = index === 0 && spoke !== -1 ? spoke : log.length;
    const isLast = isThere && index === segments.length - 1;
    if (segment.length === 0 && !(isLast && index === 0 && spoke !== -1)) return;
    const isLoose = person.ignores.size > 0;
    const ends = isLoose ? looseEnds(log, segment, at) : wholeEnds(log, segment, at, startMax);
    const end = isLast ? ends.at(-1) : ends[0];
    if (end === undefined || (isLast && end < log.length && !isLoose)) {
      throw new Error(`${person.label} was shown ${segment}, and there was ${log.slice(at)}`);
    }
    at = end;
  });
}

/** Where all that was shown ends in the log, if nothing is left out. What was lost and said again is there twice. */
function wholeEnds(
  log: readonly string[],
  shown: readonly string[],
  from: number,
  startMax: number,
): number[] {
  const ends: number[] = [];
  for (let start = from; start <= startMax && start + shown.length <= log.length; start++) {
    if (shown.every((mark, index) => log[start + index] === mark)) ends.push(start + shown.length);
  }
  return ends;
}

/** The same if some of it may be left out. */
function looseEnds(log: readonly string[], shown: readonly string[], from: number): number[] {
  let at = from;
  for (const mark of shown) {
    const place = log.indexOf(mark, at);
    if (place === -1) return [];
    at = place + 1;
  }
  return [at];
}

/** The private lines that it was shown. */
export function privateMarks({ screen }: Person): string[] {
  return screen.split("\n").flatMap((line) => PRIVATE.exec(line)?.[1] ?? []);
}

/** What was said while it was there, divided where it was told of a gap. */
function segmentsOf(screen: string): string[][] {
  const segments: string[][] = [[]];
  let isPast = false;
  for (const line of screen.split("\n")) {
    if (PAST.test(line)) isPast = true;
    if (line === NOW) isPast = false;
    if (`${line}\n` === LINES_MISSING) segments.push([]);
    const mark = TALK.exec(line)?.[1];
    if (!isPast && mark !== undefined) segments.at(-1)?.push(mark);
  }
  return segments;
}
