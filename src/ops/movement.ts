/** Index maps: reshape, permute, broadcast, slice, flip, pad; and concat, which gathers several. */
import { fail } from "../base/errors.ts";
import { type Shape, showShape, sizeOf } from "../base/shape.ts";
import { broadcastView, flipView, padView, permuteView, reshapeView, sliceView } from "../base/view.ts";
import type { OpDef } from "../graph/node.ts";

const free = (): number => 0;

export const reshape: OpDef<{ shape: Shape }> = {
  name: "reshape",
  kind: "movement",
  infer([x], { shape }) {
    if (sizeOf(shape) !== sizeOf(x.shape)) {
      fail(
        "reshape",
        `cannot reshape ${showShape(x.shape)} (${sizeOf(x.shape)} elements) to ${showShape(shape)} (${sizeOf(shape)})`,
      );
    }
    return { shape, dtype: x.dtype };
  },
  vjp: (c, { inputs: [x] }, dy) => [c.reshape(dy, x.shape)],
  view: ({ shape }, view) => reshapeView(view, shape),
  flops: free,
};

export const permute: OpDef<{ axes: readonly number[] }> = {
  name: "permute",
  kind: "movement",
  infer([x], { axes }) {
    const sorted = [...axes].sort((a, b) => a - b);
    if (axes.length !== x.shape.length || sorted.some((a, i) => a !== i)) {
      fail("permute", `axes must be a permutation of 0…${x.shape.length - 1}: got ${showShape(axes)}`);
    }
    return { shape: axes.map((a) => x.shape[a]), dtype: x.dtype };
  },
  vjp: (c, { attrs }, dy) => [c.permute(dy, inverse(attrs.axes))],
  view: ({ attrs }, view) => permuteView(view, attrs.axes),
  flops: free,
};

export function inverse(axes: readonly number[]): number[] {
  const result = new Array<number>(axes.length);
  axes.forEach((a, i) => {
    result[a] = i;
  });
  return result;
}

/** Repeats axes of length 1 and prepends axes, as NumPy does. */
export const broadcast: OpDef<{ shape: Shape }> = {
  name: "broadcast",
  kind: "movement",
  infer([x], { shape }) {
    const lead = shape.length - x.shape.length;
    if (lead < 0 || x.shape.some((d, i) => d !== 1 && d !== shape[lead + i])) {
      fail("broadcast", `cannot broadcast ${showShape(x.shape)} to ${showShape(shape)}`);
    }
    return { shape, dtype: x.dtype };
  },
  vjp(c, { inputs: [x], shape }, dy) {
    const lead = shape.length - x.shape.length;
    const axes = shape
      .map((_, i) => i)
      .filter((i) => i < lead || (x.shape[i - lead] === 1 && shape[i] !== 1));
    return [c.reshape(c.sum(dy, axes), x.shape)];
  },
  view: ({ shape }, view) => broadcastView(view, shape),
  flops: free,
};

/** Elements start, start + step, … below stop of each axis; steps are positive. */
export const slice: OpDef<{ start: readonly number[]; stop: readonly number[]; step: readonly number[] }> = {
  name: "slice",
  kind: "movement",
  infer([x], { start, stop, step }) {
    const shape = x.shape.map((d, i) => {
      if (!(start[i] >= 0 && start[i] <= stop[i] && stop[i] <= d && step[i] >= 1)) {
        fail("slice", `axis ${i} of ${showShape(x.shape)} has no range ${start[i]}:${stop[i]}:${step[i]}`);
      }
      return Math.ceil((stop[i] - start[i]) / step[i]);
    });
    return { shape, dtype: x.dtype };
  },
  vjp(c, { inputs: [x], attrs: { start, step }, shape }, dy) {
    // Where nothing was taken there is nothing to spread.
    const spread = shape.map((n, i) => (n === 0 ? 0 : (n - 1) * step[i] + 1));
    const high = x.shape.map((d, i) => d - start[i] - spread[i]);
    return [c.pad(dy, start, high, { interior: step.map((s) => s - 1) })];
  },
  view: ({ shape, attrs: { start, step } }, view) => sliceView(view, start, step, shape),
  flops: free,
};

