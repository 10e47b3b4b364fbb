/** Metrics: hand-worked values, batches against the whole, inside models, bad input. */
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { type Tensor, tensor } from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import * as m from "../../src/train/metrics/index.ts";
import { measure } from "../../src/train/metrics/index.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

// Three classes: chosen 0 2 1 1 2 0.
const scores = [
  [0.8, 0.1, 0.1],
  [0.2, 0.3, 0.5],
  [0.1, 0.7, 0.2],
  [0.3, 0.4, 0.3],
  [0.2, 0.2, 0.6],
  [0.5, 0.3, 0.2],
];
const labels = [0, 1, 1, 2, 2, 0];
const oneHot = labels.map((label) => [0, 1, 2].map((c) => Number(c === label)));

describe("classes", () => {
  test("accuracies by the form of the targets", async () => {
    expect(await measure("accuracy", labels, scores)).toBeCloseTo(4 / 6, 6);
    expect(await measure("sparseCategoricalAccuracy", labels, scores)).toBeCloseTo(4 / 6, 6);
    expect(await measure("categoricalAccuracy", oneHot, scores)).toBeCloseTo(4 / 6, 6);
    expect(await measure("binaryAccuracy", [1, 0, 1], [0.9, 0.6, 0.7])).toBeCloseTo(2 / 3, 6);
    expect(await measure(m.binaryAccuracy({ threshold: 0.65 }), [1, 0, 1], [0.9, 0.6, 0.7])).toBe(1);
  });

  test("the true class among the best k", async () => {
    // Class 1 of sample 1 is second, class 2 of sample 3 shares the second place.
    expect(await measure(m.topKAccuracy({ k: 2 }), labels, scores)).toBe(1);
    expect(await measure(m.topKAccuracy({ k: 1 }), oneHot, scores)).toBeCloseTo(4 / 6, 6);
    expect(await measure("topKAccuracy", labels, scores)).toBe(1);
  });

  test("the confusion matrix", async () => {
    expect(await measure(m.confusionMatrix(), labels, scores)).toEqual([
      [2, 0, 0],
      [0, 1, 1],
      [0, 1, 1],
    ]);
    expect(await measure(m.confusionMatrix(), [1, 0, 1], [0.9, 0.6, 0.2])).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });

  test("precision, recall and F1 of yes and no", async () => {
    const [t, p] = [
      [1, 1, 1, 0, 0],
      [0.9, 0.8, 0.3, 0.6, 0.1],
    ];
    for (const [targets, predictions] of [
      [t, p],
      [t.map((v) => [v]), p.map((v) => [v])],
      [t, p.map((v) => [1 - v, v])],
    ] as const) {
      expect(await measure("precision", targets, predictions)).toBeCloseTo(2 / 3, 6);
      expect(await measure("recall", targets, predictions)).toBeCloseTo(2 / 3, 6);
      expect(await measure("f1", targets, predictions)).toBeCloseTo(2 / 3, 6);
    }
    expect(await measure(m.precision({ threshold: 0.7 }), t, p)).toBe(1);
    expect(await measure("precision", [1, 1], [0, 0])).toBe(0);
    expect(await measure("recall", [0, 0], [0, 0])).toBe(0);
  });

  test("several classes: the mean over them, or their counts together", async () => {
    // Precisions 2/2, 1/2, 1/2; so are the recalls.
    expect(await measure("precision", labels, scores)).toBeCloseTo(2 / 3, 6);
    expect(await measure(m.recall({ average: "micro" }), oneHot, scores)).toBeCloseTo(4 / 6, 6);
    expect(await measure("f1", labels, scores)).toBeCloseTo(2 / 3, 6);
  });

  test("logits are cut at 0 where the loss takes logits", async () => {
    const logits = [-2, 0.3, 0.1, -0.1];
    const loss = "binaryCrossentropy";
    expect(await measure("recall", [0, 1, 1, 0], logits, { loss })).toBe(1);
    expect(await measure("recall", [0, 1, 1, 0], tensor(logits).sigmoid(), { loss })).toBe(1);
    expect(await measure("recall", [0, 1, 1, 0], logits)).toBe(0);
    // One yes or no per label.
    expect(await measure("recall", [[1, 0, 1]], [[1, 1, -1]], { loss })).toBe(0.5);
  });
});

