/** Matrix products in every layout and at the sizes where kernels change their path. */
import { type Case, define, float, int } from "../../support/case.ts";

/** [m, k, n]: scalar-like, vectors, edges beside multiples of the tile. */
const SIZES = [
  [1, 1, 1],
  [1, 7, 1],
  [1, 5, 9],
  [9, 5, 1],
  [4, 8, 8],
  [5, 9, 11],
  [8, 3, 17],
] as const;

const sizes: Case[] = SIZES.map(([m, k, n]) =>
  define(`matmul/${m}x${k}x${n}`, [float([m, k]), float([k, n])], (_, a, b) => a.matmul(b), {
    torch: "a @ b",
  }),
);

/** Large enough for packing and for several chunks. */
const large: Case[] = [
  define("matmul/70x65x40", [float([70, 65]), float([65, 40])], (_, a, b) => a.matmul(b), {
    torch: "a @ b",
  }),
  define("matmul/13x300x21", [float([13, 300]), float([300, 21])], (_, a, b) => a.matmul(b), {
    torch: "a @ b",
  }),
];

export const CONTRACT: readonly Case[] = [
  ...sizes,
  ...large,
  define("matmul/left-transposed", [float([4, 3]), float([4, 5])], (_, a, b) => a.transpose().matmul(b), {
    torch: "a.T @ b",
  }),
  define("matmul/right-transposed", [float([3, 4]), float([5, 4])], (_, a, b) => a.matmul(b.transpose()), {
    torch: "a @ b.T",
  }),
  define(
    "matmul/both-transposed",
    [float([4, 3]), float([5, 4])],
    (_, a, b) => a.transpose().matmul(b.transpose()),
    {
      torch: "a.T @ b.T",
    },
  ),
  define("matmul/batch", [float([3, 2, 4]), float([3, 4, 2])], (_, a, b) => a.matmul(b), { torch: "a @ b" }),
  define(
    "matmul/batch-transposed",
    [float([2, 3, 4]), float([2, 5, 4])],
    (_, a, b) => a.matmul(b.transpose([0, 2, 1])),
    {
      torch: "a @ b.transpose(1, 2)",
    },
  ),
  define("matmul/batch-broadcast", [float([2, 1, 2, 3]), float([2, 3, 2])], (_, a, b) => a.matmul(b), {
    torch: "a @ b",
  }),
  define("matmul/batch-of-rows-by-matrix", [float([2, 3, 4]), float([4, 5])], (_, a, b) => a.matmul(b), {
    torch: "a @ b",
  }),
  define("matmul/vector-right", [float([3, 4]), float([4])], (_, a, b) => a.matmul(b), { torch: "a @ b" }),
  define("matmul/vector-left", [float([4]), float([4, 3])], (_, a, b) => a.matmul(b), { torch: "a @ b" }),
  define("matmul/vectors", [float([5]), float([5])], (_, a, b) => a.matmul(b), { torch: "a @ b" }),
  define("matmul/empty-inner", [float([2, 0]), float([0, 3])], (_, a, b) => a.matmul(b), { torch: "a @ b" }),
  define("matmul/empty-rows", [float([0, 3]), float([3, 2])], (_, a, b) => a.matmul(b), { torch: "a @ b" }),
  define("matmul/square-of-itself", [float([3, 3])], (_, a) => a.matmul(a), { torch: "a @ a" }),
  define("matmul/int32", [int([3, 5], -99, 99), int([5, 4], -99, 99)], (_, a, b) => a.matmul(b), {
    torch: "a @ b",
  }),
];
