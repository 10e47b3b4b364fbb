/** Movement fused into what reads it: maps, reductions, contractions, convolutions and pooling over views. */
import { type Case, define, float } from "../../support/case.ts";

/** [before, after] of each axis. */
const axes = (...pairs: (readonly [number, number])[]): readonly (readonly [number, number])[] => pairs;

export const VIEWS: readonly Case[] = [
  define("views/permuted-add", [float([3, 4]), float([4, 3])], (_, a, b) => a.transpose().add(b), {
    torch: "a.T + b",
  }),
  define(
    "views/slice-flip-mul",
    [float([5, 6]), float([2, 3])],
    (_, a, b) => a.slice([1, 1], [5, 6], [2, 2]).flip(0).mul(b),
    { torch: "a[1:5:2, 1:6:2].flip(0) * b" },
  ),
  define("views/pad-then-exp", [float([2, 3])], (_, a) => a.pad(axes([1, 1], [0, 2])).exp(), {
    torch: "F.pad(a, (0, 2, 1, 1)).exp()",
  }),
  define(
    "views/pad-of-pad",
    [float([2, 2])],
    (_, a) => a.pad(axes([1, 0], [0, 1]), 2).pad(axes([0, 1], [1, 0]), 3),
    {
      torch: "F.pad(F.pad(a, (0, 1, 1, 0), value=2.), (1, 0, 0, 1), value=3.)",
    },
  ),
  define(
    "views/slice-of-pad",
    [float([3, 3])],
    (_, a) => a.pad(axes([2, 2], [2, 2]), 1).slice([1, 1], [5, 7], [1, 2]),
    {
      torch: "F.pad(a, (2, 2, 2, 2), value=1.)[1:5, 1:7:2]",
    },
  ),
  define(
    "views/reshape-of-permute",
    [float([2, 3, 4])],
    (_, a) => a.transpose([1, 0, 2]).reshape([6, 4]).exp(),
    {
      torch: "a.permute(1, 0, 2).reshape(6, 4).exp()",
    },
  ),
  define("views/sum-of-permuted", [float([2, 3, 4])], (_, a) => a.transpose([2, 0, 1]).sum([0, 2]), {
    torch: "a.permute(2, 0, 1).sum((0, 2))",
  }),
  define("views/max-of-padded", [float([3, 4], -2, -1)], (_, a) => a.pad(axes([0, 0], [1, 0]), -1.6).max(1), {
    order: 1,
    torch: "F.pad(a, (1, 0), value=-1.6).amax(1)",
  }),
  define("views/softmax-of-flipped", [float([3, 5])], (_, a) => a.flip(1).softmax(), {
    torch: "a.flip(1).softmax(-1)",
  }),
  define(
    "views/matmul-of-sliced",
    [float([4, 6]), float([5, 4])],
    (_, a, b) => a.slice([0, 1], [4, 5]).matmul(b.slice([1, 0], [5, 4], [1, 2])),
    { torch: "a[:, 1:5] @ b[1:5, 0:4:2]" },
  ),
  define(
    "views/matmul-of-broadcast",
    [float([3]), float([3, 2])],
    (_, a, b) => a.broadcastTo([4, 3]).matmul(b),
    {
      torch: "a.expand(4, 3) @ b",
    },
  ),
  define(
    "views/matmul-of-permuted-batch",
    [float([3, 2, 4]), float([2, 4, 2])],
    (_, a, b) => a.transpose([1, 0, 2]).matmul(b),
    {
      torch: "a.permute(1, 0, 2) @ b",
    },
  ),
  define(
    "views/conv-of-permuted",
    [float([1, 2, 4, 4]), float([3, 3, 2, 2])],
    (_, x, k) => x.transpose([0, 2, 3, 1]).conv2d(k),
    {
      torch: "nhwc(F.conv2d(a, oihw(b)))",
    },
  ),
  define(
    "views/pool-of-sliced",
    [float([1, 5, 6, 2])],
    (_, x) => x.slice([0, 1, 1, 0], [1, 5, 5, 2]).maxPool2d(),
    {
      order: 1,
      torch: "nhwc(F.max_pool2d(nchw(a[:, 1:5, 1:5]), 2))",
    },
  ),
  define("views/shared-by-two", [float([3, 4])], (_, a) => a.exp().transpose().matmul(a.exp()), {
    torch: "a.exp().T @ a.exp()",
  }),
  define(
    "views/dense-relu",
    [float([3, 4]), float([4, 5]), float([5])],
    (_, x, w, b) => x.matmul(w).add(b).relu(),
    {
      order: 1,
      torch: "(a @ b + c).relu()",
    },
  ),
  define(
    "views/conv-bias-relu",
    [float([1, 5, 5, 2]), float([3, 3, 2, 3]), float([3])],
    (_, x, k, b) => x.conv2d(k).add(b).relu(),
    {
      order: 1,
      torch: "(nhwc(F.conv2d(nchw(a), oihw(b))) + c).relu()",
    },
  ),
  define("views/residual", [float([2, 3]), float([3, 3])], (_, x, w) => x.add(x.matmul(w).tanh()), {
    torch: "a + (a @ b).tanh()",
  }),
  define("views/reduce-prologue-epilogue", [float([4, 6])], (_, x) => x.mul(x).sum(1).sqrt().add(1), {
    torch: "(a * a).sum(1).sqrt() + 1",
  }),
];
