/** Numbers and tables for people. */

/** 1234567 → `1,234,567`. */
export const grouped = (value: number): string => value.toLocaleString("en-US");

const UNITS = ["", "k", "M", "G", "T"];

/** Three digits and a unit: 48200000 → `48.2 M`. */
export function short(value: number): string {
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${Number(value.toPrecision(3))} ${UNITS[unit]}`.trimEnd();
}

/** 2147483392 → `2 GiB`. */
export function bytes(value: number): string {
  const power = Math.min(4, Math.max(0, Math.floor(Math.log2(value) / 10)));
  return `${Number((value / 1024 ** power).toPrecision(3))} ${["B", "KiB", "MiB", "GiB", "TiB"][power]}`;
}

/** 75.4 → `1 min 15 s`, 0.42 → `0.4 s`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

export const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)}%`;

/** Columns two spaces apart, a rule under the header; the columns from `right` on are aligned right. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: number,
): string {
  const widths = header.map((cell, c) => Math.max(cell.length, ...rows.map((row) => row[c].length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, c) => (c >= right ? cell.padStart(widths[c]) : cell.padEnd(widths[c])))
      .join("  ")
      .trimEnd();
  return [line(header), widths.map((width) => "─".repeat(width)).join("  "), ...rows.map(line)].join("\n");
}

/** A text in lines of at most `width`, broken between words. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.length > 0 ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length === 0 || line.length > width) lines.push(word);
    else lines[lines.length - 1] = line;
  }
  return lines;
}
