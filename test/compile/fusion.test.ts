/** Fusion: the groups of ops that become one kernel. A training step must not lose any of them. */
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { State } from "../../src/runtime/state.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

/** The `ops` column of an explained plan. */
const kernels = (text: string): string[] =>
  text
    .split("\n")
    .slice(2)
    .map((line) => line.trim().split(/\s{2,}/)[2]);

describe("fusion groups", () => {
  test("an elementwise chain is one kernel", () => {
    const f = h.jit((x: h.Tensor) => x.mul(2).add(1).tanh().square());
    expect(kernels(f.explain(h.zeros([8])))).toEqual(["mul+add+tanh+mul"]);
  });

  test("bias and activation run in the convolution's epilogue", () => {
    const f = h.jit((x: h.Tensor, k: h.Tensor, b: h.Tensor) => x.conv2d(k).add(b).relu());
    expect(kernels(f.explain(h.zeros([1, 8, 8, 3]), h.zeros([3, 3, 3, 4]), h.zeros([4])))).toEqual([
      "conv+add+max",
    ]);
  });

  test("a residual that feeds the convolution joins its epilogue, not its input", () => {
    const f = h.jit((x: h.Tensor, k: h.Tensor) => {
      const y = x.relu();
      return y.add(y.conv2d(k, { padding: "same" }));
    });
    expect(kernels(f.explain(h.zeros([1, 8, 8, 4]), h.zeros([3, 3, 4, 4])))).toEqual(["max", "conv+add"]);
  });

  test("a reduction takes its prologue and epilogue", () => {
    const f = h.jit((x: h.Tensor) => x.square().sum(1).sqrt());
    expect(kernels(f.explain(h.zeros([4, 8])))).toEqual(["mul+sum+sqrt"]);
  });

  test("views cost no kernel: a permuted, sliced and padded input is read in place", () => {
    const f = h.jit((x: h.Tensor) =>
      x
        .transpose()
        .slice([1])
        .pad([
          [0, 1],
          [2, 0],
        ])
        .add(1),
    );
    expect(kernels(f.explain(h.zeros([4, 8])))).toEqual(["add"]);
  });

  test("a transposed matmul operand is not copied", () => {
    const f = h.jit((a: h.Tensor, b: h.Tensor) => a.transpose().matmul(b.transpose()));
    expect(kernels(f.explain(h.zeros([4, 3]), h.zeros([5, 4])))).toEqual(["matmul"]);
  });

  test("common subexpressions are computed once", () => {
    const f = h.jit((x: h.Tensor) => [x.exp().sum(), x.exp().sum().mul(2)]);
    expect(kernels(f.explain(h.zeros([4])))).toHaveLength(1);
  });

  test("an optimizer's update joins the kernel of its gradient and writes in place", () => {
    const w = State.from(h.zeros([4, 4]).node, "w");
    const m = State.from(h.zeros([4, 4]).node, "m");
    const f = h.jit((x: h.Tensor) => {
      const g = x.transpose().matmul(x);
      const next = new h.Tensor(m.read()).mul(0.9).add(g);
      m.assign(next.node);
      w.assign(new h.Tensor(w.read()).sub(next.mul(0.1)).node);
    });
    const text = f.explain(h.zeros([8, 4]));
    expect(kernels(text)).toEqual(["matmul+mul+add+mul+sub"]);
    expect(text).toContain("0 B of slots");
  });
});

describe("graphs as text", () => {
  test("print lists ops, inputs first", () => {
    const x = h.tensor([1, 2]);
    expect(h.print(x.mul(3).sum())).toMatchInlineSnapshot(`
      "%0 = stored() float32 [2]
      %1 = scalar() {3} float32 []
      %2 = broadcast(%1) float32 [2]
      %3 = mul(%0, %2) float32 [2]
      %4 = reduce(%3) {op: "sum", axes: [0]} float32 []"
    `);
  });
});
