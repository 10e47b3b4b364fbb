/** Graphs that are hard to compile: high ranks, empty tensors, many operands, long chains, several consumers, mixed dtypes. */
import { bool, type Case, define, float, given, int, type Tensor } from "../../support/case.ts";

const MANY = 15;
const several = (count: number) => Array.from({ length: count }, () => float([2, 3]));
const sumOf = (list: readonly Tensor[]): Tensor => list.reduce((a, b) => a.add(b));

export const LIMITS: readonly Case[] = [
  define(
    "rank/transpose-of-6",
    [float([2, 1, 3, 2, 1, 2])],
    (_, x) => x.transpose([5, 2, 0, 4, 3, 1]).exp(),
    {
      torch: "a.permute(5, 2, 0, 4, 3, 1).exp()",
    },
  ),
  define("rank/broadcast-of-6", [float([2, 1, 3, 1, 2, 1]), float([2, 1, 3, 1, 2])], (_, a, b) => a.mul(b), {
    torch: "a * b",
  }),
  define("rank/sum-of-6", [float([2, 3, 2, 1, 2, 2])], (_, x) => x.sum([1, 4]), { torch: "a.sum((1, 4))" }),
  define("rank/slice-pad-flip-of-5", [float([2, 3, 2, 4, 2])], (_, x) =>
    x
      .slice([0, 1, 0, 0], [2, 3, 2, 4], [1, 1, 1, 3])
      .pad(
        [
          [1, 0],
          [0, 0],
          [0, 1],
          [0, 0],
          [1, 1],
        ] as const,
        0.5,
      )
      .flip([1, 4]),
  ),
  define("rank/scalar-with-matrix", [float([]), float([2, 3])], (_, a, b) => a.sub(b), { torch: "a - b" }),
  define("rank/sum-of-scalar", [float([])], (_, x) => x.sum().mul(x.max()), { order: 1, torch: "a * a" }),

  define("empty/softmax", [float([0, 5])], (_, x) => x.softmax(), { torch: "a.softmax(-1)" }),
  define("empty/matmul-batch", [float([0, 2, 3]), float([0, 3, 2])], (_, a, b) => a.matmul(b), {
    torch: "a @ b",
  }),
  define("empty/argMax", [float([0, 3])], (_, x) => x.argMax(1), { torch: "a.argmax(1)" }),
  define("empty/sort", [float([0, 4])], (_, x) => x.sort(1), { torch: "a.sort(1)[0]" }),
  define("empty/sort-axis", [float([2, 0])], (_, x) => x.sort(1), { torch: "a.sort(1)[0]" }),
  define("empty/take", [float([4, 0]), given([1, 2], [2], "int32")], (_, x, i) => x.take(i, 0), {
    torch: "a[b.long()]",
  }),
  define("empty/concat", [float([0, 2]), float([0, 2])], (h, ...x) => h.concat(x, 0), {
    torch: "torch.cat([a, b], 0)",
  }),
  define("empty/maxPool2d", [float([0, 4, 4, 2])], (_, x) => x.maxPool2d(), { torch: "a[:, :2, :2]" }),
  define("empty/mean-of-rows", [float([0, 3])], (_, x) => x.mean(1), { torch: "a.mean(1)" }),
  define("empty/layerNorm", [float([0, 3])], (_, x) => x.layerNorm()),
  define(
    "empty/padded",
    [float([0, 2])],
    (_, x) =>
      x
        .pad(
          [
            [1, 1],
            [0, 0],
          ] as const,
          3,
        )
        .exp(),
    {
      torch: "F.pad(a, (0, 0, 1, 1), value=3.).exp()",
    },
  ),

  // More operands than a kernel may bind.
  define("many/operands", several(MANY), (_, ...x) => sumOf(x)),
  define("many/operands-of-sum", several(MANY), (_, ...x) => sumOf(x.map((t, i) => t.mul(i + 1))).sum(1)),
  define("many/parts", several(MANY), (h, ...x) => h.concat(x, 0)),
  define("many/stacked", several(MANY), (h, ...x) => h.stack(x, -1).max(-1), { order: 1 }),
  define("many/consumers", [float([2, 3])], (_, x) => {
    const e = x.exp();
    return sumOf(Array.from({ length: MANY }, (_, i) => e.mul(x.add(i)).tanh()));
  }),
  define(
    "many/live-values",
    [float([2, 3])],
    (_, x) => {
      const parts = Array.from({ length: 40 }, (_, i) => x.mul(i * 0.1 + 0.05).sin());
      return sumOf(parts).add(parts.reduceRight((a, b) => a.maximum(b)).mul(0.5));
    },
    { order: 1 },
  ),
  define("many/steps", [float([2, 3])], (_, x) => {
    let y = x;
    for (let i = 0; i < 120; i++)
      y = y
        .mul(0.9)
        .add(x.mul(0.01 * i))
        .tanh();
    return y;
  }),
  define("many/reductions-in-a-row", [float([3, 4])], (_, x) => {
    let y = x;
    for (let i = 0; i < 6; i++) y = y.sub(y.mean(i % 2, true)).mul(y.square().sum().add(1).rsqrt());
    return y;
  }),

  define(
    "dtypes/bool-moves",
    [bool([3, 4]), bool([3, 4])],
    (h, a, b) =>
      h.concat([a.flip(0), b.transpose().reshape([3, 4])], 1).pad(
        [
          [1, 0],
          [0, 1],
        ] as const,
        1,
      ),
    { torch: "F.pad(torch.cat([a.flip(0), b.T.reshape(3, 4)], 1), (0, 1, 1, 0), value=True)" },
  ),
  define("dtypes/where-of-bools", [bool([6]), bool([6]), bool([6])], (_, c, a, b) => c.where(a, b), {
    torch: "torch.where(a, b, c)",
  }),
  define("dtypes/sum-of-bools", [bool([4, 7])], (_, x) => x.sum(1), { torch: "a.sum(1)" }),
  define("dtypes/count-above", [float([5, 6])], (_, x) => x.greater(0.2).and(x.less(1)).sum(0), {
    differentiable: false,
    torch: "((a > 0.2) & (a < 1)).sum(0)",
  }),
  define(
    "dtypes/index-arithmetic",
    [float([4, 6])],
    (h, x) => {
      const i = h.arange(24).reshape([4, 6]);
      return i.rem(5).equal(i.mul(3).rem(7)).where(x, x.neg().mul(i));
    },
    { torch: "(lambda i: torch.where(i % 5 == i * 3 % 7, a, -a * i))(torch.arange(24).reshape(4, 6))" },
  ),
  define(
    "dtypes/bits-in-a-chain",
    [float([9])],
    (_, x) => x.bitcast("int32").and(0x7fffffff).bitcast("float32").add(1),
    { differentiable: false },
  ),
  define("dtypes/uint32-chain", [given([4294967295, 2147483648, 5, 0], [4], "uint32")], (_, x) =>
    x.shiftRight(3).add(7).mul(2654435761).maximum(9).rem(1000),
  ),
  define("dtypes/uint32-sums", [int([3, 5], 0, 4e9, "uint32")], (_, x) => x.cumsum(1).sum(0)),
  define(
    "dtypes/labels-match",
    [float([4, 3]), given([0, 2, 1, 1], [4], "int32")],
    (_, x, y) => x.argMax(-1).equal(y).cast("float32").mean(),
    { torch: "(a.argmax(-1) == b).to(a.dtype).mean()" },
  ),
  define(
    "dtypes/iota-views",
    [float([3, 2])],
    (h, x) => x.add(h.arange(2, 14, 2).reshape([2, 3]).transpose().flip(1).cast("float32")),
    { torch: "a + torch.arange(2, 14, 2).reshape(2, 3).T.flip(1)" },
  ),
];
