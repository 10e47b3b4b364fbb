/** Images [batch, height, width, channels] of another size. Pixels are areas: centres lie at halves, corners do not align. */
import { fail } from "../base/errors.ts";
import { showShape } from "../base/shape.ts";
import { make } from "../graph/builder.ts";
import type { Node } from "../graph/node.ts";
import { core as c } from "./core.ts";
import { abs, max, min } from "./elementwise/arithmetic.ts";
import { gather } from "./indexing.ts";

/** The nearest pixel, or a weighting of the four around. */
export type ResizeMethod = "nearest" | "bilinear";

/** Copies each pixel `factors` times along height and width: an index map. */
function repeatPixels(x: Node, [vertical, horizontal]: readonly [number, number]): Node {
  const [n, height, width, channels] = x.shape;
  const apart = c.reshape(x, [n, height, 1, width, 1, channels]);
  const repeated = c.broadcast(apart, [n, height, vertical, width, horizontal, channels]);
  return c.reshape(repeated, [n, height * vertical, width * horizontal, channels]);
}

/** Resizes x [n, h, w, c] to [n, height, width, c]. */
export function resize(x: Node, size: readonly [number, number], method: ResizeMethod): Node {
  const where = "resize";
  if (x.shape.length !== 4) {
    fail(where, `expects input [batch, height, width, channels]: got ${showShape(x.shape)}`);
  }
  if (!size.every((v) => Number.isInteger(v) && v > 0)) {
    fail(where, `size must be two positive integers: got ${JSON.stringify(size)}`);
  }
  const [, height, width] = x.shape;
  if (method === "bilinear") return interpolateRows(interpolateRows(x, size[0]), size[1]);
  if (method !== "nearest")
    fail(where, `method must be "nearest" or "bilinear": got ${JSON.stringify(method)}`);
  if (size[0] % height === 0 && size[1] % width === 0) {
    return repeatPixels(x, [size[0] / height, size[1] / width]);
  }
  const rows = make(gather, [x, nearest(height, size[0])], { axis: 1, along: false });
  return make(gather, [rows, nearest(width, size[1])], { axis: 2, along: false });
}

/** For each of `to` places the nearest of `from`: ⌊(i + ½) · from / to⌋, in integers. */
function nearest(from: number, to: number): Node {
  const odd = c.add(c.mul(c.iota([to], 0), 2), 1);
  return c.div(c.mul(odd, from), 2 * to);
}

/** [n, h, w, c] → [n, w, to, c], linear along h: two of them resize both axes and put them back in order. */
function interpolateRows(x: Node, to: number): Node {
  const [n, height, width, channels] = x.shape;
  const lines = c.reshape(c.permute(x, [0, 2, 3, 1]), [n * width * channels, height]);
  const resized = c.matmul(lines, weights(height, to), { transposeB: true });
  return c.permute(c.reshape(resized, [n, width, channels, to]), [0, 1, 3, 2]);
}

/** [to, from]: each row weighs the two places next to its centre by their nearness. */
function weights(from: number, to: number): Node {
  const shape = [to, from];
  const index = (axis: number): Node => c.cast(c.iota(shape, axis), "float32");
  const centre = c.sub(c.mul(c.add(index(0), 0.5), from / to), 0.5);
  const inside = c.binary(min, c.binary(max, centre, 0), from - 1);
  return c.binary(max, c.sub(1, c.unary(abs, c.sub(inside, index(1)))), 0);
}
