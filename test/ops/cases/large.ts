/** Sizes at which kernels change their path: several tiles and chunks, packed operands, reductions in stages. */
import {
  bool,
  type Case,
  type CaseOptions,
  define,
  float,
  given,
  type Input,
  int,
} from "../../support/case.ts";

type Run = Case["run"];

/** Compared with the reference alone: finite differences and fixtures cover the same ops at small sizes. */
const large = (name: string, inputs: readonly Input[], run: Run, options?: CaseOptions): Case =>
  define(name, inputs, run, { order: 0, ...options });

const matmuls = [
  [1, 700, 300],
  [3, 129, 515],
  [129, 257, 65],
  [37, 1100, 19],
  [300, 1, 33],
  [64, 64, 64],
].map(([m, k, n]) =>
  large(`matmul/${m}x${k}x${n}`, [float([m, k]), float([k, n])], (_, a, b) => a.matmul(b)),
);

const convolutions = (
  [
    ["one-channel", [2, 15, 14, 1], [3, 3, 1, 9], {}],
    ["three-channels", [1, 17, 16, 3], [5, 5, 3, 16], { padding: "same", strides: 2 }],
    ["winograd-size", [1, 20, 19, 16], [3, 3, 16, 24], { padding: "same" }],
    ["winograd-valid", [2, 12, 13, 8], [3, 3, 8, 32], {}],
    ["deep", [2, 7, 7, 33], [3, 3, 33, 20], {}],
    ["pixels", [1, 13, 11, 40], [1, 1, 40, 24], {}],
    ["wide-groups", [1, 9, 9, 16], [3, 3, 8, 16], { groups: 2, padding: "same" }],
    ["dilated", [1, 14, 14, 6], [3, 3, 6, 10], { dilation: 3, padding: "same" }],
  ] as const
).map(([name, image, kernel, options]) =>
  large(`conv2d/${name}`, [float(image), float(kernel)], (_, x, k) => x.conv2d(k, options)),
);

const depthwise = ([8, 17, 32] as const).flatMap((channels) =>
  ([1, 2] as const).map((strides) =>
    large(
      `depthwiseConv2d/${channels}-channels-stride${strides}`,
      [float([1, 15, 14, channels]), float([3, 3, channels, 1])],
      (_, x, k) => x.depthwiseConv2d(k, { padding: "same", strides }),
    ),
  ),
);

const reductions = (["sum", "max", "prod", "mean"] as const).flatMap((name) => {
  // Products of many numbers stay near 1.
  const values = (shape: readonly number[]): Input => float(shape, 0.97, 1.03);
  return [
    large(`${name}/all-of-many`, [values([41, 503])], (_, x) => x[name]()),
    large(`${name}/many-rows`, [values([1031, 37])], (_, x) => x[name](0)),
    large(`${name}/wide`, [values([19, 1025])], (_, x) => x[name](1)),
    large(`${name}/middle-of-many`, [values([7, 130, 21])], (_, x) => x[name](1)),
    large(`${name}/around-the-middle`, [values([33, 9, 70])], (_, x) => x[name]([0, 2])),
  ];
});

const labels = (count: number, classes: number): Input =>
  given(
    Array.from({ length: count }, (_, i) => (i * i + 3 * i) % classes),
    [count],
    "int32",
  );

