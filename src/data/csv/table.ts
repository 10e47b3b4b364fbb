/** The records of a CSV text as numbers and labels. */
import { fail } from "../../base/errors.ts";
import type { Sliced } from "../slices.ts";
import { type ColumnName, Columns, isMissing, numberOf } from "./columns.ts";
import { type CsvRecord, csvRecords } from "./records.ts";

interface TableOptions {
  readonly header: boolean;
  readonly delimiter: string;
  readonly skipLines: number;
  readonly columns?: readonly ColumnName[];
  readonly label?: ColumnName;
  readonly missing: "error" | "drop" | "mean" | number;
}

export interface Table {
  /** Row-major, a column per feature. */
  readonly values: Float32Array;
  /** What the features are called. */
  readonly features: readonly string[];
  /** Fields of the label's column. */
  readonly labels: readonly string[];
  /** Where label i stands, for messages. */
  place(i: number): string;
}

/** @throws HeddleError that names the line and the column of what is wrong */
export function* readTable(text: string, name: string, options: TableOptions): Sliced<never, Table> {
  const { header, missing } = options;
  const records = csvRecords(text, options.delimiter, name, options.skipLines);
  const first = records.next();
  if (first.done) return empty(name);
  const columns = new Columns(first.value, header);
  const label = options.label === undefined ? undefined : columns.index(options.label);
  const features = featuresOf(columns, label, options.columns);
  const used = label === undefined ? features : [...features, label];
  const place = (line: number, column: number) => `${name}, line ${line}, ${columns.show(column)}`;
  const values: number[] = [];
  const labels: string[] = [];
  const lines: number[] = [];
  const add = ({ fields, line }: CsvRecord): void => {
    if (fields.length !== columns.length) {
      fail("csv", `${name}, line ${line}: expected ${columns.length} fields, got ${fields.length}`);
    }
    const hole = used.find((column) => isMissing(fields[column]));
    if (hole !== undefined) {
      if (missing === "drop") return;
      if (missing === "error")
        fail("csv", `${place(line, hole)}: the value is missing; see option "missing"`);
    }
    for (const column of features) {
      const field = fields[column];
      values.push(isMissing(field) ? Number.NaN : numberOf(field, () => place(line, column)));
    }
    if (label !== undefined) {
      if (isMissing(fields[label])) fail("csv", `${place(line, label)}: the label is missing`);
      labels.push(fields[label].trim());
    }
    lines.push(line);
  };
  if (!header) add(first.value);
  for (const record of records) {
    add(record);
    yield;
  }
  if (lines.length === 0) empty(name);
  for (const [i, column] of features.entries()) {
    fill(values, i, features.length, missing, () => `${name}, ${columns.show(column)}`);
    yield;
  }
  return {
    values: Float32Array.from(values),
    features: features.map((column) => columns.name(column)),
    labels,
    place: (i) => place(lines[i], label ?? 0),
  };
}

function empty(name: string): never {
  const hint = name === "text" ? "; to read a file pass { path } or { url }" : "";
  return fail("csv", `${name}: there are no samples${hint}`);
}

function featuresOf(
  columns: Columns,
  label: number | undefined,
  chosen: readonly ColumnName[] | undefined,
): readonly number[] {
  const all = Array.from({ length: columns.length }, (_, column) => column);
  const features = chosen?.map((column) => columns.index(column)) ?? all.filter((column) => column !== label);
  return features.length > 0 ? features : fail("csv", "there are no columns of x beside the label");
}

/** Replaces the missing values of one column by its mean, or a number. */
function fill(
  values: number[],
  column: number,
  columns: number,
  missing: TableOptions["missing"],
  where: () => string,
): void {
  let sum = 0;
  const holes: number[] = [];
  for (let i = column; i < values.length; i += columns) {
    if (Number.isNaN(values[i])) holes.push(i);
    else sum += values[i];
  }
  if (holes.length === 0) return;
  const present = values.length / columns - holes.length;
  if (missing === "mean" && present === 0) fail("csv", `${where()}: no values to take the mean of`);
  for (const i of holes) values[i] = typeof missing === "number" ? missing : sum / present;
}
