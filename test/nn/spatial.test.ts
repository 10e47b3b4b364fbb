/** Layers of images and sequences: values worked by hand or against simpler layers, and what is refused. */
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { type Tensor, tensor } from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

const values = async (t: Tensor): Promise<number[]> => [...(await t.data())];
const ramp = (...shape: number[]): Tensor =>
  h
    .arange(shape.reduce((n, d) => n * d, 1))
    .cast("float32")
    .reshape(shape);
const ones = { kernelInitializer: "ones", biasInitializer: "ones" } as const;

describe("convolutions", () => {
  test("conv1d slides over sequences; causal looks back only", async () => {
    const x = ramp(1, 4, 1);
    expect(await values(nn.conv1d({ filters: 1, kernelSize: 2, ...ones }).apply(x))).toEqual([2, 4, 6]);
    const causal = nn.conv1d({ filters: 1, kernelSize: 2, dilation: 2, padding: "causal", ...ones });
    expect(await values(causal.apply(x))).toEqual([1, 2, 3, 5]);
    expect(
      nn
        .conv1d({ filters: 3, kernelSize: 3, padding: [2, 1] })
        .build([5, 2])
        .outputShape(),
    ).toEqual([6, 3]);
  });

  test("separableConv2d is a depthwise and a pointwise convolution", async () => {
    const layer = nn.separableConv2d({
      filters: 2,
      kernelSize: 2,
      depthMultiplier: 3,
      depthwiseInitializer: "ones",
      pointwiseInitializer: "ones",
      biasInitializer: "ones",
    });
    const y = layer.apply(ramp(1, 3, 3, 2));
    expect(y.shape).toEqual([1, 2, 2, 2]);
    const sums = await values(ramp(1, 3, 3, 2).avgPool2d({ strides: 1 }).sum(-1));
    expect(await values(y)).toEqual(sums.flatMap((s) => [12 * s + 1, 12 * s + 1]));
    expect(layer.parameters().map(({ shape }) => shape)).toEqual([[2, 2, 2, 3], [1, 1, 6, 2], [2]]);
  });

  test("locallyConnected2d has filters for each place", async () => {
    const options = { filters: 2, kernelSize: [2, 3], strides: [1, 2], padding: "same" } as const;
    const x = h.randomNormal([2, 3, 4, 2]);
    const alike = nn.locallyConnected2d({ ...options, ...ones });
    const conv = nn.conv2d({ ...options, ...ones });
    const expected = (await values(conv.apply(x))).map((v) => expect.closeTo(v, 4));
    expect(await values(alike.apply(x))).toEqual(expected);
    expect(alike.kernel.shape).toEqual([6, 12, 2]);
    expect(alike.bias?.shape).toEqual([3, 2, 2]);
    const own = nn.locallyConnected2d({ filters: 1, kernelSize: 1 });
    own.build([1, 2, 1]);
    own.kernel.assign(tensor(Float32Array.from([10, 100]), { shape: [2, 1, 1] }));
    expect(await values(own.apply(tensor([[[[1], [2]]]])))).toEqual([10, 200]);
  });

  test("conv2dTranspose doubles the size with stride 2 and same padding", () => {
    const layer = nn.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: "same" });
    expect(layer.build([5, 4, 2]).outputShape()).toEqual([10, 8, 3]);
  });

  test("bad input", () => {
    expect(() => nn.conv1d({ filters: 1, kernelSize: 1.5 })).toThrow(
      "[conv1d] kernelSize must be a positive integer: got 1.5",
    );
    expect(() => nn.conv1d({ filters: 1, kernelSize: 1 }).build([4])).toThrow(
      "[conv1d] expects input [batch, length, channels]: got [1, 4]",
    );
    expect(() => nn.conv1d({ filters: 2, kernelSize: 1, groups: 2 }).build([4, 3])).toThrow(
      "[conv1d] groups must divide 3 channels: got 2",
    );
    expect(() => nn.conv1d({ filters: 1, kernelSize: 5 }).build([3, 1])).toThrow(
      "[conv1d] output length would be (3 − 5 + 0) / 1 + 1 < 1",
    );
    expect(() => nn.conv1d({ filters: 1, kernelSize: 1, padding: "full" as never }).build([3, 1])).toThrow(
      "padding",
    );
    expect(() => nn.separableConv2d({ filters: 0, kernelSize: 1 })).toThrow(
      "[separableConv2d] filters must be a positive integer: got 0",
    );
    expect(() => nn.locallyConnected2d({ filters: 1, kernelSize: 4 }).build([3, 5, 1])).toThrow(
      "[locallyConnected2d] output height would be (3 − 4 + 0) / 1 + 1 < 1: the window [4, 4] does not fit input [1, 3, 5, 1]",
    );
    expect(() =>
      nn.conv2dTranspose({ filters: 1, kernelSize: 2, strides: 2, outputPadding: 2 }).build([2, 2, 1]),
    ).toThrow("[conv2dTranspose] outputPadding must be smaller than strides: got 2 and 2");
  });
});

