import { describe, expect, test } from "bun:test";
import {
  blocksOfCode,
  FILES,
  languages,
  linesOf,
  linkedFiles,
  links,
  listings,
  references,
  scenes,
  steps,
  type Listing,
} from "./howto-document.ts";

/** The largest part of a step's listings that may be unchanged code, which shows where the changes belong. */
const UNCHANGED_PART_MAX = 0.4;

/** The formatter removes the indentation of a listing. */
const INDENTATIONS = ["", "  ", "    ", "      "];

/** Each place where the lines of `listing` stand in its file, by its first line. */
function placesOf(listing: Listing, lines: readonly string[]): number[] {
  return INDENTATIONS.flatMap((indentation) => {
    const indented = listing.lines.map((line) => (line === "" ? "" : indentation + line));
    return lines.flatMap((_, start) =>
      indented.every((line, offset) => lines[start + offset] === line) ? [start] : [],
    );
  });
}

/** The indexes of the lines that are in `to` but not in `from`, by a longest common subsequence. */
function addedLines(from: readonly string[], to: readonly string[]): Set<number> {
  const lengths = Array.from({ length: from.length + 1 }, () => new Uint16Array(to.length + 1));
  const at = (row: number, column: number) => lengths[row]?.[column] ?? 0;
  for (let row = from.length - 1; row >= 0; row--) {
    for (let column = to.length - 1; column >= 0; column--) {
      const isSame = from[row] === to[column];
      (lengths[row] as Uint16Array)[column] = isSame
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const added = new Set<number>();
  for (let row = 0, column = 0; column < to.length;) {
    if (row < from.length && from[row] === to[column]) {
      row++;
      column++;
    } else if (row < from.length && at(row + 1, column) >= at(row, column + 1)) {
      row++;
    } else {
      added.add(column++);
    }
  }
  return added;
}

describe("docs/howto.md", () => {
  test("says of every listing which file it is from", () => {
    expect(listings).toHaveLength(blocksOfCode);
    expect([...new Set(listings.map(({ file }) => file))]).toEqual(FILES);
  });

  test("shows each listing as it stands in its file", async () => {
    for (const listing of listings) {
      const lines = await linesOf(listing.file);
      if (listing.isWhole) expect(listing.lines).toEqual(lines);
      else if (placesOf(listing, lines).length === 0) expect(lines).toEqual([...listing.lines]);
    }
  });

  test("shows the first and the last file whole", () => {
    const whole = listings.filter(({ isWhole }) => isWhole).map(({ file }) => file);
    expect(whole).toEqual([FILES.at(0) as string, FILES.at(-1) as string]);
  });

  for (const [index, file] of FILES.entries()) {
    if (index === 0) continue;
    test(`shows what ${file} changes, and little else`, async () => {
      const lines = await linesOf(file);
      const added = addedLines(await linesOf(FILES[index - 1] as string), lines);
      // The first line is the file's title. Blank lines and closing braces say nothing.
      added.delete(0);
      const shown = new Set<number>();
      for (const listing of listings) {
        if (listing.file !== file || listing.isWhole) continue;
        const places = placesOf(listing, lines).map((start) => {
          return listing.lines.map((_, offset) => start + offset);
        });
        const changed = places.find((place) => place.some((line) => added.has(line)));
        // Unchanged code is shown again only around a change.
        expect(changed, listing.lines.join("\n")).toBeDefined();
        changed?.forEach((line) => shown.add(line));
      }
      const missing = [...added].filter((line) => !shown.has(line)).map((line) => lines[line]);
      expect(missing.filter((line) => /\w/.test(line ?? ""))).toEqual([]);
      const unchanged = [...shown].filter((line) => !added.has(line));
      expect(unchanged.length / shown.size).toBeLessThan(UNCHANGED_PART_MAX);
    });
  }

  test("ends in a listing of about 120 lines", async () => {
    const lines = await linesOf(FILES.at(-1) as string);
    expect(lines.filter((line) => line !== "").length).toBeLessThanOrEqual(122);
  });

  test("has a transcript in each step, and a thing to try in each except the last", () => {
    expect(steps).toHaveLength(FILES.length);
    expect([...new Set(scenes().map(({ file }) => file))]).toEqual(FILES);
    const tries = steps.map((step) => step.includes("**Try this:**"));
    expect(tries).toEqual(FILES.map((_, index) => index < FILES.length - 1));
  });

  test("has no code that no test looks at", () => {
    expect(languages.toSorted()).toEqual(["sh", "text", "ts"]);
  });

  test("links only to pages that exist", async () => {
    expect(references.used).toEqual(references.defined);
    const root = `${import.meta.dir}/../..`;
    for (const path of linkedFiles) {
      expect([path, await Bun.file(`${root}/${path}`).exists()]).toEqual([path, true]);
    }
    // The package of Bun's types has the documentation, except the reference.
    for (const address of links) {
      const [, page] = /^https:\/\/bun\.com\/docs\/([^#]+)/.exec(address) ?? [];
      if (page === undefined) continue;
      const file = Bun.file(`${root}/node_modules/bun-types/docs/${page}.mdx`);
      expect([page, await file.exists()]).toEqual([page, true]);
    }
  });
});
