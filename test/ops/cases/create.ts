/** Tensors from numbers and formulas, and random ones, which are the same on every device. */
import { type Case, type CaseOptions, define, type H, type Tensor } from "../../support/case.ts";

const made = (name: string, run: (h: H) => Tensor, options?: CaseOptions): Case =>
  define(name, [], run, options);

const drawn = (name: string, run: (h: H) => Tensor): Case =>
  made(
    name,
    (h) => {
      h.setSeed(11);
      return run(h);
    },
    { isLazy: true },
  );

export const CREATE: readonly Case[] = [
  made("tensor/nested", (h) => h.tensor([[1, 2.5, -3]])),
  made("asTensor/number", (h) => h.asTensor(2.5)),
  made("scalar/int32", (h) => h.scalar(7, "int32")),
  made("zeros/int32", (h) => h.zeros([2, 3], { dtype: "int32" })),
  made("ones/matrix", (h) => h.ones([2, 3])),
  made("full/matrix", (h) => h.full([2, 3], 0.1)),
  made("arange/steps", (h) => h.arange(2, 20, 3)),
  made("arange/fractions", (h) => h.arange(1, -1, -0.3)),
  made("linspace/even", (h) => h.linspace(-1, 2, 7)),
  made("eye/wide", (h) => h.eye(3, 5)),
  drawn("randomUniform/range", (h) => h.randomUniform([3, 5], { low: -2, high: 3 })),
  drawn("randomNormal/matrix", (h) => h.randomNormal([3, 5], { mean: 1, std: 2 })),
  drawn("randomInt/range", (h) => h.randomInt([3, 5], -4, 9)),
  drawn("dropoutMask/matrix", (h) => h.dropoutMask([3, 5], 0.4)),
];
