/** A snapshot's text: a row per number, a column per device. */
import type { Counts } from "./counts.ts";

/** `columns` by their heading; rows in the order of their sections, with a line between those. */
export function table(title: string, columns: ReadonlyMap<string, Counts>): string {
  const rows = orderedRows([...columns.values()]);
  const names = [...columns.keys()];
  const cells = rows.map((row) => [row, ...names.map((name) => show(columns.get(name)?.get(row)))]);
  const widths = ["", ...names].map((heading, c) =>
    Math.max(heading.length, ...cells.map((cell) => cell[c].length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c])))
      .join("  ")
      .trimEnd();
  const lines = cells.map((cell, i) => {
    const isFirst = i > 0 && section(rows[i]) !== section(rows[i - 1]);
    return (isFirst ? "\n" : "") + line(cell);
  });
  return `${[title, "", line(["", ...names]), ...lines].join("\n")}\n`;
}

const section = (row: string): string => row.split(":")[0];

const show = (count: number | undefined): string => count?.toLocaleString("en-US") ?? "";

/** By section, and in it behind the row that they follow in their column. */
function orderedRows(columns: readonly Counts[]): string[] {
  const sections = [...new Set(columns.flatMap((column) => [...column.keys()].map(section)))];
  const rows: string[] = [];
  for (const column of columns) {
    let at = 0;
    for (const row of column.keys()) {
      const known = rows.indexOf(row);
      if (known < 0) rows.splice(at, 0, row);
      at = (known < 0 ? at : known) + 1;
    }
  }
  return rows.sort((a, b) => sections.indexOf(section(a)) - sections.indexOf(section(b)));
}
