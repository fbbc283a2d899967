/** Tables as text. */

/** The rows as lines. A row of two cells is a sentence, and makes no column wider. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const whole = rows.filter((row) => row.length > 2);
  const widths = rows[0]?.map((_, column) => {
    const cells = column === 0 ? rows : whole;
    return Math.max(...cells.map((row) => row[column]?.length ?? 0));
  });
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)).join("  ");
  return `${rows.map((row) => line(row).trimEnd()).join("\n")}\n`;
}

/** A number for a table, with this many digits after the point. */
export function fixed(value: number, digits: number): string {
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
