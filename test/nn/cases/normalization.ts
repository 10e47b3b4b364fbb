/** Layers that normalise, in both modes, and those that add noise or drop. */
import * as nn from "../../../src/nn/index.ts";
import { type Case, float } from "../../support/case.ts";
import { layer } from "./layer.ts";

const image = float([2, 3, 3, 4]);
const rows = float([4, 6]);

export const NORMALIZATION: readonly Case[] = [
  layer("batchNorm/training", () => nn.batchNorm({ epsilon: 1e-2 }), [image], { training: true }),
  layer("batchNorm/evaluation", () => nn.batchNorm(), [image]),
  layer("layerNorm/rows", () => nn.layerNorm(), [rows]),
  layer("layerNorm/images", () => nn.layerNorm({ axis: [1, 2, 3] }), [image]),
  layer("rmsNorm/rows", () => nn.rmsNorm(), [rows]),
  layer("rmsNorm/images", () => nn.rmsNorm({ axis: [1, 3], epsilon: 1e-3 }), [image]),
  layer("groupNorm/images", () => nn.groupNorm({ groups: 2 }), [image]),
  layer("localResponseNorm/images", () => nn.localResponseNorm({ size: 3, alpha: 0.1 }), [image]),
  layer("normalization/rows", () => nn.normalization(), [rows]),

  layer("dropout/training", () => nn.dropout({ rate: 0.4 }), [rows], { training: true }),
  layer("dropout/evaluation", () => nn.dropout({ rate: 0.4 }), [rows]),
  layer("spatialDropout/training", () => nn.spatialDropout({ rate: 0.4 }), [image], { training: true }),
  layer("gaussianNoise/training", () => nn.gaussianNoise({ std: 0.5 }), [rows], { training: true }),
  layer("noisyRelu/training", () => nn.noisyRelu({ std: 0.5 }), [rows], { training: true }),
  // The gradient leaves out what the noise's spread does, by design.
  layer("noisyRelu/own-spread", () => nn.noisyRelu(), [rows], { training: true, order: 0 }),
];
