/** What the compiler rewrites: the plan is that of the simpler program, and so are the values, NaN and infinity too. */
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

type Program = (x: h.Tensor, y: h.Tensor) => h.Tensor;

const x = () => h.tensor([1, -2, 0.5, Infinity, -Infinity, NaN], { shape: [2, 3] });
const y = () => h.tensor([3, 0, -1, 2, NaN, Infinity], { shape: [3, 2] });

async function run(program: Program): Promise<{ plan: string; values: number[] }> {
  const compiled = h.jit(program);
  const [a, b] = [x(), y()];
  const plan = compiled.explain(a, b);
  const values = Array.from(await (await compiled(a, b)).data());
  compiled.dispose();
  return { plan, values };
}

/** Each with `tanh` behind it, so that a rewrite to the input itself is a kernel and no copy. */
const same: [name: string, written: Program, simpler: Program][] = [
  ["x + 0", (x) => x.add(0), (x) => x],
  ["0 + x", (x) => h.zeros([2, 3]).add(x), (x) => x],
  ["x − 0", (x) => x.sub(0), (x) => x],
  ["0 − x", (x) => h.zeros([2, 3]).sub(x), (x) => x.neg()],
  ["x · 1", (x) => x.mul(1), (x) => x],
  ["1 · x", (x) => h.ones([2, 3]).mul(x), (x) => x],
  ["x · −1", (x) => x.mul(-1), (x) => x.neg()],
  ["x / 1", (x) => x.div(1), (x) => x],
  ["x to the power of 1", (x) => x.pow(1), (x) => x],
  ["−(−x)", (x) => x.neg().neg(), (x) => x],
  ["a cast to the same dtype", (x) => x.cast("float32"), (x) => x],
  ["reshaped twice", (x) => x.reshape([6]).reshape([3, 2]), (x) => x.reshape([3, 2])],
  ["reshaped to its own shape", (x) => x.reshape([2, 3]), (x) => x],
  ["transposed twice", (x) => x.transpose().transpose(), (x) => x],
  [
    "broadcast twice",
    (x) => x.slice([0, 0], [1, 3]).broadcastTo([2, 3]).broadcastTo([4, 2, 3]),
    (x) => x.slice([0, 0], [1, 3]).broadcastTo([4, 2, 3]),
  ],
  ["a sum over an axis of length 1", (x) => x.reshape([2, 1, 3]).sum(1), (x) => x],
  ["a maximum over an axis of length 1", (x) => x.reshape([2, 3, 1]).max(2), (x) => x],
];

describe("rewrites", () => {
  test.each(same)("%s", async (_, written, simpler) => {
    const [a, b] = [await run((x, y) => written(x, y).tanh()), await run((x, y) => simpler(x, y).tanh())];
    expect(a.plan).toBe(b.plan);
    expect(a.values).toEqual(b.values);
  });

  test("a product of transposed operands reads them as they lie", async () => {
    const { plan, values } = await run((x, y) => x.transpose().matmul(y.transpose()));
    expect(plan).toContain(": 1 kernels");
    expect(values).toEqual((await run((x, y) => y.matmul(x).transpose())).values);
  });
});

describe("what is computed as written", () => {
  test("x · 0 and x − x: NaN and infinity come through", async () => {
    expect((await run((x) => x.mul(0))).values).toEqual([0, -0, 0, NaN, NaN, NaN]);
    expect((await run((x) => x.sub(x))).values).toEqual([0, 0, 0, NaN, NaN, NaN]);
  });

  test("a number that is fed: its next value may be another", async () => {
    const scaled = h.jit((x: h.Tensor, factor: number | h.Tensor) => x.mul(factor));
    const ones = h.ones([2]);
    for (const factor of [1, 3, 0, -1]) {
      const result = await scaled(ones, factor as never);
      expect(Array.from(await result.data())).toEqual([factor, factor]);
    }
  });

  test("equal literals beside each other", async () => {
    const [two, sum] = [await run((x) => x.mul(2).mul(2)), await run((x) => x.mul(4))];
    expect(two.values).toEqual(sum.values);
  });
});
