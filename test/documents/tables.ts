/** The rows of the first table below a heading of a document, as cells. */
export function tableRows(document: string, heading: string): string[][] {
  const [, section = ""] = document.split(`\n## ${heading}\n`);
  const [table = ""] = /(^\|.*\n)+/m.exec(section) ?? [];
  const [, , ...rows] = table.trimEnd().split("\n");
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
