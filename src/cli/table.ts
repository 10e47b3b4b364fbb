/** A CSV file as samples of `heddle train`: what a person would see at its head is found, not asked for. */
import { fail } from "../base/errors.ts";
import { csv } from "../data/csv.ts";
import type { Dataset } from "../data/dataset.ts";
import { readSource } from "../data/source.ts";

interface TableChoice {
  readonly path: string;
  /** Name or index of the column to predict. Default: the last. */
  readonly target?: string | undefined;
  /** Whether the target is a number, not a class. */
  readonly regression: boolean;
  /** What becomes of empty fields. */
  readonly missing: "error" | "drop" | "mean";
}

export interface Table {
  readonly data: Dataset;
  /** Columns of x. */
  readonly features: number;
  /** Names of the classes, by number; empty for regression. */
  readonly classes: readonly string[];
}

/** @throws HeddleError when the file cannot be read, or has no such column */
export async function readTable({ path, target = "-1", regression, missing }: TableChoice): Promise<Table> {
  const bytes = await readSource("csv", { path });
  const { names, ...head } = headOf(new TextDecoder().decode(bytes));
  const label = /^-?\d+$/.test(target) ? Number(target) : target;
  const labels = regression ? "number" : "class";
  const { data, features, classes } = await csv({ path }, { ...head, label, labels, missing });
  if (!regression && classes.length < 2) {
    fail("train", `the target of ${path} has one class: ${classes[0]}`);
  }
  return { data, features: features.length, classes: names.length === classes.length ? names : classes };
}

interface Head {
  readonly delimiter: string;
  readonly header: boolean;
  readonly skipLines: number;
  /** Of the classes, where the head says them. */
  readonly names: readonly string[];
}

/**
 * The first line is a header when none of its fields is a number. scikit-learn's files begin with the numbers of rows
 * and features, and the names of the classes.
 */
function headOf(text: string): Head {
  const lines = text
    .replace(/^\uFEFF/, "")
    .trimEnd()
    .split(/\r?\n/);
  const [first, second = ""] = lines;
  const fields = (line: string, delimiter: string): string[] => line.split(delimiter);
  const delimiter = [",", ";", "\t"].reduce((best, next) =>
    fields(first, next).length > fields(first, best).length ? next : best,
  );
  const head = fields(first, delimiter);
  const [rows, columns, ...names] = head;
  const isCount =
    Number(rows) === lines.length - 1 && Number(columns) === fields(second, delimiter).length - 1;
  if (isCount) return { delimiter, header: false, skipLines: 1, names };
  return { delimiter, header: !head.some(isNumber), skipLines: 0, names: [] };
}

const isNumber = (field: string): boolean => field.trim() !== "" && !Number.isNaN(Number(field));
