/** Pooling layers, and those that pad, crop, enlarge and thin out. */
import * as nn from "../../../src/nn/index.ts";
import { type Case, float } from "../../support/case.ts";
import { layer } from "./layer.ts";

const image = float([2, 5, 4, 2]);
const sequence = float([2, 6, 3]);
/** Windows that overlap. */
const overlap = { poolSize: 3, strides: 2 };

export const POOLING: readonly Case[] = [
  layer("maxPool1d/overlap", () => nn.maxPool1d(overlap), [sequence]),
  layer("minPool1d/overlap", () => nn.minPool1d(overlap), [sequence]),
  layer("avgPool1d/padded", () => nn.avgPool1d({ ...overlap, padding: 1 }), [sequence]),
  layer("l2Pool1d/overlap", () => nn.l2Pool1d(overlap), [sequence]),
  layer("maxPool2d/overlap", () => nn.maxPool2d({ ...overlap, padding: "same" }), [image]),
  layer("minPool2d/overlap", () => nn.minPool2d(overlap), [image]),
  layer("avgPool2d/padded", () => nn.avgPool2d({ ...overlap, padding: 1 }), [image]),
  layer("l2Pool2d/overlap", () => nn.l2Pool2d(overlap), [image]),
  layer("globalMaxPool1d/sequences", nn.globalMaxPool1d, [sequence]),
  layer("globalAvgPool1d/sequences", nn.globalAvgPool1d, [sequence]),
  layer("globalMaxPool2d/images", nn.globalMaxPool2d, [image]),
  layer("globalAvgPool2d/images", nn.globalAvgPool2d, [image]),

  layer(
    "zeroPadding2d/sides",
    () =>
      nn.zeroPadding2d({
        padding: [
          [1, 0],
          [2, 1],
        ],
      }),
    [image],
  ),
  layer(
    "cropping2d/sides",
    () =>
      nn.cropping2d({
        cropping: [
          [1, 0],
          [0, 2],
        ],
      }),
    [image],
  ),
  layer("upSampling2d/nearest", () => nn.upSampling2d({ size: [2, 1] }), [image]),
  layer("upSampling2d/bilinear", () => nn.upSampling2d({ method: "bilinear" }), [float([1, 2, 3, 2])]),
  layer("identityShortcut/stride2", () => nn.identityShortcut({ filters: 4, strides: 2 }), [image]),
];
