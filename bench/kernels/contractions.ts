// Rows of matrix products and windows: each kernel at the shape of a network that needs it.
import { Kernel } from "../../assembly/kernels.ts";
import type { KernelChoices } from "../../src/backends/wasm/lower/context.ts";
import { MAX_PARTIALS } from "../../src/backends/wasm/lower/rawResult.ts";
import type { DType } from "../../src/base/dtype.ts";
import { type Shape, sizeOf } from "../../src/base/shape.ts";
import type { ConvKernel, PoolKernel, Program, Window2d } from "../../src/kernel/types.ts";
import { type Geometry, sizesOf, windowOf } from "../../test/support/window.ts";
import { f32, type Row } from "./row.ts";

/** Stores the result as it is. */
const plain = (output: number, dtype: DType = "float32"): Program => ({
  instrs: [{ op: "acc", dtype }],
  stores: [{ output, value: 0 }],
});

interface Product {
  readonly batch?: Shape;
  readonly transposed?: "a" | "b";
  readonly dtype?: DType;
}

function product(name: string, kernel: Kernel, [m, n, k]: readonly number[], options: Product = {}): Row {
  const { batch = [], transposed, dtype = "float32" } = options;
  const count = sizeOf(batch);
  const operand = (input: number, rows: number, columns: number, isTransposed: boolean) => ({
    input,
    offset: 0,
    rowStride: isTransposed ? rows : columns,
    transposed: isTransposed,
    batchStrides: batch.map(() => rows * columns),
  });
  const value = (size: number) => ({ dtype, size: count * size, ...(dtype === "int32" && { high: 100 }) });
  return {
    name,
    kernel,
    title: `${[...batch, m].join("×")}×${k} · ${k}×${n}${transposed ? `, ${transposed} transposed` : ""}`,
    form: {
      ...{ kind: "matmul", dtype, batch, m, n, k, epilogue: plain(2, dtype) },
      a: operand(0, m, k, transposed === "a"),
      b: operand(1, k, n, transposed === "b"),
    },
    inputs: [value(m * k), value(k * n)],
    outputs: [value(m * n)],
    flops: 2 * count * m * n * k,
  };
}

const shapeOf = ({ batch, inHeight, inWidth, inChannels, outChannels, kernelHeight, strides }: Window2d) =>
  `${[batch, inHeight, inWidth, inChannels].join("×")} → ${outChannels}, ${kernelHeight}×${kernelHeight}` +
  (strides[0] > 1 ? `, stride ${strides[0]}` : "");

const SAME = [
  [1, 1],
  [1, 1],
] as const;

/** A window of 3 × 3 with padding of the same size. */
const threes = (geometry: Omit<Geometry, "kernel">): Window2d =>
  windowOf({ kernel: [3, 3], padding: SAME, ...geometry });

/** The operands and the result of each kind, as names of `sizesOf`. */
const PARTS = {
  conv: ["input", "kernel", "output"],
  convInputGrad: ["output", "kernel", "input"],
  convWeightGrad: ["input", "output", "kernel"],
  pool: ["input", undefined, "output"],
  poolTake: ["input", "input", "output"],
  poolGrad: ["input", "output", "input"],
} as const;

function sizes(kind: keyof typeof PARTS, window: Window2d) {
  const of = sizesOf(window);
  const [first, second, result] = PARTS[kind];
  return { inputs: [f32(of[first]), ...(second ? [f32(of[second])] : [])], outputs: [f32(of[result])] };
}

function conv(
  name: string,
  kernel: Kernel,
  kind: ConvKernel["kind"],
  window: Window2d,
  choice?: KernelChoices["conv"],
): Row {
  const { batch, outHeight, outWidth, outChannels, kernelHeight, kernelWidth, inChannels, groups } = window;
  const products = batch * outHeight * outWidth * outChannels * kernelHeight * kernelWidth;
  return {
    ...{ name, kernel, title: shapeOf(window), ...sizes(kind, window) },
    form: { kind, window, epilogue: plain(2) },
    flops: (2 * products * inChannels) / groups,
    ...(choice && { choices: { conv: choice } }),
  };
}

