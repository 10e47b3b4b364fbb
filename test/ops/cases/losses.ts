/** The parts of the losses on logits, per sample. */
import * as composites from "../../../src/ops/composites.ts";
import { type Case, define, float, given } from "../../support/case.ts";
import { tensorOf } from "../../support/tensor.ts";

const FAR = given([900, 0, -900, -200, 0, 200], [2, 3]);
const labels = (...list: number[]) => given(list, [list.length], "int32");

export const LOSSES: readonly Case[] = [
  define(
    "sparseCrossEntropy/rows",
    [float([4, 3], -3, 3), labels(2, 0, 1, 2)],
    (h, x, y) => tensorOf(h, composites.sparseCrossEntropy(x.node, y.node)),
    { torch: "F.cross_entropy(a, b.long(), reduction='none')" },
  ),
  define(
    "sparseCrossEntropy/far-apart",
    [FAR, labels(2, 0)],
    (h, x, y) => tensorOf(h, composites.sparseCrossEntropy(x.node, y.node)),
    { order: 1, torch: "F.cross_entropy(a, b.long(), reduction='none')" },
  ),
  define(
    "crossEntropy/rows",
    [float([4, 3], -3, 3), float([4, 3], 0.1, 0.6)],
    (h, x, target) => tensorOf(h, composites.crossEntropy(x.node, target.node)),
    { torch: "-(b * a.log_softmax(-1)).sum(-1)" },
  ),
  define(
    "binaryCrossEntropy/matrix",
    [float([3, 4], -4, 4), float([3, 4], 0, 1)],
    (h, x, target) => tensorOf(h, composites.binaryCrossEntropy(x.node, target.node)),
    { torch: "F.binary_cross_entropy_with_logits(a, b, reduction='none')" },
  ),
  define(
    "binaryCrossEntropy/saturated",
    [given([-200, -30, 30, 200]), given([1, 0, 1, 0])],
    (h, x, target) => tensorOf(h, composites.binaryCrossEntropy(x.node, target.node)),
    { order: 1, torch: "F.binary_cross_entropy_with_logits(a, b, reduction='none')" },
  ),
];
