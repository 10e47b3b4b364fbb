/** Wrong options of callbacks, of models and of training. */
import * as h from "../../src/index.ts";
import { memory } from "../../src/io/index.ts";
import * as nn from "../../src/nn/index.ts";
import { sgd } from "../../src/optim/index.ts";
import * as callbacks from "../../src/train/callbacks.ts";
import { describeMistakes } from "./rows.ts";
import { describeFactories, describeFactory } from "./schemas.ts";

describeFactories(callbacks, {
  checkpoint: (options) => callbacks.checkpoint(() => memory(), options),
  csvLogger: (options) => callbacks.csvLogger(() => {}, options),
  jsonLogger: (options) => callbacks.jsonLogger(() => {}, options),
});

const net = () => nn.sequential([nn.dense({ units: 1 })], { inputShape: [1] });
const model = () => h.createModel(net(), { optimizer: sgd(), loss: "meanSquaredError" });
const x = [[1], [2]];

describeFactory("createModel", (options) => h.createModel(net(), options));
describeFactory("fit", (options) => model().fit([x, x], options));
describeFactory("evaluate", (options) => model().evaluate([x, x], options));
describeFactory("predict", (options) => model().predict(x, options));

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
  [
    "a number instead of options, which types refuse too",
    // @ts-expect-error: all options may be left out, but a number has none of them.
    () => model().predict(x, 3),
    "[predict] takes the options batchSize: got 3",
  ],
  ["fit without samples", () => model().fit([[], []]), "[fit] the dataset is empty"],
  [
    "validationSplit",
    () => model().fit([x, x], { validationSplit: 1 }),
    "[fit] validationSplit must lie between 0 and 1: got 1",
  ],
]);
