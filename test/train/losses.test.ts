/** Losses and metrics: values, the stable form of softmax and sigmoid, checks of labels and shapes. */
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { type Tensor, tensor } from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import * as losses from "../../src/train/losses/index.ts";
import { metricName, metricOf } from "../../src/train/metrics.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

const logits = tensor([
  [1, 2, 3],
  [1, 1, 1],
]);
const labels = tensor(new Int32Array([2, 0]));
/** −ln softmax of the chosen entries, averaged. */
const EXPECTED = (0.407605964 + 1.098612289) / 2;

describe("values", () => {
  test("regression", async () => {
    const [t, p] = [tensor([[1], [2]]), tensor([[2], [5]])];
    expect(await h.meanSquaredError(t, p).item()).toBe(5);
    expect(await h.meanAbsoluteError(t, p).item()).toBe(2);
    expect(await h.meanSquaredError(t.reshape([2]), p).item()).toBe(5);
  });

  test("cross entropies agree on logits, probabilities and forms of labels", async () => {
    const oneHot = tensor([
      [0, 0, 1],
      [1, 0, 0],
    ]);
    const found = [
      h.sparseCategoricalCrossentropy(labels, logits),
      h.sparseCategoricalCrossentropy(tensor([[2], [0]]), logits),
      h.sparseCategoricalCrossentropy(labels, logits.softmax()),
      h.sparseCategoricalCrossentropy(labels, tensor(await logits.softmax().data(), { shape: [2, 3] }), {
        fromLogits: false,
      }),
      h.categoricalCrossentropy(oneHot, logits),
      h.categoricalCrossentropy(oneHot, logits.softmax()),
    ];
    for (const loss of found) expect(await loss.item()).toBeCloseTo(EXPECTED, 5);
  });

  test("binary cross entropy", async () => {
    const [t, x] = [tensor([[1], [0]]), tensor([[2], [-1]])];
    const expected = (Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(-1))) / 2;
    expect(await h.binaryCrossentropy(t, x).item()).toBeCloseTo(expected, 6);
    expect(await h.binaryCrossentropy(t, x.sigmoid()).item()).toBeCloseTo(expected, 6);
    const p = tensor(await x.sigmoid().data(), { shape: [2, 1] });
    expect(await h.binaryCrossentropy(t, p, { fromLogits: false }).item()).toBeCloseTo(expected, 5);
  });
});

/** The mean of a formula over pairs of targets and predictions. */
const meanOf = (t: number[], p: number[], f: (t: number, p: number) => number): number =>
  t.reduce((sum, v, i) => sum + f(v, p[i]), 0) / t.length;

