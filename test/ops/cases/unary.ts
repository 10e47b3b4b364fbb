/** Ops of one element: values, gradients, and what IEEE says of specials. */
import { bool, type Case, define, float, given, int } from "../../support/case.ts";

type Name =
  | "neg"
  | "abs"
  | "exp"
  | "expm1"
  | "log"
  | "log1p"
  | "sqrt"
  | "rsqrt"
  | "sin"
  | "cos"
  | "tanh"
  | "erf"
  | "floor"
  | "ceil"
  | "round"
  | "sign";

interface Row {
  name: Name;
  low: number;
  high: number;
  torch?: string;
}

const ROWS: readonly Row[] = [
  { name: "neg", low: -2, high: 2 },
  { name: "abs", low: -2, high: 2 },
  { name: "exp", low: -4, high: 4 },
  { name: "expm1", low: -2, high: 2 },
  { name: "log", low: 0.1, high: 9 },
  { name: "log1p", low: -0.7, high: 5 },
  { name: "sqrt", low: 0.1, high: 9 },
  { name: "rsqrt", low: 0.1, high: 9 },
  { name: "sin", low: -4, high: 4 },
  { name: "cos", low: -4, high: 4 },
  { name: "tanh", low: -4, high: 4 },
  { name: "erf", low: -3, high: 3 },
  { name: "floor", low: -4, high: 4 },
  { name: "ceil", low: -4, high: 4 },
  { name: "round", low: -4, high: 4 },
  { name: "sign", low: -2, high: 2 },
];

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

const values: Case[] = ROWS.flatMap(({ name, low, high, torch = `torch.${name}(a)` }) => [
  define(`${name}/matrix`, [float([3, 7], low, high)], (_, x) => x[name](), { torch }),
  define(
    `${name}/specials`,
    [given(name === "sin" || name === "cos" ? MODERATE : SPECIALS)],
    (_, x) => x[name](),
    // The sign of NaN is NaN, as in NumPy; PyTorch says 0.
    { differentiable: false, torch: name === "sign" ? undefined : torch },
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
