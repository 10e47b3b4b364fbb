/** A network as a table, as in Keras; running statistics are counted apart. */
import { showShape } from "../base/shape.ts";
import type { LayerRow } from "./rows.ts";
import { countOf, Parameter, type Variable } from "./variable.ts";

const HEADINGS = ["Layer (type)", "Output shape", "Parameters"] as const;

const thousands = (n: number): string => n.toLocaleString("en-US");

/** Columns are as wide as what stands in them; numbers are flush right. */
export function summarize(rows: readonly LayerRow[], variables: readonly Variable[]): string {
  const cells = rows.map(({ name, type, outputShape, parameters }) => [
    name === type ? type : `${name} (${type})`,
    showShape(outputShape),
    thousands(parameters),
  ]);
  const widths = HEADINGS.map((heading, c) => Math.max(heading.length, ...cells.map((row) => row[c].length)));
  const line = ([layer, shape, count]: readonly string[]): string =>
    `${layer.padEnd(widths[0])}   ${shape.padEnd(widths[1])}   ${count.padStart(widths[2])}`;
  const rule = "─".repeat(line(HEADINGS).length);
  const notes = rows.flatMap(({ name, note }) => (note ? [`Note: ${name}: ${note}`] : []));
  return [line(HEADINGS), rule, ...cells.map(line), rule, ...totals(variables), ...notes].join("\n");
}

function totals(variables: readonly Variable[]): string[] {
  const parameters = variables.filter((v) => v instanceof Parameter);
  const trainable = countOf(parameters.filter((p) => p.trainable));
  const all = countOf(parameters);
  const running = countOf(variables) - all;
  return [
    `Parameters: ${thousands(all)} (${memory(all)})`,
    `Trainable: ${thousands(trainable)}`,
    `Non-trainable: ${thousands(all - trainable)}`,
    `Running statistics: ${thousands(running)}`,
  ];
}

/** float32 */
function memory(count: number): string {
  const bytes = count * 4;
  return bytes < 1e5 ? `${(bytes / 1e3).toFixed(2)} kB` : `${(bytes / 1e6).toFixed(2)} MB`;
}
