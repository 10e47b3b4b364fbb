// All rows of the kernel benchmarks, in the order of the report.
import { arrays } from "./arrays.ts";
import { contractions } from "./contractions.ts";
import type { Row } from "./row.ts";

export const rows: readonly Row[] = [...contractions, ...arrays];
