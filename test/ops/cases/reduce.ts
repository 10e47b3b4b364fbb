/** Reductions, running sums and products, arg-reductions, sorting. */
import { bool, type Case, define, float, given, int } from "../../support/case.ts";

const SPOILED = [1, Number.NaN, 3, Infinity, 2, -1, -Infinity, 0, 5, 5, 4, 5];

const reductions: Case[] = (["sum", "mean", "max", "min", "prod"] as const).flatMap((name) => {
  const t = { sum: "sum", mean: "mean", max: "amax", min: "amin", prod: "prod" }[name];
  return [
    define(`${name}/last`, [float([3, 5])], (_, x) => x[name](1), { torch: `a.${t}(1)` }),
    define(`${name}/first`, [float([4, 3])], (_, x) => x[name](0), { torch: `a.${t}(0)` }),
    define(`${name}/middle-kept`, [float([2, 4, 3])], (_, x) => x[name](1, true), {
      torch: `a.${t}(1, keepdim=True)`,
    }),
    define(`${name}/outer-and-inner`, [float([2, 3, 4])], (_, x) => x[name]([0, -1]), {
      torch: name === "prod" ? "a.prod(0).prod(-1)" : `a.${t}((0, 2))`,
    }),
    define(`${name}/all`, [float([2, 3, 2])], (_, x) => x[name](), { torch: `a.${t}()` }),
    define(`${name}/axis-of-one`, [float([3, 1])], (_, x) => x[name](1), { torch: `a.${t}(1)` }),
    define(`${name}/specials`, [given(SPOILED, [4, 3])], (_, x) => x[name](1), {
      differentiable: false,
      torch: `a.${t}(1)`,
    }),
  ];
});

const integers: Case[] = (["sum", "max", "min", "prod"] as const).flatMap((name) => {
  const t = { sum: "sum", max: "amax", min: "amin", prod: "prod" }[name];
  return [
    define(`${name}/int32`, [int([4, 5], -9, 9)], (_, x) => x[name](1), { torch: `a.${t}(1)` }),
    define(`${name}/uint32`, [given([4294967295, 3, 7, 2147483648, 1, 2], [2, 3], "uint32")], (_, x) =>
      x[name](1),
    ),
  ];
});

const empty: Case[] = (["sum", "prod"] as const).flatMap((name) => [
  define(`${name}/empty-axis`, [float([2, 0])], (_, x) => x[name](1), { torch: `a.${name}(1)` }),
  define(`${name}/empty-result`, [float([0, 3])], (_, x) => x[name](1), { torch: `a.${name}(1)` }),
]);

const cumulative: Case[] = (["cumsum", "cumprod"] as const).flatMap((name) => {
  const t = name.toLowerCase();
  return [
    define(`${name}/last`, [float([3, 5])], (_, x) => x[name](1), { torch: `a.${t}(1)` }),
    define(`${name}/first`, [float([4, 3])], (_, x) => x[name](0), { torch: `a.${t}(0)` }),
    define(`${name}/middle-reversed`, [float([2, 4, 2])], (_, x) => x[name](1, { reverse: true }), {
      torch: `a.flip(1).${t}(1).flip(1)`,
    }),
    define(`${name}/int32`, [int([2, 5])], (_, x) => x[name](1), { torch: `a.${t}(1)` }),
    define(`${name}/empty`, [float([2, 0])], (_, x) => x[name](1), { torch: `a.${t}(1)` }),
  ];
});

const TIES = [2, 5, 5, 1, 1, 5, 3, 3, 3, 0, -1, 0];

const arguments_: Case[] = (["argMax", "argMin"] as const).flatMap((name) => {
  const t = name.toLowerCase();
  return [
    define(`${name}/last`, [float([3, 5])], (_, x) => x[name](-1), { torch: `a.${t}(-1)` }),
    define(`${name}/first`, [float([4, 3])], (_, x) => x[name](0), { torch: `a.${t}(0)` }),
    define(`${name}/ties`, [given(TIES, [3, 4])], (_, x) => x[name](1)),
    define(`${name}/specials`, [given(SPOILED, [4, 3])], (_, x) => x[name](1)),
    define(`${name}/int32`, [given(TIES, [3, 4], "int32")], (_, x) => x[name](1)),
    define(`${name}/uint32`, [given([1, 4294967295, 0, 7, 7, 2147483648], [2, 3], "uint32")], (_, x) =>
      x[name](1),
    ),
  ];
});

const sorting: Case[] = [false, true].flatMap((descending) => {
  const kind = descending ? "descending" : "ascending";
  const t = `descending=${descending ? "True" : "False"}, stable=True`;
  return [
    define(`sort/${kind}`, [float([3, 6])], (_, x) => x.sort(1, { descending }), {
      torch: `a.sort(dim=1, ${t})[0]`,
    }),
    define(`argSort/${kind}`, [float([4, 3])], (_, x) => x.argSort(0, { descending }), {
      torch: `a.sort(dim=0, ${t})[1]`,
    }),
    define(`argSort/ties-${kind}`, [given(TIES, [2, 6])], (_, x) => x.argSort(1, { descending }), {
      torch: `a.sort(dim=1, ${t})[1]`,
    }),
    define(`argSort/specials-${kind}`, [given(SPOILED)], (_, x) => x.argSort(0, { descending }), {
      torch: `a.sort(dim=0, ${t})[1]`,
    }),
    define(`argSort/int32-${kind}`, [given(TIES, [3, 4], "int32")], (_, x) => x.argSort(1, { descending }), {
      torch: `a.sort(dim=1, ${t})[1]`,
    }),
    define(`argSort/uint32-${kind}`, [given([7, 4294967295, 0, 7], [4], "uint32")], (_, x) =>
      x.argSort(0, { descending }),
    ),
  ];
});

export const REDUCE: readonly Case[] = [
  ...reductions,
  ...integers,
  ...empty,
  ...cumulative,
  ...arguments_,
  ...sorting,

  define("sum/long", [float([2, 1037])], (_, x) => x.sum(1), { torch: "a.sum(1)" }),
  define("sum/tall", [float([517, 3])], (_, x) => x.sum(0), { torch: "a.sum(0)" }),
  define("max/long", [float([2, 1037])], (_, x) => x.max(1), { torch: "a.amax(1)" }),
  define("max/ties", [given(TIES, [3, 4])], (_, x) => x.max(1), { order: 0, torch: "a.amax(1)" }),
  define("prod/zeros", [given([2, 0, 3, 0, 4, 0, 5, 6, 7], [3, 3])], (_, x) => x.prod(1), {
    torch: "a.prod(1)",
  }),
  define("cumprod/zeros", [given([2, 0, 3, 0, 4, 0], [2, 3])], (_, x) => x.cumprod(1), {
    torch: "a.cumprod(1)",
  }),
  define("mean/int32", [int([3, 4])], (_, x) => x.mean(1), { torch: "a.double().mean(1)" }),
  define("any/rows", [bool([4, 3])], (_, x) => x.any(1), { torch: "a.any(1)" }),
  define("all/rows", [bool([4, 3])], (_, x) => x.all(1), { torch: "a.all(1)" }),
];
