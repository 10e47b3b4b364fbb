/** Losses and metrics: values, the stable form of softmax and sigmoid, checks of labels and shapes. */
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { type Tensor, tensor } from "../../src/index.ts";
import { metricOf } from "../../src/train/metrics.ts";

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

  test("is seen in what the graph has already computed, as probabilities", async () => {
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
    expect(() => h.sparseCategoricalCrossentropy(tensor([Number.NaN, 0]), logits)).toThrow(
      "[sparseCategoricalCrossentropy] labels must be integers in [0, 3): got NaN at sample 0",
    );
    expect(() => h.sparseCategoricalCrossentropy(tensor([0, 0, 0]), logits)).toThrow(
      "[sparseCategoricalCrossentropy] expects labels [2] for predictions [2, 3]: got [3]",
    );
    expect(() => h.binaryCrossentropy(tensor([[1], [2]]), tensor([[0], [0]]))).toThrow(
      "[binaryCrossentropy] targets must lie in [0, 1]: got 2 at sample 1",
    );
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
    ...(await metricOf("accuracy").values(t, p, loss).data()),
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
    expect(() => metricOf("acc" as never)).toThrow(
      '[metrics] must be accuracy, mae, mse, or { name, values }: got "acc"',
    );
  });
});