describe("auc", () => {
  test("is the chance that a yes scores above a no", async () => {
    // Pairs (0.9, 0.8, 0.4) × (0.6, 0.4): 4 above, a tie, one below.
    const [t, p] = [
      [1, 1, 1, 0, 0],
      [0.9, 0.8, 0.4, 0.6, 0.4],
    ];
    expect(await measure("auc", t, p)).toBeCloseTo(4.5 / 6, 6);
    expect(await measure("auc", [1, 0], [1, 0])).toBe(1);
    expect(await measure("auc", [1, 1], [1, 0])).toBeNaN();
    const logits = p.map((v) => Math.log(v / (1 - v)) * 2);
    expect(await measure("auc", t, logits, { loss: "binaryCrossentropy" })).toBeCloseTo(4.5 / 6, 6);
    expect(await measure("auc", oneHot, scores)).toBe(await measure("auc", labels, scores));
  });

  test("the curve runs from corner to corner", async () => {
    const curve = await measure(m.roc({ bins: 4 }), [0, 1, 0, 1], [0.1, 0.4, 0.35, 0.8]);
    expect(curve.thresholds).toEqual([Number.POSITIVE_INFINITY, 0.75, 0.5, 0.25, 0]);
    expect(curve.truePositiveRate).toEqual([0, 0.5, 0.5, 1, 1]);
    expect(curve.falsePositiveRate).toEqual([0, 0, 0, 0.5, 1]);
    expect(curve.auc).toBe(0.875);
  });
});

describe("regression", () => {
  const [t, p] = [
    [1, 2, 3, 4],
    [1, 2, 3, 6],
  ];

  test("values", async () => {
    expect(await measure("mae", t, p)).toBe(0.5);
    expect(await measure("mse", t, p)).toBe(1);
    expect(await measure("rmse", t, p)).toBe(1);
    expect(await measure("r2", t, p)).toBeCloseTo(1 - 4 / 5, 6);
  });

  test("R² of large numbers, in batches", async () => {
    const all = await m.accumulator("r2");
    const far = t.map((v) => 20_000 + v);
    await all.add(
      far.slice(0, 1),
      p.slice(0, 1).map((v) => 20_000 + v),
    );
    await all.add(
      far.slice(1),
      p.slice(1).map((v) => 20_000 + v),
    );
    expect(all.result()).toBeCloseTo(1 - 4 / 5, 3);
  });
});

test("batches count as the whole does", async () => {
  for (const name of ["accuracy", "precision", "f1", "auc", "topKAccuracy"] as const) {
    const all = await m.accumulator(name);
    await all.add(labels.slice(0, 1), scores.slice(0, 1));
    await all.add(labels.slice(1), scores.slice(1));
    expect(all.result(), name).toBeCloseTo(await measure(name, labels, scores), 6);
    all.reset();
    expect(() => all.result()).toThrow(`[${name}] has no result before the first batch`);
  }
});

describe("in a model", () => {
  const x = Array.from({ length: 20 }, (_, i) => [Math.sin(3 * i), Math.cos(i)]);
  const y = x.map(([a, b]) => Number(a + 0.3 * b > 0));
  const create = () =>
    h.createModel(nn.sequential([nn.dense({ units: 1 })], { inputShape: [2], seed: 3 }), {
      optimizer: optim.sgd(),
      loss: "binaryCrossentropy",
      metrics: [
        "accuracy",
        "auc",
        "precision",
        "recall",
        "f1",
        m.binaryAccuracy(),
        {
          name: "yes",
          sums: (_: Tensor, p: Tensor) => p.greater(0).sum(),
          result: ([n]: readonly number[]) => n,
        },
      ],
    });

  test("agree with the same metrics of its predictions, whatever the batches", async () => {
    const model = create();
    const history = await model.fit([x, y], { batchSize: 8, validationSplit: 0.5 });
    expect(history.valAuc).toHaveLength(1);
    const found = await model.evaluate([x, y], { batchSize: 8 });
    const predictions = await model.predict(x);
    for (const name of ["accuracy", "auc", "precision", "recall", "f1"] as const) {
      const expected = await measure(name, y, predictions, { loss: "binaryCrossentropy" });
      expect(found[name], name).toBeCloseTo(expected, 6);
    }
    expect(found.binaryAccuracy).toBe(found.accuracy);
    expect(found.yes).toBe((await predictions.data()).filter((v) => v > 0).length);
  });
});

describe("bad input", () => {
  test.each<[() => unknown, string]>([
    [() => m.topKAccuracy({ k: 0 }), "[topKAccuracy] k must be a positive integer: got 0"],
    [() => m.auc({ bins: 1 }), "[auc] bins must be an integer above 1: got 1"],
    [() => m.f1({ average: "weighted" as never }), '[f1] average must be "macro" or "micro": got "weighted"'],
  ])("%#", (make, message) => {
    expect(make).toThrow(message);
  });

  test("shapes that do not fit", async () => {
    await expect(measure("auc", [1, 0, 1], [[0.5], [0.5]])).rejects.toThrow(
      "[auc] expects targets [2, 1] for predictions [2, 1]: got [3]",
    );
    await expect(measure("r2", [1, 0, 1], [1, 0])).rejects.toThrow(
      "[r2] expects targets [2] for predictions [2]: got [3]",
    );
  });
});