describe("pooling", () => {
  const line = tensor([[[3], [-4], [0], [5], [2]]]);

  test("along sequences, with windows that overlap", async () => {
    const overlap = { poolSize: 3, strides: 1 };
    expect(await values(nn.maxPool1d(overlap).apply(line))).toEqual([3, 5, 5]);
    expect(await values(nn.minPool1d(overlap).apply(line))).toEqual([-4, -4, 0]);
    expect(await values(nn.l2Pool1d().apply(line))).toEqual([5, 5]);
    expect(await values(nn.avgPool1d().apply(line))).toEqual([-0.5, 2.5]);
    expect(await values(nn.avgPool1d({ poolSize: 2, padding: 1 }).apply(line))).toEqual([3, -2, 3.5]);
    const counted = nn.avgPool1d({ poolSize: 2, padding: 1, countPadding: true });
    expect(await values(counted.apply(line))).toEqual([1.5, -2, 3.5]);
  });

  test("of images", async () => {
    const x = ramp(1, 3, 3, 1);
    expect(await values(nn.minPool2d({ poolSize: 2, strides: 1 }).apply(x))).toEqual([0, 1, 3, 4]);
    expect(await values(nn.maxPool2d({ poolSize: 3, strides: 2, padding: 1 }).apply(x))).toEqual([
      4, 5, 7, 8,
    ]);
    expect(await values(nn.l2Pool2d({ poolSize: [1, 2] }).apply(tensor([[[[3], [4]]]])))).toEqual([5]);
  });

  test("of everything", async () => {
    expect(await values(nn.globalMaxPool1d().apply(line))).toEqual([5]);
    expect(await values(nn.globalAvgPool1d().apply(line))).toEqual([expect.closeTo(1.2, 6)]);
    expect(await values(nn.globalMaxPool2d().apply(ramp(1, 2, 2, 2)))).toEqual([6, 7]);
    expect(() => nn.globalMaxPool2d().apply(line)).toThrow(
      "[globalMaxPool2d] expects input [batch, height, width, channels]: got [1, 5, 1]",
    );
    expect(() => nn.maxPool1d({ poolSize: 0 })).toThrow(
      "[maxPool1d] poolSize must be a positive integer: got 0",
    );
    expect(() => nn.avgPool1d({ padding: "full" as never }).apply(line)).toThrow("[avgPool1d");
  });
});

