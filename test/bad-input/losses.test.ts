/** Wrong options, shapes and values of losses and metrics. */
import { ones, tensor } from "../../src/index.ts";
import * as losses from "../../src/train/losses/index.ts";
import { checkLoss } from "../../src/train/losses.ts";
import * as metrics from "../../src/train/metrics/index.ts";
import { metricName } from "../../src/train/metrics.ts";
import { describeMistakes, describeOptions, expectCovered, type Row, type Table } from "./rows.ts";
import { COUNT, FLAG, FRACTION, NUMBER, POSITIVE } from "./rules.ts";

/** By name. */
const LOSS = { ...losses };
const y = tensor([[1], [0]]);
const common = {
  sampleWeight: [[[1, 2], "must be a tensor", "[1, 2]"]],
  reduction: [["avg", 'must be "mean", "sum" or "none"']],
} as const;
const crossentropy = { ...common, fromLogits: FLAG, labelSmoothing: FRACTION };
const labels = tensor(Int32Array.from([0, 1]));
const loss = (name: keyof typeof LOSSES): Table["make"] => {
  const targets = name === "sparseCategoricalCrossentropy" ? labels : ones([2, 2]);
  return (options) => LOSS[name](targets, ones([2, 2]), options);
};
const LOSSES = {
  meanSquaredError: common,
  meanAbsoluteError: common,
  binaryCrossentropy: crossentropy,
  categoricalCrossentropy: crossentropy,
  sparseCategoricalCrossentropy: crossentropy,
  huber: { ...common, delta: POSITIVE },
  logCosh: common,
  hinge: common,
  klDivergence: { ...common, fromLogits: FLAG },
  cosineSimilarity: common,
} as const;
const names = Object.keys(LOSSES) as (keyof typeof LOSSES)[];
for (const where of names) describeOptions({ where, make: loss(where), wrong: LOSSES[where] });

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

const SHARES: readonly (typeof names)[number][] = [
  "binaryCrossentropy",
  "categoricalCrossentropy",
  "klDivergence",
];
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

const average = [["weighted", 'must be "macro" or "micro"']] as const;
const bins = [
  [1, "must be an integer above 1"],
  ["200", "must be an integer above 1"],
] as const;
const METRICS: Record<string, Pick<Table, "make" | "wrong">> = {
  binaryAccuracy: { make: metrics.binaryAccuracy, wrong: { threshold: NUMBER } },
  topKAccuracy: { make: metrics.topKAccuracy, wrong: { k: COUNT } },
  confusionMatrix: { make: metrics.confusionMatrix, wrong: { threshold: NUMBER } },
  roc: { make: metrics.roc, wrong: { bins } },
  precision: { make: metrics.precision, wrong: { threshold: NUMBER, average } },
  recall: { make: metrics.recall, wrong: { threshold: NUMBER, average } },
  f1: { make: metrics.f1, wrong: { threshold: NUMBER, average } },
};
for (const [where, table] of Object.entries(METRICS)) describeOptions({ where, ...table });

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
  ["auc", () => metrics.auc({ bins: 1 }), "[auc] bins must be an integer above 1: got 1"],
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

expectCovered(losses, names);
expectCovered(metrics, [
  ...Object.keys(METRICS),
  "auc",
  "categoricalAccuracy",
  "sparseCategoricalAccuracy",
  "rmse",
  "r2",
  "measure",
  "accumulator",
]);
