/** Ops of two elements: broadcasting, gradients, integers that wrap, comparisons, specials. */
import type { DType } from "../../../src/base/dtype.ts";
import { bool, type Case, define, float, given, type Input, int } from "../../support/case.ts";

const GRID = [Number.NaN, Infinity, -Infinity, 0, -0, 1, -1, 2.5, -3];
/** Every special against every other. */
const LEFT = GRID.flatMap((a) => GRID.map(() => a));
const RIGHT = GRID.flatMap(() => GRID);

const WORDS = [0, 1, -1, 7, -7, 2147483647, -2147483648, 40000];
const UNSIGNED = [0, 1, 2, 7, 40000, 65537, 2147483648, 4294967295];
const column = (list: readonly number[], dtype: DType): Input => given(list, [list.length, 1], dtype);

const torch = {
  add: "a + b",
  sub: "a - b",
  mul: "a * b",
  div: "a / b",
  rem: "torch.fmod(a, b)",
  mod: "torch.remainder(a, b)",
  pow: "a ** b",
  maximum: "torch.maximum(a, b)",
  minimum: "torch.minimum(a, b)",
} as const;
type Arithmetic = keyof typeof torch;
const ARITHMETIC = Object.keys(torch) as Arithmetic[];

/** pow has a real gradient over positive bases alone; rem jumps where the quotient is an integer. */
const low = (name: Arithmetic): number =>
  name === "pow" ? 0.3 : name === "div" || name === "rem" || name === "mod" ? 0.6 : -1.5;

const arithmetic: Case[] = ARITHMETIC.flatMap((name) => [
  define(
    `${name}/matrices`,
    [float([3, 5], low(name), 2), float([3, 5], low(name), 2)],
    (_, a, b) => a[name](b),
    {
      torch: torch[name],
    },
  ),
  define(
    `${name}/broadcast`,
    [float([2, 1, 4], low(name), 2), float([3, 1], low(name), 2)],
    (_, a, b) => a[name](b),
    { torch: torch[name] },
  ),
  define(`${name}/number`, [float([2, 3], low(name), 2)], (_, a) => a[name](1.25), {
    torch: torch[name].replace("b)", "torch.tensor(1.25, dtype=a.dtype))").replace(/b$/, "1.25"),
  }),
  define(`${name}/specials`, [given(LEFT), given(RIGHT)], (_, a, b) => a[name](b), {
    differentiable: false,
    torch: torch[name],
  }),
]);

/** Of integers div and pow are float32; a remainder by zero is where PyTorch traps. */
const integers: Case[] = (["add", "sub", "mul", "rem", "mod", "maximum", "minimum"] as const).flatMap(
  (name) => [
    define(`${name}/int32`, [column(WORDS, "int32"), given(WORDS, [8], "int32")], (_, x, y) => x[name](y), {
      torch: name === "rem" || name === "mod" ? undefined : torch[name],
    }),
    define(`${name}/uint32`, [column(UNSIGNED, "uint32"), given(UNSIGNED, [8], "uint32")], (_, x, y) =>
      x[name](y),
    ),
  ],
);

const comparison = {
  equal: "a == b",
  notEqual: "a != b",
  less: "a < b",
  lessEqual: "a <= b",
  greater: "a > b",
  greaterEqual: "a >= b",
} as const;

const comparisons: Case[] = (Object.keys(comparison) as (keyof typeof comparison)[]).flatMap((name) => [
  define(`${name}/specials`, [given(LEFT), given(RIGHT)], (_, a, b) => a[name](b), {
    torch: comparison[name],
  }),
  define(`${name}/broadcast-int32`, [int([4, 1], -2, 3), int([5], -2, 3)], (_, a, b) => a[name](b), {
    torch: comparison[name],
  }),
  define(`${name}/uint32`, [column(UNSIGNED, "uint32"), given(UNSIGNED, [8], "uint32")], (_, a, b) =>
    a[name](b),
  ),
]);

const bitwise = { and: "a & b", or: "a | b", xor: "a ^ b" } as const;

