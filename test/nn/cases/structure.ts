/** Activations as layers, layers that rearrange and merge, and networks of layers. */
import * as nn from "../../../src/nn/index.ts";
import { type Case, float } from "../../support/case.ts";
import { layer } from "./layer.ts";

const rows = float([3, 4], -4, 4);
const block = float([2, 3, 2]);

const activations: Case[] = [
  nn.identity,
  nn.sigmoid,
  nn.hardSigmoid,
  nn.tanh,
  nn.relu,
  nn.relu6,
  nn.leakyRelu,
  nn.elu,
  nn.selu,
  nn.gelu,
  nn.silu,
  nn.softplus,
  nn.softsign,
  nn.softmax,
  nn.logSoftmax,
].map((make) => layer(`${make.name}/rows`, () => make(), [rows]));

function residual(): nn.Graph<nn.Symbols> {
  const x = nn.input([4]);
  const hidden = nn.dense({ units: 4, activation: "tanh" }).apply(x);
  return nn.graph(x, nn.dense({ units: 2 }).apply(nn.add().apply(x, hidden)));
}

export const STRUCTURE: readonly Case[] = [
  ...activations,
  layer("binaryStep/rows", nn.binaryStep, [rows], {
    differentiable: false,
    why: "a step: nothing before it learns",
  }),
  layer("activation/options", () => nn.activation({ name: "elu", alpha: 0.5 }), [rows]),
  layer("prelu/channels", () => nn.prelu(), [block]),

  layer("flatten/rows", () => nn.flatten(), [block]),
  layer("reshape/inferred", () => nn.reshape({ targetShape: [2, -1] }), [block]),
  layer("permute/swap", () => nn.permute({ dims: [2, 1] }), [block]),
  layer("add/broadcast", nn.add, [block, float([2, 1, 2]), block]),
  layer("multiply/broadcast", nn.multiply, [block, float([2, 1, 2]), block]),
  layer("concatenate/channels", () => nn.concatenate(), [block, float([2, 3, 1])]),

  layer("sequential/two", () => nn.sequential([nn.dense({ units: 3, activation: "relu" }), nn.softmax()]), [
    rows,
  ]),
  layer("graph/residual", residual, [rows]),
];
