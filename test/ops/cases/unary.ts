/** Ops of one element: values, gradients, and what IEEE says of specials. */
import type { UnaryName } from "../../../src/ops/elementwise/names.ts";
import { bool, type Case, define, float, given, int } from "../../support/case.ts";

/** Values of a row's matrix: the range in which it is smooth, or has its kinks apart. */
type Range = readonly [low: number, high: number];

const RANGES: Readonly<Record<Exclude<UnaryName, "isNaN" | "not">, Range>> = {
  neg: [-2, 2],
  abs: [-2, 2],
  exp: [-4, 4],
  expm1: [-2, 2],
  log: [0.1, 9],
  log1p: [-0.7, 5],
  log2: [0.1, 9],
  sqrt: [0.1, 9],
  rsqrt: [0.1, 9],
  sin: [-4, 4],
  cos: [-4, 4],
  tanh: [-4, 4],
  erf: [-3, 3],
  floor: [-4, 4],
  ceil: [-4, 4],
  round: [-4, 4],
  sign: [-2, 2],
};

/** Largest and smallest magnitudes, both zeros, both infinities, NaN. */
const SPECIALS = [
  Number.NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  3e38,
  -3e38,
  1e-30,
  -1e-30,
  1,
  -1,
  0.5,
  -2.5,
  100,
  -100,
];

/** sin and cos of huge arguments are left to the device. */
const MODERATE = SPECIALS.filter((v) => !(Math.abs(v) > 100 && Number.isFinite(v)));

const values: Case[] = (Object.keys(RANGES) as (keyof typeof RANGES)[]).flatMap((name) => [
  define(`${name}/matrix`, [float([3, 7], ...RANGES[name])], (h, x) => h[name](x), {
    torch: `torch.${name}(a)`,
  }),
  define(
    `${name}/specials`,
    [given(name === "sin" || name === "cos" ? MODERATE : SPECIALS)],
    (h, x) => h[name](x),
    // The sign of NaN is NaN, as in NumPy; PyTorch says 0.
    { differentiable: false, torch: name === "sign" ? undefined : `torch.${name}(a)` },
  ),
]);

const integers: Case[] = (["neg", "abs", "sign"] as const).flatMap((name) => [
  define(
    `${name}/int32`,
    [given([0, 1, -1, 7, -2147483648, 2147483647], [6], "int32")],
    (_, x) => x[name](),
    {
      torch: `torch.${name}(a)`,
    },
  ),
  define(`${name}/uint32`, [given([0, 1, 7, 4294967295], [4], "uint32")], (_, x) => x[name]()),
]);

export const UNARY: readonly Case[] = [
  ...values,
  ...integers,

  define(
    "round/ties",
    [given([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 8388609, 0.49999997])],
    (_, x) => x.round(),
    {
      order: 0,
      torch: "torch.round(a)",
    },
  ),
  define("expm1/small", [given([1e-7, -1e-7, 1e-4, -3e-3, 0.03, -0.3])], (_, x) => x.expm1(), {
    torch: "torch.expm1(a)",
  }),
  define("log1p/small", [given([1e-7, -1e-7, 1e-4, -3e-3, 0.03, -0.3])], (_, x) => x.log1p(), {
    torch: "torch.log1p(a)",
  }),
  define("tanh/saturated", [given([-100, -20, -9.5, 9.5, 20, 100])], (_, x) => x.tanh(), {
    order: 1,
    torch: "torch.tanh(a)",
  }),
  define("exp/scalar", [float([])], (_, x) => x.exp(), { torch: "torch.exp(a)" }),
  define("exp/empty", [float([2, 0, 3])], (_, x) => x.exp(), { torch: "torch.exp(a)" }),
  define("exp/long", [float([1031], -8, 8)], (_, x) => x.exp(), { torch: "torch.exp(a)" }),
  define("square/matrix", [float([2, 3])], (_, x) => x.square(), { torch: "a * a" }),
  define("reciprocal/matrix", [float([2, 3], 0.5, 2)], (_, x) => x.reciprocal(), { torch: "1 / a" }),

  define("isNaN/specials", [given(SPECIALS)], (_, x) => x.isNaN(), { torch: "torch.isnan(a)" }),
  define("not/bool", [bool([2, 5])], (_, x) => x.not(), { torch: "~a" }),
  define("not/int32", [int([6])], (_, x) => x.not(), { torch: "~a" }),
  define("not/uint32", [int([6], 0, 9, "uint32")], (_, x) => x.not()),
  define("clip/inside-and-out", [float([3, 5])], (_, x) => x.clip(-0.7, 0.9), {
    torch: "torch.clamp(a, -0.7, 0.9)",
  }),
];
