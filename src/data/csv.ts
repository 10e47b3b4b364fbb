/** CSV: a table of numbers in text, with a column of classes or numbers to predict. */
import { fail } from "../base/errors.ts";
import type { HostTensor } from "../base/host.ts";
import { flag, fromZero, oneOf } from "../base/options/kinds.ts";
import { kind, type OptionsOf, options } from "../base/options/schema.ts";
import { type ColumnName, encodeClasses, numberOf } from "./csv/columns.ts";
import { readTable } from "./csv/table.ts";
import { type Dataset, dataset, type Pair, type Sample } from "./dataset.ts";
import { cooperate } from "./slices.ts";
import { type FileSource, nameOf, readSource } from "./source.ts";

const isColumn = (name: unknown): boolean => typeof name === "string" || typeof name === "number";

const character = kind<string>((v) =>
  typeof v === "string" && /^[^"\r\n]$/.test(v) ? "" : "must be one character",
);
const columnList = kind<readonly ColumnName[]>((v) =>
  Array.isArray(v) && v.every(isColumn) ? "" : "must be a list of names or indices",
);
const columnName = kind<ColumnName>((v) => (isColumn(v) ? "" : "must be a name or an index"));
const nameList = kind<readonly string[]>((v) =>
  Array.isArray(v) && v.every((name) => typeof name === "string") ? "" : "must be a list of names",
);
const forMissing = kind<"error" | "drop" | "mean" | number>((v) =>
  ["error", "drop", "mean"].includes(v as string) || Number.isFinite(v)
    ? ""
    : 'must be "error", "drop", "mean" or a number',
);

const csvOptions = options({
  /** Whether the first record names the columns. Default true. */
  header: flag(true),
  /** One character. Default `,`. */
  delimiter: character(","),
  /** Lines before the table. Default 0. */
  skipLines: fromZero(0),
  /** Columns of x. Default: all but the label. */
  columns: columnList(),
  /** Column of y. Default: none; then samples are `[x]`. */
  label: columnName(),
  /** `class`: names or integers, as int32 0 … n − 1, shape []. `number`: float32, shape [1]. Default `class`. */
  labels: oneOf("class", "number")("class"),
  /** Classes in the order of their numbers, so that two files agree. Default: those of the file, sorted. */
  classes: nameList(),
  /**
   * What becomes of empty fields (also NA, N/A, NaN, null, none, ?): `error`; `drop` leaves the record out; `mean` takes
   * the column's mean; a number takes its place. A missing label is dropped or an error. Default `error`.
   */
  missing: forMissing("error"),
});

/** Options of {@link csv}. */
export interface CsvOptions extends OptionsOf<typeof csvOptions> {}

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
  const values = csvOptions.read("csv", options);
  const { labels } = values;
  const name = typeof source === "string" ? "text" : nameOf(source);
  const text = typeof source === "string" ? source : decode(name, await readSource("csv", source));
  const work = readTable(text, name, values);
  const { values: numbers, features, labels: fields, place } = (await cooperate(work)).value;
  const x = { data: numbers, shape: [numbers.length / features.length, features.length] };
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
