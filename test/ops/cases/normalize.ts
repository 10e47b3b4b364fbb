/** Normalisation and the statistics it is made of. */
import { type Case, define, float, given } from "../../support/case.ts";

export const NORMALIZE: readonly Case[] = [
  define("variance/last", [float([3, 5])], (_, x) => x.variance(1), { torch: "a.var(1, unbiased=False)" }),
  define("variance/corrected", [float([3, 5])], (_, x) => x.variance(0, true, { correction: 1 }), {
    torch: "a.var(0, unbiased=True, keepdim=True)",
  }),
  // E[x²] − E[x]² would lose every digit here.
  define("variance/far-from-zero", [float([2, 9], 1000, 1001)], (_, x) => x.variance(1), {
    torch: "a.var(1, unbiased=False)",
  }),
  define("std/all", [float([3, 4])], (_, x) => x.std(), { torch: "a.std(unbiased=False)" }),
  define("norm/rows", [float([3, 4])], (_, x) => x.norm(1), { torch: "a.norm(dim=1)" }),

  define("layerNorm/plain", [float([3, 6])], (_, x) => x.layerNorm(), {
    torch: "F.layer_norm(a, (6,), eps=1e-3)",
  }),
  define(
    "layerNorm/scale-offset",
    [float([2, 3, 5]), float([5], 0.5, 2), float([5])],
    (_, x, scale, offset) => x.layerNorm({ scale, offset, epsilon: 1e-5 }),
    { torch: "F.layer_norm(a, (5,), b, c, eps=1e-5)" },
  ),
  define("layerNorm/two-axes", [float([2, 3, 4])], (_, x) => x.layerNorm({ axes: [1, 2] }), {
    torch: "F.layer_norm(a, (3, 4), eps=1e-3)",
  }),
  define("layerNorm/constant-row", [given([2, 2, 2, 1, 2, 3], [2, 3])], (_, x) => x.layerNorm(), {
    torch: "F.layer_norm(a, (3,), eps=1e-3)",
  }),

  define(
    "localResponseNorm/alexnet",
    [float([2, 3, 2, 7], -3, 3)],
    (h, x) => h.localResponseNorm(x, { alpha: 0.1 }),
    { torch: "nhwc(F.local_response_norm(nchw(a), 5, alpha=0.5, beta=0.75, k=2))" },
  ),
  define(
    "localResponseNorm/even-size",
    [float([1, 2, 2, 3], -3, 3)],
    (h, x) => h.localResponseNorm(x, { size: 4, alpha: 0.25, beta: 0.5, k: 1 }),
    { torch: "nhwc(F.local_response_norm(nchw(a), 4, alpha=1, beta=0.5, k=1))" },
  ),

  define(
    "batchNorm/given-statistics",
    [float([2, 2, 2, 3]), float([3]), float([3], 0.5, 2), float([3], 0.5, 2), float([3])],
    (_, x, mean, variance, scale, offset) => x.batchNorm(mean, variance, { scale, offset }),
    { torch: "(a - b) / torch.sqrt(c + 1e-3) * d + e" },
  ),
  define(
    "batchNorm/of-batch",
    [float([4, 2, 2, 3]), float([3], 0.5, 2), float([3])],
    (_, x, scale, offset) =>
      x.batchNorm(x.mean([0, 1, 2]), x.variance([0, 1, 2]), { scale, offset, epsilon: 1e-5 }),
    { torch: "nhwc(F.batch_norm(nchw(a), None, None, b, c, training=True, eps=1e-5))" },
  ),
];
