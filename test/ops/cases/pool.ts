/** Pooling: overlapping windows, padding that never counts, ties, NaN. */
import { type Case, define, float, given } from "../../support/case.ts";

const PADDED = [
  [1, 1],
  [2, 2],
] as const;
const TIES = [1, 1, 2, 2, 1, 1, 2, 0, 0, 2, 2, 2, 3, 2, 2, 2];

export const POOL: readonly Case[] = [
  define("maxPool2d/2", [float([2, 4, 6, 3])], (_, x) => x.maxPool2d(), {
    torch: "nhwc(F.max_pool2d(nchw(a), 2))",
  }),
  define("maxPool2d/odd-rest", [float([1, 5, 7, 1])], (_, x) => x.maxPool2d({ poolSize: 2 }), {
    torch: "nhwc(F.max_pool2d(nchw(a), 2))",
  }),
  define("maxPool2d/overlap", [float([1, 5, 5, 2])], (_, x) => x.maxPool2d({ poolSize: 3, strides: 1 }), {
    torch: "nhwc(F.max_pool2d(nchw(a), 3, 1))",
  }),
  define(
    "maxPool2d/same-overlap",
    [float([1, 6, 5, 5], -3, -1)],
    (_, x) => x.maxPool2d({ poolSize: 3, strides: 2, padding: "same" }),
    {
      torch: "nhwc(F.max_pool2d(F.pad(nchw(a), (1, 1, 0, 1), value=-9.), 3, 2))",
    },
  ),
  define(
    "maxPool2d/rectangle",
    [float([1, 4, 6, 1])],
    (_, x) => x.maxPool2d({ poolSize: [2, 3], strides: [1, 2] }),
    {
      torch: "nhwc(F.max_pool2d(nchw(a), (2, 3), (1, 2)))",
    },
  ),
  define(
    "maxPool2d/dilation",
    [float([1, 5, 5, 1])],
    (_, x) => x.maxPool2d({ poolSize: 2, strides: 1, dilation: 2 }),
    {
      torch: "nhwc(F.max_pool2d(nchw(a), 2, 1, dilation=2))",
    },
  ),
  define("maxPool2d/ties", [given(TIES, [1, 4, 4, 1])], (_, x) => x.maxPool2d(), {
    order: 0,
    torch: "nhwc(F.max_pool2d(nchw(a), 2))",
  }),
  define(
    "maxPool2d/specials",
    [given([1, Number.NaN, -Infinity, -Infinity, 2, 3, -Infinity, -Infinity], [1, 2, 4, 1])],
    (_, x) => x.maxPool2d(),
    {
      differentiable: false,
      torch: "nhwc(F.max_pool2d(nchw(a), 2))",
    },
  ),

  define("avgPool2d/2", [float([2, 4, 6, 3])], (_, x) => x.avgPool2d(), {
    torch: "nhwc(F.avg_pool2d(nchw(a), 2))",
  }),
  define("avgPool2d/overlap", [float([1, 5, 5, 2])], (_, x) => x.avgPool2d({ poolSize: 3, strides: 1 }), {
    torch: "nhwc(F.avg_pool2d(nchw(a), 3, 1))",
  }),
  define(
    "avgPool2d/same",
    [float([1, 5, 5, 5])],
    (_, x) => x.avgPool2d({ poolSize: 3, strides: 2, padding: "same" }),
    {
      torch: "nhwc(F.avg_pool2d(nchw(a), 3, 2, padding=1, count_include_pad=False))",
    },
  ),
  define(
    "avgPool2d/rectangle-padded",
    [float([1, 4, 4, 1])],
    (_, x) =>
      x.avgPool2d({
        poolSize: [2, 4],
        strides: 2,
        padding: PADDED,
      }),
    {
      torch: "nhwc(F.avg_pool2d(nchw(a), (2, 4), 2, padding=(1, 2), count_include_pad=False))",
    },
  ),
  define(
    "avgPool2d/count-padding",
    [float([1, 5, 5, 2])],
    (_, x) => x.avgPool2d({ poolSize: 3, strides: 2, padding: 1, countPadding: true }),
    { torch: "nhwc(F.avg_pool2d(nchw(a), 3, 2, padding=1))" },
  ),
  define(
    "minPool2d/overlap",
    [float([1, 5, 5, 2])],
    (h, x) => h.minPool2d(x, { poolSize: 3, strides: 2, padding: 1 }),
    { torch: "nhwc(-F.max_pool2d(-nchw(a), 3, 2, padding=1))" },
  ),
  define(
    "sumPool2d/same",
    [float([1, 4, 5, 3])],
    (h, x) => h.sumPool2d(x, { poolSize: [2, 3], padding: "same" }),
    { torch: "nhwc(F.avg_pool2d(F.pad(nchw(a), (0, 1)), (2, 3)) * 6)" },
  ),
  define("l2Pool2d/2", [float([2, 4, 4, 3])], (h, x) => h.l2Pool2d(x), {
    torch: "nhwc(F.lp_pool2d(nchw(a), 2, 2))",
  }),
  define("l2Pool2d/zero-window", [given([0, 0, 3, 0, 0, 0, 0, 4], [1, 2, 4, 1])], (h, x) => h.l2Pool2d(x), {
    order: 0,
  }),
  define("globalAvgPool2d/image", [float([2, 3, 4, 3])], (_, x) => x.mean([1, 2]), {
    torch: "a.mean((1, 2))",
  }),
];
