/** Index maps and concatenation. */
import { rowMajor, type Shape } from "../../base/shape.ts";
import { broadcast, concat, flip, pad, permute, reshape, slice } from "../../ops/movement.ts";
import { build, flatten, meaning } from "./values.ts";

export const MOVEMENT = [
  meaning(reshape, (_, [x]) => x),

  meaning(permute, ({ shape, inputs, attrs }, [x]) => {
    const strides = rowMajor(inputs[0].shape);
    const permuted = attrs.axes.map((axis) => strides[axis]);
    return build(shape, (index) => x[flatten(index, permuted)]);
  }),

  meaning(broadcast, ({ shape, inputs: [source] }, [x]) => {
    const lead = shape.length - source.shape.length;
    const strides = rowMajor(source.shape).map((s, d) => (source.shape[d] === 1 ? 0 : s));
    return build(shape, (index) => x[flatten(index.slice(lead), strides)]);
  }),

  meaning(slice, ({ shape, inputs, attrs }, [x]) => {
    const strides = rowMajor(inputs[0].shape);
    const from = (index: readonly number[]): number[] =>
      index.map((i, d) => attrs.start[d] + i * attrs.step[d]);
    return build(shape, (index) => x[flatten(from(index), strides)]);
  }),

  meaning(flip, ({ shape, attrs }, [x]) => {
    const strides = rowMajor(shape);
    const flipped = (index: readonly number[]): number[] =>
      index.map((i, d) => (attrs.axes.includes(d) ? shape[d] - 1 - i : i));
    return build(shape, (index) => x[flatten(flipped(index), strides)]);
  }),

  meaning(pad, ({ shape, inputs: [source], attrs }, [x]) => {
    const strides = rowMajor(source.shape);
    return build(shape, (index) => {
      const from = index.map((i, d) => (i - attrs.low[d]) / (attrs.interior[d] + 1));
      return inside(from, source.shape) ? x[flatten(from, strides)] : attrs.value;
    });
  }),

  meaning(concat, ({ shape, inputs, attrs: { axis } }, parts) => {
    const strides = inputs.map((input) => rowMajor(input.shape));
    return build(shape, (index) => {
      let part = 0;
      let at = index[axis];
      while (at >= inputs[part].shape[axis]) at -= inputs[part++].shape[axis];
      const from = index.map((i, d) => (d === axis ? at : i));
      return parts[part][flatten(from, strides[part])];
    });
  }),
];

/** Whether the coordinates, possibly fractional, name an element. */
function inside(coordinates: readonly number[], shape: Shape): boolean {
  return coordinates.every((c, d) => Number.isInteger(c) && c >= 0 && c < shape[d]);
}
