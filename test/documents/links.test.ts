import { describe, expect, test } from "bun:test";
import { Glob } from "bun";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { FLAGS } from "../../lib/cli/flags.ts";

const ROOT = join(import.meta.dir, "../..");
const PAGES = ["README.md", "CHANGELOG.md", "bench/NOTES.md"].concat(
  [...new Glob("docs/*.md").scanSync(ROOT)].toSorted(),
);

/** Pages that name only natter's flags, and none of other programs. */
const OF_FLAGS = ["README.md", "docs/options.md", "docs/differences.md", "docs/security.md"];

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** The anchors that GitHub makes of a page's headings. */
function anchorsOf(page: string): string[] {
  return Array.from(page.matchAll(/^#+ (.*)$/gm), ([, heading = ""]) => {
    return heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-");
  });
}

describe("documents", () => {
  test.each(PAGES)("%s links only to files and headings that exist", (path) => {
    const links = Array.from(read(path).matchAll(/\]\(([^)\s]+)\)/g), ([, link = ""]) => link);
    const broken = links.filter((link) => {
      if (/^https?:/.test(link)) return false;
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? path : join(dirname(path), file);
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(read(target)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test.each(OF_FLAGS)("%s names only flags that exist", (path) => {
    const flags = FLAGS.map(({ flag }) => flag);
    const named = Array.from(read(path).matchAll(/`--([a-z][a-z-]*)/g), ([, flag = ""]) => flag);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((flag) => !flags.includes(flag))).toEqual([]);
  });
});
