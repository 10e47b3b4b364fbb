/** Layers with sliding windows: the kinds of their options, and the note of a summary on borders that are left out. */
import { kind, options } from "../base/options/schema.ts";
import { is, type Node } from "../graph/node.ts";
import { conv } from "../ops/conv.ts";
import { pool } from "../ops/pool.ts";
import { type Padding, pairOfCounts, type Window2d } from "../ops/window.ts";

const areIntegers = (list: unknown): boolean =>
  Array.isArray(list) && list.length === 2 && list.every(Number.isInteger);

/** The padding of images. */
export const padding2d = /* @__PURE__ */ kind<Padding>((value) =>
  value === "valid" ||
  value === "same" ||
  Number.isInteger(value) ||
  areIntegers(value) ||
  (Array.isArray(value) && value.length === 2 && value.every(areIntegers))
    ? ""
    : 'must be "valid", "same", integers or [[top, bottom], [left, right]]',
);

/** Of pooling over images. */
export const poolOptions = options({
  /** Height and width of the window. Default 2. */
  poolSize: pairOfCounts(2),
  /** Distance of one window from the next. Default: `poolSize`. */
  strides: pairOfCounts(),
  /** Default `valid`: none. */
  padding: padding2d("valid"),
  /** Distance of the elements of a window. Default 1. */
  dilation: pairOfCounts(1),
});

/** The note on the first node that slides a window, if it leaves out a border. */
export function borderNote(nodes: readonly Node[]): string | undefined {
  for (const node of nodes) {
    if (is(node, conv)) return unusedBorder(node.attrs);
    if (is(node, pool)) return unusedBorder(node.attrs.window);
  }
  return undefined;
}

/** Says which rows and columns at the border a sliding window leaves out; undefined when it meets them all. */
export function unusedBorder(w: Window2d): string | undefined {
  const left = ([0, 1] as const).map((d) => {
    const reach = ([w.kernelHeight, w.kernelWidth][d] - 1) * w.dilation[d] + 1;
    const [low, high] = w.padding[d];
    const rest = ([w.inHeight, w.inWidth][d] + low + high - reach) % w.strides[d];
    // A window smaller than its stride skips pixels everywhere, as is meant.
    return reach < w.strides[d] ? 0 : Math.max(0, rest - Math.max(0, high));
  });
  const parts = left.flatMap((n, d) => (n > 0 ? [`${n} ${["row", "column"][d]}${n > 1 ? "s" : ""}`] : []));
  if (parts.length === 0) return undefined;
  const by = (a: number, b: number): string => `${a}×${b}`;
  const window = `${by(w.kernelHeight, w.kernelWidth)} window, stride ${by(...w.strides)}`;
  return `last ${parts.join(" and ")} of ${by(w.inHeight, w.inWidth)} not used (${window})`;
}
