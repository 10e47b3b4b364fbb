/** Dense, embedding and convolution layers. */
import * as nn from "../../../src/nn/index.ts";
import { type Case, float, int } from "../../support/case.ts";
import { layer } from "./layer.ts";

const image = float([2, 4, 5, 2]);
const sequence = float([2, 6, 2]);

export const CONVOLUTIONS: readonly Case[] = [
  layer("dense/tanh", () => nn.dense({ units: 3, activation: "tanh" }), [float([2, 4])]),
  layer("dense/sequences", () => nn.dense({ units: 2, useBias: false }), [float([2, 3, 4])]),
  layer("embedding/table", () => nn.embedding({ inputDim: 5, outputDim: 3 }), [int([2, 4], 0, 5)]),

  layer("conv1d/same", () => nn.conv1d({ filters: 3, kernelSize: 3, padding: "same" }), [sequence]),
  layer("conv1d/causal", () => nn.conv1d({ filters: 2, kernelSize: 2, dilation: 2, padding: "causal" }), [
    sequence,
  ]),
  layer("conv2d/same-stride2", () => nn.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: "same" }), [
    image,
  ]),
  layer("conv2d/groups-dilation", () => nn.conv2d({ filters: 2, kernelSize: 2, dilation: 2, groups: 2 }), [
    image,
  ]),
  layer("conv2d/padding", () => nn.conv2d({ filters: 2, kernelSize: [3, 2], padding: [1, 0] }), [image]),
  layer("depthwiseConv2d/multiplier", () => nn.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }), [
    image,
  ]),
  layer("separableConv2d/valid", () => nn.separableConv2d({ filters: 3, kernelSize: 2 }), [image]),
  layer(
    "conv2dTranspose/stride2",
    () => nn.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: "same" }),
    [float([2, 3, 2, 2])],
  ),
  layer("locallyConnected2d/valid", () => nn.locallyConnected2d({ filters: 2, kernelSize: 2 }), [
    float([2, 3, 3, 2]),
  ]),
];