export const LARGE: readonly Case[] = [
  ...matmuls,
  large("matmul/left-transposed-large", [float([190, 67]), float([190, 45])], (_, a, b) =>
    a.transpose().matmul(b),
  ),
  large("matmul/right-transposed-large", [float([67, 190]), float([45, 190])], (_, a, b) =>
    a.matmul(b.transpose()),
  ),
  large("matmul/many-batches", [float([3, 5, 9, 17]), float([5, 17, 6])], (_, a, b) => a.matmul(b)),
  large("matmul/int32-large", [int([33, 70], -9e4, 9e4), int([70, 21], -9e4, 9e4)], (_, a, b) => a.matmul(b)),

  ...convolutions,
  ...depthwise,
  large("conv2dTranspose/large", [float([1, 9, 8, 12]), float([4, 4, 7, 12])], (_, x, k) =>
    x.conv2dTranspose(k, { strides: 2, padding: "same" }),
  ),
  large(
    "views/conv-bias-relu-large",
    [float([2, 14, 14, 4]), float([3, 3, 4, 17]), float([17])],
    (_, x, k, b) => x.conv2d(k).add(b).relu(),
  ),
  large("views/dense-gelu-large", [float([70, 90]), float([90, 33]), float([33])], (_, x, w, b) =>
    x.matmul(w).add(b).gelu(),
  ),

  large("maxPool2d/large", [float([2, 21, 18, 17])], (_, x) => x.maxPool2d({ poolSize: 3, strides: 2 })),
  large("maxPool2d/large-same", [float([1, 31, 30, 8])], (_, x) =>
    x.maxPool2d({ poolSize: 3, padding: "same" }),
  ),
  large("avgPool2d/large", [float([2, 20, 21, 9])], (_, x) =>
    x.avgPool2d({ poolSize: 3, strides: 2, padding: "same" }),
  ),

  ...reductions,
  large("sum/int32-wraps", [int([5, 4001], -1e6, 2e6)], (_, x) => x.mul(1000).sum(1)),
  large("any/of-many", [bool([3, 700])], (_, x) => x.any(1)),
  large("argMax/long", [float([3, 2077])], (_, x) => x.argMax(1)),
  large("argMin/tall", [float([777, 5])], (_, x) => x.argMin(0)),
  large("cumsum/long", [float([3, 3001])], (_, x) => x.cumsum(1)),
  large("cumsum/tall-reversed", [float([1030, 3])], (_, x) => x.cumsum(0, { reverse: true })),
  large("cumprod/long", [float([2, 150], 0.97, 1.03)], (_, x) => x.cumprod(1)),
  large("sort/long", [float([2, 3001])], (_, x) => x.sort(1)),
  large("argSort/long-ties", [int([2, 2500], 0, 40)], (_, x) => x.argSort(1, { descending: true })),
  large("sort/tall", [float([515, 6])], (_, x) => x.sort(0)),

  large("softmax/rows-of-1031", [float([5, 1031], -6, 6)], (_, x) => x.softmax()),
  large("softmax/many-rows", [float([1100, 10], -6, 6)], (_, x) => x.softmax()),
  large("logSoftmax/rows-of-257", [float([33, 257], -6, 6)], (_, x) => x.logSoftmax()),
  large(
    "layerNorm/rows-of-515",
    [float([6, 515]), float([515], 0.5, 2), float([515])],
    (_, x, scale, offset) => x.layerNorm({ scale, offset, epsilon: 1e-5 }),
  ),
  large("batchNorm/many-pixels", [float([8, 9, 10, 5])], (_, x) =>
    x.batchNorm(x.mean([0, 1, 2]), x.variance([0, 1, 2]), { epsilon: 1e-5 }),
  ),

  large("take/many-rows", [float([50, 13]), labels(1000, 50)], (_, x, i) => x.take(i, 0)),
  large("take/many-columns", [float([7, 90]), labels(400, 90)], (_, x, i) => x.take(i, 1)),
  large("scatterAdd/many-repeats", [float([10, 9]), labels(900, 10), float([900, 9])], (_, x, i, u) =>
    x.scatterAdd(i, u, 0),
  ),

  large("add/many", [float([61, 517]), float([517])], (_, a, b) => a.add(b)),
  large("mul/outer", [float([301, 1]), float([1, 129])], (_, a, b) => a.mul(b)),
  large("transpose/large", [float([130, 77])], (_, x) => x.transpose()),
  large("views/transposed-add-large", [float([130, 77]), float([77, 130])], (_, a, b) =>
    a.transpose().add(b).exp(),
  ),
  large("concat/large", [float([100, 37]), float([100, 64])], (h, ...x) => h.concat(x, 1)),
  large("gelu/many", [float([40001], -5, 5)], (_, x) => x.gelu()),
];
