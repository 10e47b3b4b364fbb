/** The convolution triple: strides, dilation, padding, groups, and the sizes where kernels change their path. */

import type { Padding, WindowOptions } from "../../../src/ops/window.ts";
import { type Case, define, float } from "../../support/case.ts";

interface Row {
  name: string;
  /** [batch, height, width, channels] */
  x: readonly number[];
  /** [height, width, channels / groups, filters] */
  kernel: readonly number[];
  options?: WindowOptions;
  /** Arguments of F.conv2d after the kernel; undefined where PyTorch has no such padding. */
  torch?: string;
  /** PyTorch's F.pad of the input, where its padding is not symmetric. */
  pad?: string;
}

const sides = (vertical: readonly [number, number], horizontal: readonly [number, number]): Padding => [
  vertical,
  horizontal,
];

const ROWS: readonly Row[] = [
  { name: "valid", x: [2, 5, 6, 2], kernel: [3, 3, 2, 3], torch: "" },
  { name: "pixel", x: [1, 3, 4, 3], kernel: [1, 1, 3, 5], torch: "" },
  {
    name: "pixel-stride2",
    x: [1, 5, 4, 3],
    kernel: [1, 1, 3, 2],
    options: { strides: 2 },
    torch: "stride=2",
  },
  { name: "same", x: [1, 4, 5, 2], kernel: [3, 3, 2, 2], options: { padding: "same" }, torch: "padding=1" },
  {
    name: "same-even",
    x: [1, 4, 5, 1],
    kernel: [2, 4, 1, 2],
    options: { padding: "same" },
    torch: "",
    pad: "1, 2, 0, 1",
  },
  {
    name: "same-stride2",
    x: [1, 5, 6, 2],
    kernel: [3, 3, 2, 3],
    options: { padding: "same", strides: 2 },
    torch: "stride=2",
    pad: "0, 1, 1, 1",
  },
  {
    name: "strides",
    x: [1, 7, 6, 1],
    kernel: [3, 2, 1, 2],
    options: { strides: [2, 3] },
    torch: "stride=(2, 3)",
  },
  // Rows that no window reaches have a zero gradient.
  {
    name: "stride-beyond-kernel",
    x: [1, 6, 6, 1],
    kernel: [1, 2, 1, 1],
    options: { strides: 4 },
    torch: "stride=4",
  },
  {
    name: "dilation",
    x: [1, 7, 6, 2],
    kernel: [3, 2, 2, 2],
    options: { dilation: [2, 3] },
    torch: "dilation=(2, 3)",
  },
  {
    name: "dilation-same",
    x: [1, 5, 5, 1],
    kernel: [3, 3, 1, 2],
    options: { dilation: 2, padding: "same" },
    torch: "dilation=2, padding=2",
  },
  { name: "pad-number", x: [1, 3, 4, 2], kernel: [3, 3, 2, 2], options: { padding: 2 }, torch: "padding=2" },
  {
    name: "pad-pair",
    x: [1, 3, 4, 1],
    kernel: [3, 3, 1, 2],
    options: { padding: [2, 1] },
    torch: "padding=(2, 1)",
  },
  {
    name: "pad-sides",
    x: [1, 4, 3, 1],
    kernel: [3, 3, 1, 2],
    options: {
      padding: sides([0, 2], [1, 3]),
      strides: [1, 2],
    },
    torch: "stride=(1, 2)",
    pad: "1, 3, 0, 2",
  },
  {
    name: "pad-crops",
    x: [1, 6, 6, 1],
    kernel: [2, 2, 1, 2],
    options: {
      padding: sides([-1, 0], [0, -2]),
    },
    torch: "",
    pad: "0, -2, -1, 0",
  },
  { name: "groups", x: [1, 4, 4, 4], kernel: [3, 3, 2, 6], options: { groups: 2 }, torch: "groups=2" },
  {
    name: "groups-stride2",
    x: [2, 5, 5, 4],
    kernel: [3, 3, 2, 2],
    options: { groups: 2, strides: 2 },
    torch: "groups=2, stride=2",
  },
  { name: "channels5to9", x: [1, 4, 5, 5], kernel: [2, 3, 5, 9], torch: "" },
  { name: "row-of-width", x: [2, 1, 9, 3], kernel: [1, 3, 3, 4], torch: "" },
  { name: "kernel-is-image", x: [2, 3, 4, 2], kernel: [3, 4, 2, 3], torch: "" },
];

