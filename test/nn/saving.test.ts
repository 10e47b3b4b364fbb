/** Every built-in layer comes back from a file: the same description, weights and results. */
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { memory } from "../../src/io/index.ts";
import { fromConfig, layerTypes } from "../../src/nn/fromConfig.ts";
import * as nn from "../../src/nn/index.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

const IMAGE = [6, 6, 4];
const SEQUENCE = [5, 4];

/** A layer with options of its own, and the shape of a sample. */
const LAYERS: Record<string, readonly [make: () => nn.Layer, shape: readonly number[]]> = {
  dense: [() => nn.dense({ units: 3, activation: { name: "leakyRelu", slope: 0.1 } }), [4]],
  embedding: [() => nn.embedding({ inputDim: 3, outputDim: 2 }), [4]],
  conv1d: [() => nn.conv1d({ filters: 2, kernelSize: 2, padding: "causal", dilation: 2 }), SEQUENCE],
  conv2d: [
    () =>
      nn.conv2d({
        filters: 4,
        kernelSize: [2, 3],
        groups: 2,
        padding: [
          [1, 0],
          [2, 1],
        ],
      }),
    IMAGE,
  ],
  conv2dTranspose: [() => nn.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2 }), IMAGE],
  depthwiseConv2d: [() => nn.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 2 }), IMAGE],
  separableConv2d: [() => nn.separableConv2d({ filters: 3, kernelSize: 2, activation: "relu" }), IMAGE],
  locallyConnected2d: [() => nn.locallyConnected2d({ filters: 2, kernelSize: 3, strides: 3 }), IMAGE],
  maxPool1d: [() => nn.maxPool1d({ poolSize: 3, strides: 1 }), SEQUENCE],
  minPool1d: [() => nn.minPool1d(), SEQUENCE],
  avgPool1d: [() => nn.avgPool1d({ padding: [1, 0], countPadding: true }), SEQUENCE],
  l2Pool1d: [() => nn.l2Pool1d(), SEQUENCE],
  maxPool2d: [() => nn.maxPool2d({ poolSize: [2, 3] }), IMAGE],
  minPool2d: [() => nn.minPool2d({ padding: "same" }), IMAGE],
  avgPool2d: [() => nn.avgPool2d({ padding: 1, countPadding: true }), IMAGE],
  l2Pool2d: [() => nn.l2Pool2d(), IMAGE],
  globalAvgPool1d: [() => nn.globalAvgPool1d(), SEQUENCE],
  globalMaxPool1d: [() => nn.globalMaxPool1d(), SEQUENCE],
  globalAvgPool2d: [() => nn.globalAvgPool2d(), IMAGE],
  globalMaxPool2d: [() => nn.globalMaxPool2d(), IMAGE],
  batchNorm: [() => nn.batchNorm({ momentum: 0.9, unbiased: true }), IMAGE],
  layerNorm: [() => nn.layerNorm({ axis: [1, 2], center: false }), SEQUENCE],
  rmsNorm: [() => nn.rmsNorm({ axis: [1, 2] }), SEQUENCE],
  groupNorm: [() => nn.groupNorm({ groups: 2, epsilon: 1e-5 }), IMAGE],
  localResponseNorm: [() => nn.localResponseNorm({ size: 3 }), IMAGE],
  normalization: [() => nn.normalization(), [4]],
  simpleRNN: [() => nn.simpleRNN({ units: 2, goBackwards: true }), SEQUENCE],
  lstm: [() => nn.lstm({ units: 2, returnSequences: true }), SEQUENCE],
  gru: [() => nn.gru({ units: 2, resetAfter: false }), SEQUENCE],
  bidirectional: [() => nn.bidirectional(nn.lstm({ units: 2 }), { mergeMode: "sum" }), SEQUENCE],
  multiHeadAttention: [() => nn.multiHeadAttention({ numHeads: 2, keyDim: 2, causal: true }), SEQUENCE],
  dropout: [() => nn.dropout({ rate: 0.5 }), [4]],
  spatialDropout: [() => nn.spatialDropout({ rate: 0.5 }), IMAGE],
  gaussianNoise: [() => nn.gaussianNoise({ std: 1 }), [4]],
  noisyRelu: [() => nn.noisyRelu({ std: 2 }), [4]],
  prelu: [() => nn.prelu({ shared: true }), IMAGE],
  flatten: [() => nn.flatten(), IMAGE],
  reshape: [() => nn.reshape({ targetShape: [-1, 8] }), IMAGE],
  permute: [() => nn.permute({ dims: [3, 1, 2] }), IMAGE],
  zeroPadding2d: [() => nn.zeroPadding2d({ padding: [1, 2] }), IMAGE],
  cropping2d: [() => nn.cropping2d({ cropping: 2 }), IMAGE],
  upSampling2d: [() => nn.upSampling2d({ size: [1, 2], method: "bilinear" }), IMAGE],
  identityShortcut: [() => nn.identityShortcut({ filters: 6, strides: 2 }), IMAGE],
  activation: [() => nn.elu({ alpha: 2 }), [4]],
  sequential: [() => nn.sequential([nn.dense({ units: 2 }), nn.selu()]), [4]],
};

/** Layers of several inputs, which a graph holds; and graphs. */
const MERGING = ["add", "multiply", "concatenate", "graph"];

test("every type is tried", () => {
  expect([...Object.keys(LAYERS), ...MERGING].sort()).toEqual([...layerTypes()].sort());
});

describe.each(Object.entries(LAYERS))("%s", (_, [make, shape]) => {
  test("comes back with its options and weights", async () => {
    const net = make().build(shape);
    expect(JSON.parse(JSON.stringify(fromConfig(net.config()!).config()))).toEqual(
      JSON.parse(JSON.stringify(net.config())),
    );
    // A layer by itself does not know its input from the file; a sequential keeps it.
    const model = h.createModel(nn.sequential([net], { inputShape: shape }));
    const store = memory();
    await model.save(store);
    h.setSeed(99);
    const again = await h.loadModel(store);
    const x = h.randomUniform([2, ...shape], { low: 0, high: 2 });
    expect([...(await again.net.apply(x).data())]).toEqual([...(await net.apply(x).data())]);
    expect(again.summary()).toBe(model.summary());
  });
});
