/** Columns of a CSV file by name or index, and how their fields become numbers. */
import { fail } from "../../base/errors.ts";
import type { CsvRecord } from "./records.ts";

/** A name in the header, or an index, from the end if negative. */
export type ColumnName = string | number;

/** Fields that hold no value, in lower case. */
const MISSING = new Set(["", "na", "n/a", "nan", "null", "none", "?"]);

export const isMissing = (field: string): boolean => MISSING.has(field.trim().toLowerCase());

/** @throws HeddleError when the field is no number, or too large for float32 */
export function numberOf(field: string, where: () => string): number {
  const value = Number(field);
  if (Number.isNaN(value)) fail("csv", `${where()}: ${JSON.stringify(field)} is no number`);
  if (!Number.isFinite(Math.fround(value))) fail("csv", `${where()}: float32 does not hold ${field}`);
  return value;
}

/** What a file's columns are called; without a header, by their index. */
export class Columns {
  readonly #header: readonly string[] | undefined;
  readonly length: number;

  constructor(first: CsvRecord, hasHeader: boolean) {
    this.#header = hasHeader ? first.fields.map((name) => name.trim()) : undefined;
    this.length = first.fields.length;
  }

  name(index: number): string {
    return this.#header?.[index] ?? String(index);
  }

  /** For messages. */
  show(index: number): string {
    return `column ${this.#header ? JSON.stringify(this.name(index)) : index}`;
  }

  /** @throws HeddleError when there is no such column */
  index(name: ColumnName): number {
    if (typeof name === "number") {
      const index = name < 0 ? name + this.length : name;
      if (Number.isInteger(index) && index >= 0 && index < this.length) return index;
      const bounds = `[${-this.length}, ${this.length - 1}]`;
      return fail("csv", `a column's index must be an integer in ${bounds}: got ${name}`);
    }
    if (!this.#header) {
      return fail("csv", `columns have names only with a header: got ${JSON.stringify(name)}`);
    }
    const index = this.#header.indexOf(name);
    if (index >= 0 && index === this.#header.lastIndexOf(name)) return index;
    const fault = index < 0 ? "no column is named" : "several columns are named";
    return fail("csv", `${fault} ${JSON.stringify(name)}: the header has ${this.#header.join(", ")}`);
  }
}

/** Maps labels to 0 … n − 1: in the given order, or numbers by value and names by their code units. */
export function encodeClasses(
  labels: readonly string[],
  given: readonly string[] | undefined,
  where: (i: number) => string,
): { classes: readonly string[]; data: Int32Array } {
  const classes = given ?? sortedClasses(labels, where);
  const numbers = new Map(classes.map((name, i) => [name, i]));
  const data = Int32Array.from(
    labels,
    (label, i) =>
      numbers.get(label) ??
      fail("csv", `${where(i)}: ${JSON.stringify(label)} is none of the classes ${classes.join(", ")}`),
  );
  return { classes, data };
}

function sortedClasses(labels: readonly string[], where: (i: number) => string): string[] {
  const distinct = [...new Set(labels)];
  if (distinct.some((label) => Number.isNaN(Number(label)))) return distinct.sort();
  const fraction = labels.findIndex((label) => !Number.isInteger(Number(label)));
  if (fraction >= 0) {
    const rule = `${labels[fraction]} is no class; to predict numbers pass labels: "number"`;
    fail("csv", `${where(fraction)}: ${rule}`);
  }
  return distinct.sort((a, b) => Number(a) - Number(b));
}