const bits: Case[] = (Object.keys(bitwise) as (keyof typeof bitwise)[]).flatMap((name) => [
  define(`${name}/bool`, [bool([4, 1]), bool([5])], (_, a, b) => a[name](b), { torch: bitwise[name] }),
  define(`${name}/int32`, [int([7], -99, 99), int([7], -99, 99)], (_, a, b) => a[name](b), {
    torch: bitwise[name],
  }),
  define(`${name}/uint32`, [column(UNSIGNED, "uint32"), given(UNSIGNED, [8], "uint32")], (_, a, b) =>
    a[name](b),
  ),
]);

const SHIFTS = [0, 1, 5, 31, 32, 33, 63, 64];

const shifts: Case[] = (["shiftLeft", "shiftRight"] as const).flatMap((name) => [
  define(`${name}/int32`, [column(WORDS, "int32"), given(SHIFTS, [8], "int32")], (_, a, b) => a[name](b)),
  define(`${name}/uint32`, [column(UNSIGNED, "uint32"), given(SHIFTS, [8], "uint32")], (_, a, b) =>
    a[name](b),
  ),
]);

export const BINARY: readonly Case[] = [
  ...arithmetic,
  ...integers,
  ...comparisons,
  ...bits,
  ...shifts,

  define("add/scalars", [float([]), float([])], (_, a, b) => a.add(b), { torch: "a + b" }),
  define("add/empty", [float([0, 3]), float([1, 3])], (_, a, b) => a.add(b), { torch: "a + b" }),
  define("mul/same-twice", [float([5])], (_, a) => a.mul(a), { torch: "a * a" }),
  define("div/int32-to-float", [int([6]), int([6], 1, 9)], (_, a, b) => a.div(b), { torch: "a / b" }),
  define("pow/int32-to-float", [int([6]), int([6], 0, 4)], (_, a, b) => a.pow(b), {
    torch: "a.double() ** b",
  }),
  define("mul/promotes", [float([2, 3]), int([3])], (_, a, b) => a.mul(b), { torch: "a * b" }),
  define("maximum/ties", [given([1, 2, 3, 0]), given([1, 3, 2, -0])], (_, a, b) => a.maximum(b), {
    order: 0,
    torch: "torch.maximum(a, b)",
  }),
  define("pow/square", [float([7])], (_, a) => a.pow(2), { torch: "a ** 2" }),
  define(
    "pow/negative-base",
    [given([-2, -1.5, -0.5, -3, 2]), given([2, 3, -1, 0, -2])],
    (_, a, b) => a.pow(b),
    {
      differentiable: [0],
      torch: "a ** b",
    },
  ),
  define("mod/signs", [given([5, -5, 5, -5, 7.5]), given([3, 3, -3, -3, 2])], (_, a, b) => a.mod(b), {
    order: 1,
    torch: "torch.remainder(a, b)",
  }),
  define(
    "mod/int32-large",
    [given([-7, 7, 1000000, -1000001], [4], "int32"), given([1e9, -1e9, -70000, 70000], [4], "int32")],
    (_, a, b) => a.mod(b),
    { torch: "torch.remainder(a, b)" },
  ),
  define("rem/signs", [given([5, -5, 5, -5, 7.5]), given([3, 3, -3, -3, 2])], (_, a, b) => a.rem(b), {
    order: 1,
    torch: "torch.fmod(a, b)",
  }),

  define("where/floats", [bool([3, 4]), float([3, 4]), float([3, 4])], (_, c, a, b) => c.where(a, b), {
    torch: "torch.where(a, b, c)",
  }),
  define("where/broadcast", [bool([3, 1]), float([4]), float([2, 1, 1])], (_, c, a, b) => c.where(a, b), {
    torch: "torch.where(a, b, c)",
  }),
  define("where/numbers", [bool([3, 4]), float([3, 4])], (_, c, a) => c.where(a, 0), {
    torch: "torch.where(a, b, torch.zeros_like(b))",
  }),
  define("where/int32", [bool([5]), int([5]), int([5])], (_, c, a, b) => c.where(a, b), {
    torch: "torch.where(a, b, c)",
  }),
  define("views/where-nan-not-taken", [float([6])], (_, x) => x.greater(0).where(x.maximum(1e-3).log(), 0), {
    order: 1,
    torch: "torch.where(a > 0, torch.clamp(a, min=1e-3).log(), torch.zeros_like(a))",
  }),
];
