/** Parameter words of a kernel, by the names of its layout: `assembly/params.ts`, matmulParams.ts, arrayParams.ts. */
import type { Word } from "../command.ts";

/** The words of a layout's `values`, followed by `rest`. Every name of the layout must be given. */
export function parameters<L extends object>(
  layout: L,
  values: { readonly [Name in keyof L]: Word },
  rest: readonly Word[] = [],
): Word[] {
  const words: Word[] = [];
  for (const name in values) words[Number(layout[name])] = values[name];
  return words.concat(rest);
}
