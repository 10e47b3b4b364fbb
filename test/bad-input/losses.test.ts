/** Wrong options, shapes and values of losses and metrics. */
import { ones, tensor } from "../../src/index.ts";
import * as losses from "../../src/train/losses/index.ts";
import { checkLoss } from "../../src/train/losses.ts";
import * as metrics from "../../src/train/metrics/index.ts";
import { metricName } from "../../src/train/metrics.ts";
import { describeMistakes, type Row } from "./rows.ts";
import { describeFactories } from "./schemas.ts";

/** By name. */
const LOSS = { ...losses };
type LossName = keyof typeof LOSS;
const names = Object.keys(LOSS) as LossName[];
const y = tensor([[1], [0]]);
const labels = tensor(Int32Array.from([0, 1]));
const targetsOf = (name: LossName) => (name === "sparseCategoricalCrossentropy" ? labels : ones([2, 2]));

describeFactories(
  losses,
  Object.fromEntries(
    names.map((name) => [name, (options: never) => LOSS[name](targetsOf(name), ones([2, 2]), options)]),
  ),
);
describeFactories(
  metrics,
  {
    measure: (options) => metrics.measure("rmse", [1], [1], options),
    accumulator: (options) => metrics.accumulator("rmse", options),
  },
  {
    categoricalAccuracy: "takes no options",
    sparseCategoricalAccuracy: "takes no options",
    rmse: "takes no options",
    r2: "takes no options",
  },
);

describeMistakes(
  "targets of another shape",
  names.map((name): Row => {
    const isSparse = name === "sparseCategoricalCrossentropy";
    const expected = isSparse ? "labels [2]" : "targets [2, 2]";
    return [
      name,
      () => LOSS[name](tensor([1, 0, 1]), ones([2, 2])),
      `[${name}] expects ${expected} for predictions [2, 2]: got [3]`,
    ];
  }),
);

const SHARES: readonly LossName[] = ["binaryCrossentropy", "categoricalCrossentropy", "klDivergence"];
describeMistakes("values of targets", [
  ...SHARES.map((name): Row => {
    const wrong = tensor([
      [0, 1],
      [2, 0],
    ]);
    return [
      name,
      () => LOSS[name](wrong, ones([2, 2])),
      `[${name}] targets must lie in [0, 1]: got 2 at sample 1`,
    ];
  }),
  ...names
    .filter((name) => !SHARES.includes(name) && name !== "sparseCategoricalCrossentropy")
    .map((name): Row => {
      const wrong = tensor([
        [0, 1],
        [Number.NaN, 0],
      ]);
      return [
        name,
        () => LOSS[name](wrong, ones([2, 2])),
        `[${name}] targets must be numbers: got NaN at sample 1`,
      ];
    }),
  [
    "sparseCategoricalCrossentropy",
    () => losses.sparseCategoricalCrossentropy(tensor([0, 2]), ones([2, 2])),
    "[sparseCategoricalCrossentropy] labels must be integers in [0, 2): got 2 at sample 1",
  ],
  [
    "weights of other samples",
    () => losses.huber(y, ones([2, 1]), { sampleWeight: ones([3]) }),
    "[loss] expects sample weights [2]: got [3]",
  ],
]);

const KNOWN =
  "meanSquaredError, meanAbsoluteError, binaryCrossentropy, categoricalCrossentropy, sparseCategoricalCrossentropy, " +
  "huber, logCosh, hinge, klDivergence, cosineSimilarity";
describeMistakes("losses of models", [
  ["unknown", () => checkLoss("mse" as never), `[loss] must be one of ${KNOWN}, or a function: got "mse"`],
  ["null", () => checkLoss(null as never), `[loss] must be one of ${KNOWN}, or a function: got null`],
  ["option", () => checkLoss({ name: "huber", delta: 0 }), "[huber] delta must be a positive number: got 0"],
  [
    "misspelt option",
    () => checkLoss({ name: "huber", dleta: 1 } as never),
    "[huber] takes the options fromLogits, labelSmoothing, delta: got dleta",
  ],
]);

const KNOWN_METRICS =
  "accuracy, mae, mse, binaryAccuracy, categoricalAccuracy, sparseCategoricalAccuracy, topKAccuracy, precision, recall, " +
  "f1, auc, rmse, r2, { name, values } or { name, sums, result }";
const shapes = (name: string, metric: { values?: unknown; sums?: unknown }, expected: string): Row => {
  const measure = (metric.values ?? metric.sums) as (t: unknown, p: unknown) => unknown;
  return [
    name,
    () => measure(ones([3]), ones([2, 2])),
    `[${name}] expects ${expected} for predictions [2, 2]: got [3]`,
  ];
};
describeMistakes("metrics", [
  ["unknown", () => metricName("acc" as never), `[metrics] must be ${KNOWN_METRICS}: got "acc"`],
  ["a function", () => metricName((() => 0) as never), `[metrics] must be ${KNOWN_METRICS}: got a Function`],
  shapes("binaryAccuracy", metrics.binaryAccuracy(), "targets [2, 2]"),
  shapes("categoricalAccuracy", metrics.categoricalAccuracy(), "targets [2, 2]"),
  shapes("sparseCategoricalAccuracy", metrics.sparseCategoricalAccuracy(), "labels [2]"),
  shapes("topKAccuracy", metrics.topKAccuracy(), "labels [2]"),
  shapes("rmse", metrics.rmse(), "targets [2, 2]"),
  shapes("r2", metrics.r2(), "targets [2, 2]"),
  shapes("precision", metrics.precision(), "labels [2]"),
  shapes("confusionMatrix", metrics.confusionMatrix(), "labels [2]"),
  [
    "measure",
    () => metrics.measure("rmse", [1, 2, 3], [1, 2]),
    "[rmse] expects targets [2] for predictions [2]: got [3]",
  ],
  [
    "accumulator",
    async () => (await metrics.accumulator("f1")).result(),
    "[f1] has no result before the first batch",
  ],
]);
