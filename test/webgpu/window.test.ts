import { expect, test } from "vitest";
import { sizeOf } from "../../src/base/shape.ts";
import type { ConvKernel, PoolKernel, Window2d } from "../../src/kernel/types.ts";
import {
  common,
  describeWebGpu,
  expectClose,
  indicesOf,
  load,
  noise,
  plain,
  runKernel,
  step,
} from "./harness.ts";

interface Geometry {
  readonly batch?: number;
  readonly size: readonly [number, number];
  readonly channels: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly strides?: readonly [number, number];
  readonly dilation?: readonly [number, number];
  readonly padding?: readonly [readonly [number, number], readonly [number, number]];
  readonly groups?: number;
}

function windowOf(g: Geometry): Window2d {
  const { batch = 2, size, channels, kernel, groups = 1 } = g;
  const {
    strides = [1, 1],
    dilation = [1, 1],
    padding = [
      [0, 0],
      [0, 0],
    ],
  } = g;
  const out = size.map((length, d) => {
    const reach = (kernel[d] - 1) * dilation[d] + 1;
    return Math.floor((length + padding[d][0] + padding[d][1] - reach) / strides[d]) + 1;
  });
  return {
    batch,
    inHeight: size[0],
    inWidth: size[1],
    inChannels: channels[0],
    outHeight: out[0],
    outWidth: out[1],
    outChannels: channels[1],
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    strides,
    dilation,
    padding,
    groups,
  };
}

const shapes = (w: Window2d) => ({
  x: [w.batch, w.inHeight, w.inWidth, w.inChannels],
  y: [w.batch, w.outHeight, w.outWidth, w.outChannels],
  kernel: [w.kernelHeight, w.kernelWidth, w.inChannels / w.groups, w.outChannels],
});

/** Calls `visit` with the indices of every (y, x, kernel) triple that multiplies. */
function triples(w: Window2d, visit: (y: number, x: number, k: number) => void): void {
  const inPer = w.inChannels / w.groups;
  const outPer = w.outChannels / w.groups;
  indicesOf(shapes(w).y).forEach(([b, oy, ox, co], y) => {
    for (let ky = 0; ky < w.kernelHeight; ky++) {
      for (let kx = 0; kx < w.kernelWidth; kx++) {
        const iy = oy * w.strides[0] + ky * w.dilation[0] - w.padding[0][0];
        const ix = ox * w.strides[1] + kx * w.dilation[1] - w.padding[1][0];
        if (iy < 0 || ix < 0 || iy >= w.inHeight || ix >= w.inWidth) continue;
        for (let c = 0; c < inPer; c++) {
          const ci = Math.floor(co / outPer) * inPer + c;
          const x = ((b * w.inHeight + iy) * w.inWidth + ix) * w.inChannels + ci;
          visit(y, x, ((ky * w.kernelWidth + kx) * inPer + c) * w.outChannels + co);
        }
      }
    }
  });
}

const convOf = (kind: ConvKernel["kind"], window: Window2d): ConvKernel => ({
  kind,
  ...common([0, 1], [2]),
  window,
  epilogue: plain(2),
});

const poolOf = (kind: PoolKernel["kind"], op: PoolKernel["op"], window: Window2d): PoolKernel => {
  const inputs = kind === "pool" || op === "sum" ? [0] : [0, 1];
  return { kind, ...common(inputs, [inputs.length]), op, window, epilogue: plain(inputs.length) };
};

