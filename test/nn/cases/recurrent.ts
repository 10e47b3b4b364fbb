/** Layers of sequences: recurrences with and without a mask, attention. */
import * as nn from "../../../src/nn/index.ts";
import { type Case, float, given } from "../../support/case.ts";
import { layer } from "./layer.ts";

const sequence = float([2, 2, 2]);
const mask = given([1, 0, 0, 1], [2, 2], "bool");

const recurrences: Case[] = ([nn.simpleRNN, nn.lstm, nn.gru] as const).flatMap((make) => [
  layer(`${make.name}/last`, () => make({ units: 2 }), [sequence]),
  layer(`${make.name}/masked`, () => make({ units: 2, returnSequences: true }), [sequence, mask], {
    builtFor: 1,
  }),
]);

export const RECURRENT: readonly Case[] = [
  ...recurrences,
  layer("bidirectional/gru", () => nn.bidirectional(nn.gru({ units: 2 })), [sequence]),
  layer(
    "multiHeadAttention/causal",
    () => nn.multiHeadAttention({ numHeads: 2, keyDim: 2, causal: true, useBias: false }),
    [float([2, 3, 4])],
  ),
  layer(
    "multiHeadAttention/cross",
    () => nn.multiHeadAttention({ numHeads: 1, keyDim: 3 }),
    [float([1, 2, 3]), float([1, 4, 3])],
    // The bias of the keys moves all scores of a row alike, so its gradient is 0 but for rounding.
    { differentiable: [0, 1, 2, 3, 4, 6, 7, 8, 9] },
  ),
];
