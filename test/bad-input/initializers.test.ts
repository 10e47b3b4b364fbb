/** Wrong options of initializers and regularizers. */
import { ones, tensor } from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";
import { initializers, regularizers } from "../../src/nn/index.ts";
import { describeMistakes, expectCovered } from "./rows.ts";
import { describeFactories } from "./schemas.ts";

describeFactories(initializers, {}, { initializerOf: "for layers: see `in layers`" });

const bias = (biasInitializer: unknown) => nn.dense({ units: 2, biasInitializer: biasInitializer as never });
describeMistakes("in layers", [
  ["options of a name", () => bias({ name: "uniform", low: "0" }), '[uniform] low must be a number: got "0"'],
  [
    "misspelt options of a name",
    () => bias({ name: "normal", sdt: 1 }),
    "[normal] takes the options mean, std: got sdt",
  ],
  [
    "identity of one axis",
    () => bias("identity").apply(ones([1, 2])),
    "[dense › identity] initial values need two axes: got [2]",
  ],
  [
    "an initializer of another shape",
    () => bias({ make: () => ones([3]) }).apply(ones([1, 2])),
    "[dense] initial values of bias must be float32 [2]: got float32 [3]",
  ],
  [
    "an initializer that makes no tensor",
    () => bias({ make: () => [0, 0] }).apply(ones([1, 2])),
    "[dense] initial values of bias must be float32 [2]: got [0, 0]",
  ],
]);

describeMistakes("regularizers", [
  ["l1", () => regularizers.l1(-1), "[l1] rate must be a number of at least 0: got -1"],
  ["l2", () => regularizers.l2("0.01" as never), '[l2] rate must be a number of at least 0: got "0.01"'],
  ["l1l2", () => regularizers.l1l2({ l1: Number.NaN }), "[l1l2] l1 must be a number of at least 0: got NaN"],
  ["l1l2, misspelt", () => regularizers.l1l2({ L2: 1 } as never), "[l1l2] takes the options l1, l2: got L2"],
  [
    "as plain data",
    () => nn.dense({ units: 1, kernelRegularizer: { l2: -1 } }),
    "[dense] l2 must be a number of at least 0: got -1",
  ],
  [
    "a function that gives no scalar",
    () => regularizers.penaltyOf([{ shape: [2, 2], value: ones([2, 2]) }], (w) => w.square()),
    "[regularizer] a function must give a scalar tensor, such as a sum: got [2, 2]",
  ],
  [
    "a function that gives a number",
    () => regularizers.penaltyOf([{ shape: [2, 1], value: tensor([[1], [2]]) }], () => 1 as never),
    "[regularizer] a function must give a scalar tensor, such as a sum: got 1",
  ],
]);

expectCovered(regularizers, ["l1", "l2", "l1l2", "penaltyOf"], { checkRegularizer: "what layers call" });