describeWebGpu("convolution and pooling kernels", () => {
  test.each<Geometry>([
    { size: [5, 6], channels: [3, 5], kernel: [3, 3] },
    {
      size: [5, 6],
      channels: [4, 8],
      kernel: [3, 2],
      padding: [
        [1, 1],
        [1, 0],
      ],
    },
    {
      size: [7, 8],
      channels: [4, 6],
      kernel: [3, 3],
      strides: [2, 3],
      padding: [
        [1, 2],
        [0, 1],
      ],
    },
    {
      size: [9, 8],
      channels: [2, 4],
      kernel: [3, 2],
      dilation: [2, 3],
      padding: [
        [2, 1],
        [1, 1],
      ],
    },
    {
      size: [7, 6],
      channels: [4, 4],
      kernel: [2, 3],
      padding: [
        [-1, -2],
        [0, -1],
      ],
    },
    { size: [4, 5], channels: [8, 12], kernel: [1, 1] },
    { size: [4, 5], channels: [8, 12], kernel: [1, 1], strides: [2, 1] },
    {
      size: [5, 4],
      channels: [8, 12],
      kernel: [3, 3],
      groups: 2,
      padding: [
        [1, 1],
        [1, 1],
      ],
    },
    { size: [5, 4], channels: [6, 10], kernel: [2, 2], groups: 2 },
    {
      size: [6, 5],
      channels: [8, 8],
      kernel: [3, 3],
      groups: 8,
      strides: [2, 1],
      padding: [
        [1, 1],
        [1, 1],
      ],
    },
    { size: [6, 5], channels: [3, 6], kernel: [3, 2], groups: 3, dilation: [1, 2] },
    { size: [40, 40], channels: [4, 4], kernel: [3, 3] },
    { size: [40, 40], channels: [4, 4], kernel: [3, 3], groups: 4 },
  ])("the convolution triple: %j", async (g) => {
    const w = windowOf(g);
    const size = { x: sizeOf(shapes(w).x), y: sizeOf(shapes(w).y), kernel: sizeOf(shapes(w).kernel) };
    const [x, weights, dy] = [noise(size.x, 1), noise(size.kernel, 2), noise(size.y, 3)];
    const expected = {
      y: new Float64Array(size.y),
      dx: new Float64Array(size.x),
      dw: new Float64Array(size.kernel),
    };
    triples(w, (i, j, k) => {
      expected.y[i] += x[j] * weights[k];
      expected.dx[j] += dy[i] * weights[k];
      expected.dw[k] += dy[i] * x[j];
    });
    const run = (kind: ConvKernel["kind"], a: Float32Array, b: Float32Array, out: number) =>
      runKernel(convOf(kind, w), [{ data: a }, { data: b }], [{ size: out }]);
    expectClose((await run("conv", x, weights, size.y))[0], expected.y);
    expectClose((await run("convInputGrad", dy, weights, size.x))[0], expected.dx);
    expectClose((await run("convWeightGrad", x, dy, size.kernel))[0], expected.dw, 3e-5);
  });

  test.each([
    { size: [5, 5], channels: [3, 8], kernel: [3, 3] },
    { size: [5, 5], channels: [3, 7], kernel: [3, 3] },
    { size: [5, 5], channels: [8, 8], kernel: [3, 3], groups: 8 },
  ] as Geometry[])("bias and relu at the store: %j", async (g) => {
    const w = windowOf(g);
    const kernel: ConvKernel = {
      kind: "conv",
      ...common([0, 1, 2], [3]),
      window: w,
      epilogue: {
        instrs: [
          { op: "acc", dtype: "float32" },
          load(2, { offset: 0, strides: [0, 0, 0, 1] }),
          step("add", [0, 1]),
          { op: "const", dtype: "float32", value: 0 },
          step("max", [2, 3]),
        ],
        stores: [{ output: 3, value: 4 }],
      },
    };
    const [x, weights, bias] = [
      noise(sizeOf(shapes(w).x), 1),
      noise(sizeOf(shapes(w).kernel), 2),
      noise(w.outChannels, 3),
    ];
    const expected = Array.from({ length: sizeOf(shapes(w).y) }, (_, i) => bias[i % w.outChannels] as number);
    triples(w, (i, j, k) => {
      expected[i] += x[j] * weights[k];
    });
    const [y] = await runKernel(
      kernel,
      [{ data: x }, { data: weights }, { data: bias }],
      [{ size: expected.length }],
    );
    expectClose(
      y,
      expected.map((v) => Math.max(v, 0)),
    );
  });

  test.each([
    { size: [6, 6], channels: [3, 3], kernel: [2, 2], strides: [2, 2], groups: 3 },
    {
      size: [5, 6],
      channels: [2, 2],
      kernel: [3, 2],
      strides: [1, 2],
      groups: 2,
      padding: [
        [1, 1],
        [0, 1],
      ],
    },
    {
      size: [7, 5],
      channels: [1, 1],
      kernel: [2, 2],
      dilation: [2, 1],
      groups: 1,
      padding: [
        [0, 1],
        [-1, 0],
      ],
    },
  ] as Geometry[])("pooling: %j", async (g) => {
    const w = windowOf(g);
    const [sizeX, sizeY] = [sizeOf(shapes(w).x), sizeOf(shapes(w).y)];
    // Few distinct values, so that maxima tie.
    const x = noise(sizeX, 1).map((v) => Math.round(v * 2));
    x[7] = NaN;
    x[4] = -Infinity;
    const [dy, picked] = [noise(sizeY, 2), noise(sizeX, 3)];
    const largest = new Array<number>(sizeY).fill(-1);
    const sum = new Float64Array(sizeY);
    const sumGradient = new Float64Array(sizeX);
    const finite = x.map((v) => (Number.isFinite(v) ? v : 3));
    // Depthwise taps are the windows.
    triples({ ...w, groups: w.inChannels }, (i, j) => {
      const best = x[largest[i]];
      if (largest[i] < 0 || (!Number.isNaN(best) && (x[j] > best || Number.isNaN(x[j])))) largest[i] = j;
      sum[i] += finite[j];
      sumGradient[j] += dy[i];
    });
    const maxGradient = new Float64Array(sizeX);
    largest.forEach((j, i) => {
      if (j >= 0) maxGradient[j] += dy[i];
    });
    const run = async (kernel: PoolKernel, data: Float32Array[], size: number) =>
      (
        await runKernel(
          kernel,
          data.map((d) => ({ data: d })),
          [{ size }],
        )
      )[0];
    expectClose(
      await run(poolOf("pool", "max", w), [x], sizeY),
      largest.map((j) => (j < 0 ? -Infinity : x[j])),
    );
    expectClose(await run(poolOf("pool", "sum", w), [finite], sizeY), sum);
    expectClose(await run(poolOf("poolGrad", "max", w), [x, dy], sizeX), maxGradient);
    expectClose(await run(poolOf("poolGrad", "sum", w), [dy], sizeX), sumGradient);
    const taken = await run(poolOf("poolTake", "max", w), [x, picked], sizeY);
    expect(Array.from(taken)).toEqual(largest.map((j) => (j < 0 ? 0 : picked[j])));
  });
});
