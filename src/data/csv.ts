/** CSV: a table of numbers in text, with a column of classes or numbers to predict. */
import { fail } from "../base/errors.ts";
import type { HostTensor } from "../base/host.ts";
import { checkOptions, flag, fromZero, oneOf, type Rules } from "../base/options.ts";
import { type ColumnName, encodeClasses, numberOf } from "./csv/columns.ts";
import { readTable } from "./csv/table.ts";
import { type Dataset, dataset, type Pair, type Sample } from "./dataset.ts";
import { cooperate } from "./slices.ts";
import { type FileSource, nameOf, readSource } from "./source.ts";

/** Options of {@link csv}. */
export interface CsvOptions {
  /** Whether the first record names the columns. Default true. */
  readonly header?: boolean;
  /** One character. Default `,`. */
  readonly delimiter?: string;
  /** Lines before the table. Default 0. */
  readonly skipLines?: number;
  /** Columns of x. Default: all but the label. */
  readonly columns?: readonly ColumnName[];
  /** Column of y. Default: none; then samples are `[x]`. */
  readonly label?: ColumnName;
  /** `class`: names or integers, as int32 0 … n − 1, shape []. `number`: float32, shape [1]. Default `class`. */
  readonly labels?: "class" | "number";
  /** Classes in the order of their numbers, so that two files agree. Default: those of the file, sorted. */
  readonly classes?: readonly string[];
  /**
   * What becomes of empty fields (also NA, N/A, NaN, null, none, ?): `error`; `drop` leaves the record out; `mean` takes
   * the column's mean; a number takes its place. A missing label is dropped or an error. Default `error`.
   */
  readonly missing?: "error" | "drop" | "mean" | number;
}

const isColumn = (name: unknown): boolean => typeof name === "string" || typeof name === "number";

const rules: Rules<CsvOptions> = {
  header: flag,
  delimiter: (v) => (typeof v === "string" && /^[^"\r\n]$/.test(v) ? "" : "must be one character"),
  skipLines: fromZero,
  columns: (v) => (Array.isArray(v) && v.every(isColumn) ? "" : "must be a list of names or indices"),
  label: (v) => (isColumn(v) ? "" : "must be a name or an index"),
  labels: oneOf("class", "number"),
  classes: (v) =>
    Array.isArray(v) && v.every((name) => typeof name === "string") ? "" : "must be a list of names",
  missing: (v) =>
    ["error", "drop", "mean"].includes(v as string) || Number.isFinite(v)
      ? ""
      : 'must be "error", "drop", "mean" or a number',
};

/** What a table was read into. */
export interface Csv<S extends Sample> {
  /** Its rows as samples. */
  readonly data: Dataset<S>;
  /** Names of the columns of x; without a header, their indices. */
  readonly features: readonly string[];
  /** Names of the classes, by number; empty without classes. */
  readonly classes: readonly string[];
}

/**
 * Reads a table: x are rows of numbers, float32 [columns]; y is the label.
 * @param source a text, or a file: bytes, `{ path }` (Node) or `{ url }`; gzipped files are unpacked
 *
 * @example
 * const { data, classes } = await csv({ path: "iris.csv" }, { label: "species" });
 * const [train, test] = data.split(0.8);
 * @throws HeddleError `[csv] iris.csv, line 7, column "petal width": "wide" is no number` and the like
 */
export async function csv(
  source: string | FileSource,
  options: CsvOptions & { readonly label: ColumnName },
): Promise<Csv<Pair>>;
export async function csv(
  source: string | FileSource,
  options?: CsvOptions & { readonly label?: undefined },
): Promise<Csv<[x: HostTensor]>>;
export async function csv(
  source: string | FileSource,
  options: CsvOptions = {},
): Promise<Csv<Pair | [x: HostTensor]>> {
  checkOptions("csv", options, rules);
  const { header = true, delimiter = ",", skipLines = 0, missing = "error", labels = "class" } = options;
  const name = typeof source === "string" ? "text" : nameOf(source);
  const text = typeof source === "string" ? source : decode(name, await readSource("csv", source));
  const work = readTable(text, name, { ...options, header, delimiter, skipLines, missing });
  const { values, features, labels: fields, place } = (await cooperate(work)).value;
  const x = { data: values, shape: [values.length / features.length, features.length] };
  if (options.label === undefined) return { data: dataset([x]), features, classes: [] };
  if (labels === "number") {
    const data = Float32Array.from(fields, (field, i) => numberOf(field, () => place(i)));
    return { data: dataset([x, { data, shape: [data.length, 1] }]), features, classes: [] };
  }
  const { classes, data } = encodeClasses(fields, options.classes, place);
  return { data: dataset([x, data]), features, classes };
}

function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return fail("csv", `${name}: not text in UTF-8`);
  }
}