const expression = ({ torch, pad }: Row): string => {
  const image = pad === undefined ? "nchw(a)" : `F.pad(nchw(a), (${pad}))`;
  return `nhwc(F.conv2d(${[image, "oihw(b)", torch].filter(Boolean).join(", ")}))`;
};

const convolutions: Case[] = ROWS.map((row) =>
  define(`conv2d/${row.name}`, [float(row.x), float(row.kernel)], (_, x, k) => x.conv2d(k, row.options), {
    torch: expression(row),
  }),
);

const DEPTHWISE = "b.permute(2, 3, 0, 1).reshape(-1, 1, b.shape[0], b.shape[1])";

export const CONV: readonly Case[] = [
  ...convolutions,

  // Winograd and direct convolution need many pixels and channels.
  define(
    "conv2d/many-pixels",
    [float([1, 14, 15, 8]), float([3, 3, 8, 16])],
    (_, x, k) => x.conv2d(k, { padding: "same" }),
    {
      torch: "nhwc(F.conv2d(nchw(a), oihw(b), padding=1))",
    },
  ),
  define("conv2d/empty-batch", [float([0, 4, 4, 1]), float([3, 3, 1, 2])], (_, x, k) => x.conv2d(k)),

  define(
    "depthwiseConv2d/valid",
    [float([1, 5, 4, 3]), float([3, 3, 3, 1])],
    (_, x, k) => x.depthwiseConv2d(k),
    {
      torch: `nhwc(F.conv2d(nchw(a), ${DEPTHWISE}, groups=3))`,
    },
  ),
  define(
    "depthwiseConv2d/same-stride2",
    [float([2, 5, 5, 5]), float([3, 3, 5, 1])],
    (_, x, k) => x.depthwiseConv2d(k, { padding: "same", strides: 2 }),
    { torch: `nhwc(F.conv2d(nchw(a), ${DEPTHWISE}, groups=5, stride=2, padding=1))` },
  ),
  define(
    "depthwiseConv2d/multiplier",
    [float([1, 4, 4, 3]), float([2, 2, 3, 2])],
    (_, x, k) => x.depthwiseConv2d(k),
    {
      torch: `nhwc(F.conv2d(nchw(a), ${DEPTHWISE}, groups=3))`,
    },
  ),
  define(
    "depthwiseConv2d/dilation",
    [float([1, 6, 6, 4]), float([3, 2, 4, 1])],
    (_, x, k) => x.depthwiseConv2d(k, { dilation: 2 }),
    { torch: `nhwc(F.conv2d(nchw(a), ${DEPTHWISE}, groups=4, dilation=2))` },
  ),

  define(
    "conv2dTranspose/valid",
    [float([1, 3, 3, 2]), float([3, 3, 4, 2])],
    (_, x, k) => x.conv2dTranspose(k),
    {
      torch: "nhwc(F.conv_transpose2d(nchw(a), b.permute(3, 2, 0, 1)))",
    },
  ),
  define(
    "conv2dTranspose/stride2",
    [float([2, 3, 2, 2]), float([3, 2, 3, 2])],
    (_, x, k) => x.conv2dTranspose(k, { strides: 2 }),
    { torch: "nhwc(F.conv_transpose2d(nchw(a), b.permute(3, 2, 0, 1), stride=2))" },
  ),
  define(
    "conv2dTranspose/same-stride2",
    [float([1, 3, 3, 1]), float([3, 3, 2, 1])],
    (_, x, k) => x.conv2dTranspose(k, { strides: 2, padding: "same" }),
    { torch: "nhwc(F.conv_transpose2d(nchw(a), b.permute(3, 2, 0, 1), stride=2)[:, :, :6, :6])" },
  ),
  define(
    "conv2dTranspose/output-size",
    [float([1, 3, 3, 1]), float([3, 3, 2, 1])],
    (_, x, k) => x.conv2dTranspose(k, { strides: 2, outputSize: [8, 7] }),
    { torch: "nhwc(F.conv_transpose2d(nchw(a), b.permute(3, 2, 0, 1), stride=2, output_padding=(1, 0)))" },
  ),
  define(
    "conv2dTranspose/groups",
    [float([1, 3, 3, 4]), float([2, 2, 3, 4])],
    (_, x, k) => x.conv2dTranspose(k, { groups: 2 }),
    // PyTorch wants [in, out / groups, h, w], the same numbers.
    { torch: "nhwc(F.conv_transpose2d(nchw(a), b.permute(3, 2, 0, 1), groups=2))" },
  ),
];