describe("borders and sizes", () => {
  const x = ramp(1, 2, 2, 1).add(1);

  test("are padded and cropped", async () => {
    expect(
      await values(
        nn
          .zeroPadding2d({
            padding: [
              [1, 0],
              [0, 1],
            ],
          })
          .apply(x),
      ),
    ).toEqual([0, 0, 0, 1, 2, 0, 3, 4, 0]);
    expect(nn.zeroPadding2d().apply(x).shape).toEqual([1, 4, 4, 1]);
    expect(
      await values(
        nn
          .cropping2d({
            cropping: [
              [1, 0],
              [0, 1],
            ],
          })
          .apply(x),
      ),
    ).toEqual([3]);
    expect(nn.cropping2d({ cropping: [1, 2] }).apply(h.zeros([1, 5, 6, 1])).shape).toEqual([1, 3, 2, 1]);
    expect(() => nn.zeroPadding2d({ padding: -1 })).toThrow(
      "[zeroPadding2d] padding must be an integer, [vertical, horizontal] or [[top, bottom], [left, right]], none negative: got -1",
    );
    expect(() => nn.cropping2d({ cropping: 1 }).apply(x)).toThrow(
      "[cropping2d] nothing is left of [1, 2, 2, 1]: [[1,1],[1,1]] is cropped",
    );
  });

  test("are enlarged", async () => {
    expect(await values(nn.upSampling2d({ size: [1, 2] }).apply(x))).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
    const smooth = nn.upSampling2d({ size: [1, 2], method: "bilinear" });
    expect(await values(smooth.apply(x))).toEqual([1, 1.25, 1.75, 2, 3, 3.25, 3.75, 4]);
    expect(() => nn.upSampling2d({ size: 0 })).toThrow(
      "[upSampling2d] size must be a positive integer or two of them: got 0",
    );
    expect(() => nn.upSampling2d({ method: "cubic" as never }).apply(x)).toThrow(
      '[upSampling2d] method must be "nearest" or "bilinear": got "cubic"',
    );
  });

  test("identityShortcut takes every second pixel and puts zeros around the channels", async () => {
    const layer = nn.identityShortcut({ filters: 4, strides: 2 });
    expect(await values(layer.apply(ramp(1, 3, 3, 1).add(1)))).toEqual([
      0, 1, 0, 0, 0, 3, 0, 0, 0, 7, 0, 0, 0, 9, 0, 0,
    ]);
    expect(() => nn.identityShortcut({ filters: 1 }).apply(h.zeros([1, 1, 1, 2]))).toThrow(
      "[identityShortcut] filters must be at least the 2 channels: got 1",
    );
  });
});

describe("rearranging and merging", () => {
  test("reshape, permute", async () => {
    const x = ramp(2, 2, 3);
    expect(nn.reshape({ targetShape: [3, -1] }).apply(x).shape).toEqual([2, 3, 2]);
    expect(await values(nn.permute({ dims: [2, 1] }).apply(x))).toEqual([
      0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11,
    ]);
    expect(() => nn.reshape({ targetShape: [-1, -1] })).toThrow(
      "[reshape] targetShape must be a list of lengths, of which one may be -1: got [-1, -1]",
    );
    expect(() => nn.reshape({ targetShape: [4] }).apply(x)).toThrow("cannot reshape");
    expect(() => nn.permute({ dims: [0, 1] })).toThrow(
      "[permute] dims must be a permutation of 1…2: got [0, 1]",
    );
  });

  test("add, multiply and concatenate; they broadcast", async () => {
    const [a, b, c] = [tensor([[1, 2]]), tensor([[3, 4]]), tensor([[10]])];
    expect(await values(nn.add().apply(a, b, c))).toEqual([14, 16]);
    expect(await values(nn.multiply().apply(a, b, c))).toEqual([30, 80]);
    expect(await values(nn.concatenate().apply(a, b))).toEqual([1, 2, 3, 4]);
    expect(nn.concatenate({ axis: 0 }).apply(a, b).shape).toEqual([2, 2]);
    expect(() => nn.multiply().apply(a)).toThrow("[multiply] expects at least two inputs: got 1");
    expect(() => nn.add().apply(a, h.zeros([1, 3]))).toThrow(
      "[add] shapes do not broadcast: got [1, 2] and [1, 3]",
    );
    expect(() => nn.concatenate().apply(a, h.zeros([3, 2]))).toThrow("[concatenate › concat]");
  });
});