function pool(name: string, kernel: Kernel, kind: PoolKernel["kind"], window: Window2d): Row {
  const values = sizes(kind, window);
  return {
    ...{ name, kernel, title: shapeOf(window), ...values },
    form: { kind, op: "max", window, epilogue: plain(values.inputs.length) },
  };
}

/** A row of which only the command that is timed counts: its bytes are not those of the whole. */
const partOf = (row: Row, part: Partial<Row>): Row => ({ ...row, flops: undefined, ...part });

const image = threes({ size: [56, 56], channels: [64, 64] });
const batch = threes({ batch: 32, size: [14, 14], channels: [32, 64] });
const largeBatch = threes({ batch: 128, size: [14, 14], channels: [32, 64] });
const gray = threes({ batch: 32, size: [28, 28], channels: [1, 32] });
const deep = threes({ size: [7, 7], channels: [512, 512] });
const depthwise = threes({ size: [112, 112], channels: [32, 32], groups: 32 });
const halved = windowOf({
  ...{ batch: 32, size: [24, 24], channels: [64, 64], groups: 64 },
  ...{ kernel: [2, 2], strides: [2, 2] },
});
const kernelSize = sizesOf(deep).kernel;

export const contractions: readonly Row[] = [
  product("gemm", Kernel.Gemm, [512, 512, 512]),
  product("gemm-nt", Kernel.Gemm, [512, 512, 512], { transposed: "b" }),
  product("gemm-tn", Kernel.Gemm, [512, 512, 512], { transposed: "a" }),
  product("gemm-batch", Kernel.Gemm, [64, 64, 64], { batch: [32] }),
  product("gemv", Kernel.Gemv, [1, 1024, 1024]),
  product("gemm-integer", Kernel.GemmInteger, [128, 128, 128], { dtype: "int32" }),
  conv("conv", Kernel.Conv, "conv", image, "direct"),
  conv("conv-unfold", Kernel.Conv, "conv", gray, "unfold"),
  conv("conv-strided", Kernel.Conv, "conv", threes({ size: [56, 56], channels: [64, 128], strides: [2, 2] })),
  conv("conv-input-grad", Kernel.Conv, "convInputGrad", image, "direct"),
  conv("conv-weight-grad", Kernel.ConvWeightGrad, "convWeightGrad", batch, "direct"),
  conv("conv-slide", Kernel.ConvSlide, "conv", gray),
  conv("depthwise-slide", Kernel.ConvSlide, "conv", depthwise),
  conv("depthwise", Kernel.Depthwise, "conv", depthwise, "direct"),
  conv("depthwise-weight-grad", Kernel.DepthwiseWeightGrad, "convWeightGrad", depthwise),
  conv("winograd", Kernel.Winograd, "conv", image, "winograd"),
  conv("winograd-input-grad", Kernel.Winograd, "convInputGrad", image, "winograd"),
  conv("winograd-weight-grad", Kernel.WinogradWeightGrad, "convWeightGrad", batch, "winograd"),
  partOf(conv("winograd-filter", Kernel.WinogradFilter, "conv", deep, "winograd"), {
    title: "3×3×512 → 512, to 4×4",
    bytes: 4 * kernelSize * (1 + 16 / 9),
  }),
  partOf(conv("finish", Kernel.Finish, "convWeightGrad", largeBatch, "direct"), {
    title: `adds ${MAX_PARTIALS} partial sums of 3×3×32 → 64`,
    bytes: 4 * sizesOf(largeBatch).kernel * (1 + MAX_PARTIALS),
  }),
  pool("pool", Kernel.Pool, "pool", halved),
  pool("pool-take", Kernel.Pool, "poolTake", halved),
  pool("pool-grad", Kernel.PoolGrad, "poolGrad", halved),
];