describe("more losses", () => {
  const [t, p] = [
    [0.5, -1, 3, 0],
    [0.25, 1, -2, 0],
  ];

  test("Huber is a parabola near 0 and a line beyond", async () => {
    const formula = (delta: number) => (a: number, b: number) => {
      const e = Math.abs(a - b);
      return e <= delta ? e ** 2 / 2 : delta * (e - delta / 2);
    };
    expect(await losses.huber(tensor(t), tensor(p)).item()).toBeCloseTo(meanOf(t, p, formula(1)), 5);
    expect(await losses.huber(tensor(t), tensor(p), { delta: 3 }).item()).toBeCloseTo(
      meanOf(t, p, formula(3)),
      5,
    );
    const slope = h.grad((x: Tensor) => losses.huber(tensor([0, 0, 0]), x, { reduction: "sum" }));
    expect(await slope(tensor([0.5, 4, -4])).array()).toEqual([0.5, 1, -1]);
  });

  test("log-cosh, also where cosh overflows", async () => {
    const expected = meanOf(t, p, (a, b) => Math.log(Math.cosh(b - a)));
    expect(await losses.logCosh(tensor(t), tensor(p)).item()).toBeCloseTo(expected, 5);
    expect(await losses.logCosh(tensor([0, 0]), tensor([200, -200])).item()).toBeCloseTo(200 - Math.LN2, 3);
  });

  test("hinge takes −1 and 1, or 0 and 1", async () => {
    const scores = tensor([0.5, 2, 0.5]);
    expect(await losses.hinge(tensor([1, 1, -1]), scores).item()).toBeCloseTo(2 / 3, 6);
    expect(await losses.hinge(tensor([1, 1, 0]), scores).item()).toBeCloseTo(2 / 3, 6);
  });

  test("KL divergence of probabilities and logits", async () => {
    const targets = tensor([
      [0.5, 0.5, 0],
      [0.2, 0.3, 0.5],
    ]);
    const q = await logits.softmax().data();
    const expected =
      [0.5, 0.5, 0, 0.2, 0.3, 0.5].reduce((sum, v, i) => sum + (v > 0 ? v * Math.log(v / q[i]) : 0), 0) / 2;
    expect(await losses.klDivergence(targets, logits).item()).toBeCloseTo(expected, 5);
    expect(await losses.klDivergence(targets, logits.softmax()).item()).toBeCloseTo(expected, 5);
    expect(await losses.klDivergence(logits.softmax(), logits).item()).toBeCloseTo(0, 5);
  });

  test("cosine similarity is −1 for one direction", async () => {
    const a = tensor([
      [3, 4],
      [1, 0],
      [0, 0],
    ]);
    const b = tensor([
      [6, 8],
      [0, 2],
      [1, 1],
    ]);
    const each = await losses.cosineSimilarity(a, b, { reduction: "none" }).data();
    for (const [i, expected] of [-1, 0, 0].entries()) expect(each[i]).toBeCloseTo(expected, 5);
  });

  test("label smoothing spreads a share of the target", async () => {
    const options = { labelSmoothing: 0.3 };
    const smooth = tensor([
      [0.1, 0.1, 0.8],
      [0.8, 0.1, 0.1],
    ]);
    const expected = await h.categoricalCrossentropy(smooth, logits).item();
    expect(await h.sparseCategoricalCrossentropy(labels, logits, options).item()).toBeCloseTo(expected, 5);
    const oneHot = labels.oneHot(3);
    expect(await h.categoricalCrossentropy(oneHot, logits, options).item()).toBeCloseTo(expected, 5);
    const [two, x] = [tensor([1, 0]), tensor([2, -1])];
    expect(await h.binaryCrossentropy(two, x, options).item()).toBeCloseTo(
      await h.binaryCrossentropy(tensor([0.85, 0.15]), x).item(),
      6,
    );
  });

  test("train by name, with options", async () => {
    const data: [number[][], number[][]] = [
      [[0.1], [0.5], [0.9]],
      [[0], [1], [1]],
    ];
    const names = ["huber", "logCosh", "hinge", "klDivergence", "cosineSimilarity"] as const;
    for (const loss of [...names, { name: "binaryCrossentropy", labelSmoothing: 0.1 }] as const) {
      const net = nn.sequential([nn.dense({ units: 1 })], { inputShape: [1], seed: 1 });
      const model = h.createModel(net, { optimizer: optim.sgd(), loss });
      const { stepLoss } = await model.fit(data, { epochs: 2 });
      expect(stepLoss.every(Number.isFinite), JSON.stringify(loss)).toBe(true);
    }
  });
});

describe("a final softmax or sigmoid", () => {
  const extreme = tensor([
    [0, 1000],
    [0, 1000],
  ]);

  test("is left out, so that the loss and its gradient stay finite", async () => {
    const loss = (x: Tensor) => h.sparseCategoricalCrossentropy(tensor(new Int32Array([0, 1])), x.softmax());
    expect(await loss(extreme).item()).toBe(500);
    expect([...(await h.grad(loss)(extreme).data())]).toEqual([-0.5, 0.5, 0, 0]);
    const two = (x: Tensor) => h.binaryCrossentropy(tensor([[0], [0]]), x.sigmoid());
    expect(await two(tensor([[1000], [0]])).item()).toBeCloseTo(500 + Math.LN2 / 2, 3);
  });

  test("is recognised also in probabilities that were computed before", async () => {
    const p = logits.softmax();
    await p.data();
    expect(await h.sparseCategoricalCrossentropy(labels, p).item()).toBeCloseTo(EXPECTED, 5);
  });

  test("is taken as it is when fromLogits says so", async () => {
    const p = logits.softmax();
    const plain = h.sparseCategoricalCrossentropy(labels, tensor(await p.data(), { shape: [2, 3] }));
    expect(await h.sparseCategoricalCrossentropy(labels, p, { fromLogits: true }).item()).toBeCloseTo(
      await plain.item(),
      6,
    );
  });
});

