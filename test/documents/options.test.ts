import { describe, expect, test } from "bun:test";
import { CONFIG, INSPECTIONS } from "../../lib/cli/flags.ts";
import { defaultOf, usageOf } from "../../lib/cli/help.ts";
import { GROUPS } from "../../lib/options/option.ts";
import { OPTION_ENTRIES } from "../../lib/options/options.ts";
import { UNIT_NOTES } from "../../lib/options/units.ts";
import { tableRows } from "./tables.ts";

const ROOT = `${import.meta.dir}/../..`;
const page = await Bun.file(`${ROOT}/docs/options.md`).text();
const readme = await Bun.file(`${ROOT}/README.md`).text();

describe("docs/options.md", () => {
  test.each([...GROUPS])("its table below %p is the one in options.ts", (group) => {
    const rows = OPTION_ENTRIES.filter(([, option]) => option.group === group).map(
      ([name, option]) => [
        `\`${usageOf(option)}\``,
        `\`${name}\``,
        defaultOf(option),
        option.about,
        option.reason,
      ],
    );
    expect(tableRows(page, group)).toEqual(rows);
  });

  test("its flags for the configuration are the program's", () => {
    expect(tableRows(page, "Configuration")).toEqual([
      [`\`${usageOf(CONFIG)}\``, "none", CONFIG.about],
      ...Object.values(INSPECTIONS).map(({ flag, about }) => [`\`--${flag}\``, "", about]),
    ]);
  });

  test("has the groups in the order of --help", () => {
    const headings = Array.from(page.matchAll(/^## (.*)$/gm), ([, heading]) => heading as string);
    expect(headings.slice(0, GROUPS.length)).toEqual([...GROUPS]);
  });

  test("says how numbers with a unit are written, as --help does", () => {
    for (const note of UNIT_NOTES) expect(page).toContain(`- ${note}\n`);
  });
});

test("README's few options are as they are in options.ts", () => {
  const rows = tableRows(readme, "Options");
  const all = OPTION_ENTRIES.map(([, option]) => [
    `\`${usageOf(option)}\``,
    defaultOf(option),
    option.about,
  ]);
  expect(rows.length).toBeWithin(4, 8);
  for (const row of rows) expect(all).toContainEqual(row);
});
