/**
 * Clipping of gradients, on the device: each number, each tensor by its norm, or all tensors by their common norm, which
 * keeps the direction of the step (Pascanu, Mikolov & Bengio 2013). As in Keras, g ← g · c / max(‖g‖, c).
 */
import { fail } from "../base/errors.ts";
import { positive } from "../base/options/kinds.ts";
import { type OptionsOf, options } from "../base/options/schema.ts";
import type { Tensor } from "../tensor/tensor.ts";

export const clipOptions = options({
  /** Every number of a gradient is limited to [−clipValue, clipValue]. Default: no limit. */
  clipValue: positive(),
  /** The norm of each parameter's gradient is limited to this. Default: no limit. */
  clipNorm: positive(),
  /** The norm of all gradients together is limited to this. Default: no limit. */
  globalClipNorm: positive(),
});

/** At most one of the three. */
export interface ClipOptions extends OptionsOf<typeof clipOptions> {}

/** @throws HeddleError when more than one is given */
export function checkClip(where: string, options: ClipOptions): void {
  const names = Object.keys(clipOptions.entries) as (keyof ClipOptions)[];
  const given = names.filter((name) => options[name] !== undefined);
  if (given.length > 1) fail(where, `takes one of ${names.join(", ")}: got ${given.join(" and ")}`);
}

/** The gradients, clipped as the options say. */
export function clipped(gradients: readonly Tensor[], options: ClipOptions): readonly Tensor[] {
  const { clipValue, clipNorm, globalClipNorm } = options;
  if (clipValue !== undefined) return gradients.map((g) => g.clip(-clipValue, clipValue));
  if (clipNorm !== undefined) return gradients.map((g) => g.mul(shrink(g.square().sum(), clipNorm)));
  if (globalClipNorm === undefined || gradients.length === 0) return gradients;
  const squares = gradients.map((g) => g.square().sum()).reduce((a, b) => a.add(b));
  return gradients.map((g) => g.mul(shrink(squares, globalClipNorm)));
}

/** What brings a vector with this squared norm back to `limit`; 1 when it is shorter. */
const shrink = (squares: Tensor, limit: number): Tensor =>
  squares.sqrt().maximum(limit).reciprocal().mul(limit);