describe("bad input", () => {
  test("labels out of range, NaN, of a wrong shape", () => {
    expect(() => h.sparseCategoricalCrossentropy(tensor(new Int32Array([2, 3])), logits)).toThrow(
      "[sparseCategoricalCrossentropy] labels must be integers in [0, 3): got 3 at sample 1",
    );
    expect(() => h.sparseCategoricalCrossentropy(tensor([0, 3]), tensor([[0.5], [0.5]]))).toThrow(
      "[sparseCategoricalCrossentropy] labels must be integers in [0, 1) for a single output unit; " +
        "each class needs one of its own: got 3 at sample 1",
    );
    expect(() => h.sparseCategoricalCrossentropy(tensor([Number.NaN, 0]), logits)).toThrow(
      "[sparseCategoricalCrossentropy] labels must be integers in [0, 3): got NaN at sample 0",
    );
    expect(() => h.sparseCategoricalCrossentropy(tensor([0, 0, 0]), logits)).toThrow(
      "[sparseCategoricalCrossentropy] expects labels [2] for predictions [2, 3]: got [3]",
    );
    expect(() => h.binaryCrossentropy(tensor([[1], [2]]), tensor([[0], [0]]))).toThrow(
      "[binaryCrossentropy] targets must lie in [0, 1]: got 2 at sample 1",
    );
    expect(() => losses.huber(tensor([1]), tensor([1]), { delta: 0 })).toThrow(
      "[huber] delta must be a positive number: got 0",
    );
    expect(() => h.sparseCategoricalCrossentropy(labels, logits, { labelSmoothing: 1 })).toThrow(
      "[sparseCategoricalCrossentropy] labelSmoothing must lie in [0, 1): got 1",
    );
    expect(() => losses.klDivergence(tensor([[2, 0]]), tensor([[0, 0]]))).toThrow(
      "[klDivergence] targets must lie in [0, 1]: got 2 at sample 0",
    );
    for (const [name, loss] of Object.entries({
      hinge: losses.hinge,
      logCosh: losses.logCosh,
      cosineSimilarity: losses.cosineSimilarity,
    })) {
      expect(() => loss(tensor([1, 2, 3]), tensor([[1], [2]]))).toThrow(
        `[${name}] expects targets [2, 1] for predictions [2, 1]: got [3]`,
      );
    }
    expect(() => h.meanSquaredError(tensor([1, Number.NaN]), tensor([1, 2]))).toThrow(
      "[meanSquaredError] targets must be numbers: got NaN at sample 1",
    );
    expect(() => h.meanSquaredError(tensor([1, 2, 3]), tensor([[1], [2]]))).toThrow(
      "[meanSquaredError] expects targets [2, 1] for predictions [2, 1]: got [3]",
    );
  });
});

describe("accuracy", () => {
  const correct = async (t: Tensor, p: Tensor, loss?: "binaryCrossentropy"): Promise<number[]> => [
    ...(await ((await metricOf("accuracy")) as h.MeanMetric).values(t, p, loss).data()),
  ];

  test("fits the shapes and the loss", async () => {
    expect(await correct(labels, logits)).toEqual([1, 1]);
    expect(
      await correct(
        tensor([
          [0, 0, 1],
          [0, 1, 0],
        ]),
        logits,
      ),
    ).toEqual([1, 0]);
    const x = tensor([[0.3], [0.7], [-1]]);
    const t = tensor([1, 1, 0]);
    expect(await correct(t, x)).toEqual([0, 1, 1]);
    expect(await correct(t, x, "binaryCrossentropy")).toEqual([1, 1, 1]);
    expect(await correct(t, x.sigmoid(), "binaryCrossentropy")).toEqual([1, 1, 1]);
  });

  test("an unknown metric", () => {
    expect(() => metricName("acc" as never)).toThrow(
      '[metrics] must be accuracy, mae, mse, binaryAccuracy, categoricalAccuracy, sparseCategoricalAccuracy, topKAccuracy, precision, recall, f1, auc, rmse, r2, { name, values } or { name, sums, result }: got "acc"',
    );
  });
});
