/** Wrong options of callbacks, of models and of training. */
import * as h from "../../src/index.ts";
import { memory } from "../../src/io/index.ts";
import * as nn from "../../src/nn/index.ts";
import { sgd } from "../../src/optim/index.ts";
import * as callbacks from "../../src/train/callbacks.ts";
import { describeMistakes, describeOptions, expectCovered, type Table } from "./rows.ts";
import { COUNT, FLAG, FROM_ZERO, NOT_NEGATIVE, OPEN_FRACTION } from "./rules.ts";

const monitor = {
  monitor: [[1, "must be a name in the logs"]],
  mode: [["maximum", 'must be "min" or "max"']],
  minDelta: NOT_NEGATIVE,
} as const;
const TABLES: Record<string, Pick<Table, "make" | "wrong">> = {
  earlyStopping: {
    make: callbacks.earlyStopping,
    wrong: { ...monitor, patience: FROM_ZERO, restoreBest: FLAG },
  },
  checkpoint: {
    make: (options) => callbacks.checkpoint(() => memory(), options),
    wrong: { ...monitor, bestOnly: FLAG, every: COUNT, everySteps: COUNT, keepLast: COUNT },
  },
  reduceOnPlateau: {
    make: callbacks.reduceOnPlateau,
    wrong: {
      ...monitor,
      factor: OPEN_FRACTION,
      patience: FROM_ZERO,
      cooldown: FROM_ZERO,
      minLearningRate: NOT_NEGATIVE,
    },
  },
  csvLogger: { make: (options) => callbacks.csvLogger(() => {}, options), wrong: { append: FLAG } },
  jsonLogger: { make: (options) => callbacks.jsonLogger(() => {}, options), wrong: { append: FLAG } },
  progress: {
    make: callbacks.progress,
    wrong: { write: [["stderr", "must be a function"]], live: FLAG, columns: FROM_ZERO },
  },
};
for (const [where, table] of Object.entries(TABLES)) describeOptions({ where, ...table });

const net = () => nn.sequential([nn.dense({ units: 1 })], { inputShape: [1] });
const model = () => h.createModel(net(), { optimizer: sgd(), loss: "meanSquaredError" });
const x = [[1], [2]];

const TRAINING: Record<string, Pick<Table, "make" | "wrong">> = {
  createModel: {
    make: (options) => h.createModel(net(), options),
    wrong: {
      optimizer: [["adam", "must be an optimizer, such as adam()"]],
      loss: [],
      metrics: [["accuracy", "must be a list"]],
      regularizer: [],
    },
  },
  fit: {
    make: (options) => model().fit([x, x], options),
    wrong: {
      epochs: FROM_ZERO,
      initialEpoch: FROM_ZERO,
      batchSize: COUNT,
      shuffle: FLAG,
      callbacks: [[{}, "must be a list"]],
      signal: [],
      validationData: [],
      validationSplit: [],
      validateEvery: COUNT,
      accumulateSteps: COUNT,
      classWeight: [],
      resume: [],
      workers: [],
      verbose: FLAG,
    },
  },
  evaluate: { make: (options) => model().evaluate([x, x], options), wrong: { batchSize: COUNT, signal: [] } },
  predict: { make: (options) => model().predict(x, options), wrong: { batchSize: COUNT } },
};
for (const [where, table] of Object.entries(TRAINING)) describeOptions({ where, ...table });

describeMistakes("what does not go together", [
  [
    "checkpoint: keepLast with one place",
    () => callbacks.checkpoint(memory(), { keepLast: 2 }),
    "[checkpoint] keepLast needs a store per epoch: give a function of it",
  ],
  [
    "checkpoint: the best within epochs",
    () => callbacks.checkpoint(memory(), { bestOnly: true, everySteps: 5 }),
    "[checkpoint] bestOnly is decided after epochs: it does not go with everySteps",
  ],
  [
    "checkpoint: no store",
    () => callbacks.checkpoint(5 as never),
    "[store] expected a path, a store or a Uint8Array: got number",
  ],
  ...([callbacks.csvLogger, callbacks.jsonLogger] as const).map(
    (logger) =>
      [
        `${logger.name}: no store`,
        () => logger({} as never),
        "[store] expected a path, a store or a Uint8Array: got object",
      ] as const,
  ),
  [
    "terminateOnNaN",
    () => callbacks.terminateOnNaN({ patience: 1 } as never),
    "[terminateOnNaN] takes no options: got patience",
  ],
  [
    "compile",
    () => model().compile({ losses: "huber" } as never),
    "[compile] takes the options optimizer, loss, metrics, regularizer: got losses",
  ],
  [
    "createModel of no module",
    () => h.createModel([] as never),
    "[createModel] the network must be a module: got object",
  ],
  [
    "fit without an optimizer",
    () => h.createModel(net()).fit([x, x]),
    "[fit] the model needs an optimizer and a loss: call compile",
  ],
  [
    "fit without targets",
    () => model().fit([x] as never),
    "[fit] expects a dataset, [x, y] or [x, y, weights]: got 1 arrays",
  ],
  ["fit without samples", () => model().fit([[], []]), "[fit] the dataset is empty"],
  [
    "validationSplit",
    () => model().fit([x, x], { validationSplit: 1 }),
    "[fit] validationSplit must lie between 0 and 1: got 1",
  ],
]);

expectCovered(callbacks, [...Object.keys(TABLES), "terminateOnNaN"]);
