/** Targets of losses and metrics: their shapes, and checks of the values that are still on the host. */
import { fail } from "../../base/errors.ts";
import { type Shape, sameShape, showShape } from "../../base/shape.ts";
import type { Storage } from "../../runtime/storage.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Labels as int32, without a last axis of length 1. */
export function labelsOf(where: string, targets: Tensor, predictions: Tensor): Tensor {
  const expected = predictions.shape.slice(0, -1);
  const column = [...expected, 1];
  if (predictions.rank < 2 || !(sameShape(targets.shape, expected) || sameShape(targets.shape, column))) {
    mismatch(where, `labels ${showShape(expected)}`, targets, predictions.shape);
  }
  return targets.cast("int32").reshape(expected);
}

/** Targets in the shape of the predictions; they may lack, or alone have, a last axis of length 1. */
export function fitting(where: string, targets: Tensor, predictions: Tensor): Tensor {
  const { shape } = predictions;
  if (sameShape(targets.shape, shape)) return targets;
  const same = sameShape(withoutLastOne(targets.shape), withoutLastOne(shape));
  return same ? targets.reshape(shape) : mismatch(where, `targets ${showShape(shape)}`, targets, shape);
}

const withoutLastOne = (shape: Shape): Shape => (shape.at(-1) === 1 ? shape.slice(0, -1) : shape);

function mismatch(where: string, expected: string, targets: Tensor, shape: Shape): never {
  return fail(
    where,
    `expects ${expected} for predictions ${showShape(shape)}: got ${showShape(targets.shape)}`,
  );
}

/** Values that are still on the host are checked at once; inside a compiled function there are none. */
export function checkHost(where: string, targets: Tensor, { rule, holds }: TargetRule): void {
  const host = (targets.node.storage as Storage | undefined)?.host;
  const at = host?.findIndex((v) => !holds(v)) ?? -1;
  if (!host || at < 0) return;
  const sample = Math.floor((at * targets.shape[0]) / host.length);
  fail(where, `${rule}: got ${host[at]} at sample ${targets.rank === 0 ? 0 : sample}`);
}

/** A rule for every target, and its words. */
interface TargetRule {
  readonly rule: string;
  readonly holds: (value: number) => boolean;
}

export const isNumber: TargetRule = {
  rule: "targets must be numbers",
  holds: (v) => !Number.isNaN(v),
};
export const isProbability: TargetRule = {
  rule: "targets must lie in [0, 1]",
  holds: (v) => v >= 0 && v <= 1,
};
