import { expect, test } from "vitest";
import type { ConvKernel, PoolKernel, Window2d } from "../../src/kernel/types.ts";
import { type Geometry, windowOf as makeWindow, naiveConv, naivePool, sizesOf } from "../support/window.ts";
import { common, describeWebGpu, expectClose, load, noise, plain, runKernel, step } from "./harness.ts";

/** Of two images. */
const windowOf = (g: Geometry): Window2d => makeWindow({ batch: 2, ...g });

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
    const size = sizesOf(w);
    const [x, weights, dy] = [noise(size.input, 1), noise(size.kernel, 2), noise(size.output, 3)];
    const run = (kind: ConvKernel["kind"], a: Float32Array, b: Float32Array, out: number) =>
      runKernel(convOf(kind, w), [{ data: a }, { data: b }], [{ size: out }]);
    expectClose((await run("conv", x, weights, size.output))[0], naiveConv("conv", w, x, weights));
    const [dx] = await run("convInputGrad", dy, weights, size.input);
    expectClose(dx, naiveConv("convInputGrad", w, dy, weights));
    const [dw] = await run("convWeightGrad", x, dy, size.kernel);
    expectClose(dw, naiveConv("convWeightGrad", w, x, dy), 3e-5);
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
    const size = sizesOf(w);
    const [x, weights, bias] = [noise(size.input, 1), noise(size.kernel, 2), noise(w.outChannels, 3)];
    const expected = naiveConv("conv", w, x, weights).map((v, i) => v + bias[i % w.outChannels]);
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
    const { input, output } = sizesOf(w);
    // Few distinct values, so that maxima tie.
    const x = noise(input, 1).map((v) => Math.round(v * 2));
    x[7] = NaN;
    x[4] = -Infinity;
    const [dy, picked] = [noise(output, 2), noise(input, 3)];
    const finite = x.map((v) => (Number.isFinite(v) ? v : 3));
    const run = async (kernel: PoolKernel, data: Float32Array[], size: number) =>
      (
        await runKernel(
          kernel,
          data.map((d) => ({ data: d })),
          [{ size }],
        )
      )[0];
    expectClose(await run(poolOf("pool", "max", w), [x], output), naivePool("pool", "max", w, x, dy));
    expectClose(
      await run(poolOf("pool", "sum", w), [finite], output),
      naivePool("pool", "sum", w, finite, dy),
    );
    expectClose(
      await run(poolOf("poolGrad", "max", w), [x, dy], input),
      naivePool("poolGrad", "max", w, x, dy),
    );
    expectClose(await run(poolOf("poolGrad", "sum", w), [dy], input), naivePool("poolGrad", "sum", w, x, dy));
    const taken = await run(poolOf("poolTake", "max", w), [x, picked], output);
    expect([...taken]).toEqual([...naivePool("poolTake", "max", w, x, picked)]);
  });
});