export const flip: OpDef<{ axes: readonly number[] }> = {
  name: "flip",
  kind: "movement",
  infer: ([x]) => x,
  vjp: (c, { attrs }, dy) => [c.flip(dy, attrs.axes)],
  view: ({ attrs }, view) => flipView(view, attrs.axes),
  flops: free,
};

interface PadAttrs {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly interior: readonly number[];
  readonly value: number;
}

/** Constant padding; `interior` puts that many fills between neighbours. */
export const pad: OpDef<PadAttrs> = {
  name: "pad",
  kind: "movement",
  infer([x], { low, high, interior }) {
    const shape = x.shape.map((d, i) => {
      if (low[i] < 0 || high[i] < 0 || interior[i] < 0) {
        fail(
          "pad",
          `padding must not be negative: got low ${showShape(low)}, high ${showShape(high)}, interior ${showShape(interior)}`,
        );
      }
      return low[i] + d + Math.max(0, d - 1) * interior[i] + high[i];
    });
    return { shape, dtype: x.dtype };
  },
  vjp(c, { inputs: [x], attrs: { low, interior } }, dy) {
    const stop = x.shape.map((d, i) => low[i] + d + Math.max(0, d - 1) * interior[i]);
    return [
      c.slice(
        dy,
        low,
        stop,
        interior.map((k) => k + 1),
      ),
    ];
  },
  /** Interior padding as plain padding: [n] → [n, 1] → [n, 1 + k] → [n · (1 + k)] less the last k, axis by axis. */
  expand(c, { inputs: [x], attrs: { low, high, interior, value } }) {
    if (interior.every((k) => k === 0)) return undefined;
    let result = x;
    interior.forEach((k, axis) => {
      const { shape } = result;
      if (k === 0 || shape[axis] === 0) return;
      const lead = shape.slice(0, axis);
      const tail = shape.slice(axis + 1);
      const split = c.reshape(result, [...lead, shape[axis], 1, ...tail]);
      const zeros = split.shape.map(() => 0);
      const spaced = c.pad(
        split,
        zeros,
        zeros.map((_, i) => (i === axis + 1 ? k : 0)),
        { value },
      );
      const joined = c.reshape(spaced, [...lead, shape[axis] * (1 + k), ...tail]);
      const stop = joined.shape.map((d, i) => (i === axis ? d - k : d));
      result = c.slice(
        joined,
        joined.shape.map(() => 0),
        stop,
      );
    });
    return c.pad(result, low, high, { value });
  },
  view: ({ shape, attrs: { low, value } }, view) => padView(view, low, shape, value),
  flops: free,
  // JSON has no infinities and no NaN.
  key: (attrs) => `${JSON.stringify(attrs)} ${attrs.value}`,
};

export const concat: OpDef<{ axis: number }> = {
  name: "concat",
  kind: "heavy",
  infer(inputs, { axis }) {
    const [first] = inputs;
    if (!first) fail("concat", "expects at least one tensor");
    for (const x of inputs) {
      const fits =
        x.shape.length === first.shape.length && x.shape.every((d, i) => i === axis || d === first.shape[i]);
      if (!fits) {
        fail(
          "concat",
          `shapes must agree but for axis ${axis}: got ${inputs.map((i) => showShape(i.shape)).join(", ")}`,
        );
      }
      if (x.dtype !== first.dtype)
        fail("concat", `dtypes must agree: got ${inputs.map((i) => i.dtype).join(", ")}`);
    }
    const length = inputs.reduce((n, x) => n + x.shape[axis], 0);
    return { shape: first.shape.map((d, i) => (i === axis ? length : d)), dtype: first.dtype };
  },
  vjp(c, { inputs, attrs: { axis }, shape }, dy) {
    let at = 0;
    return inputs.map((x) => {
      const start = shape.map((_, i) => (i === axis ? at : 0));
      at += x.shape[axis];
      const stop = shape.map((d, i) => (i === axis ? at : d));
      return c.slice(dy, start, stop);
    });
  },
  flops: free,
};
