/** Gather and scatter, indices repeated, negative dims, ints. */
import { type Case, define, float, given, int } from "../../support/case.ts";

const at = (list: readonly number[], shape?: readonly number[]) =>
  given(list, shape ?? [list.length], "int32");

export const INDEXING: readonly Case[] = [
  define("take/rows", [float([4, 3]), at([2, 0, 2, 3])], (_, x, i) => x.take(i, 0), { torch: "a[b.long()]" }),
  define("take/columns", [float([3, 5]), at([4, 4, 1])], (_, x, i) => x.take(i, 1), {
    torch: "a[:, b.long()]",
  }),
  define("take/middle", [float([2, 4, 3]), at([3, 1])], (_, x, i) => x.take(i, 1), {
    torch: "a[:, b.long()]",
  }),
  define(
    "take/matrix-of-indices",
    [float([5, 2]), at([0, 4, 4, 1, 2, 0], [2, 3])],
    (_, x, i) => x.take(i, 0),
    {
      torch: "a[b.long()]",
    },
  ),
  define("take/scalar-index", [float([4, 3]), at([2], [])], (_, x, i) => x.take(i, 0), {
    torch: "a[b.long()]",
  }),
  define("take/no-index", [float([4, 3]), at([])], (_, x, i) => x.take(i, 0), { torch: "a[b.long()]" }),
  define("take/int32", [int([4, 3]), at([1, 3])], (_, x, i) => x.take(i, 0), { torch: "a[b.long()]" }),
  define(
    "embedding/lookup",
    [float([6, 4]), at([5, 0, 5, 5, 2, 1], [2, 3])],
    (_, x, i) => x.take(i, 0).tanh(),
    {
      torch: "F.embedding(b.long(), a).tanh()",
    },
  ),

  define(
    "takeAlongAxis/last",
    [float([3, 4]), at([0, 3, 1, 1, 2, 0], [3, 2])],
    (_, x, i) => x.takeAlongAxis(i, 1),
    {
      torch: "a.gather(1, b.long())",
    },
  ),
  define(
    "takeAlongAxis/first",
    [float([4, 3]), at([0, 3, 1, 1, 2, 0], [2, 3])],
    (_, x, i) => x.takeAlongAxis(i, 0),
    {
      torch: "a.gather(0, b.long())",
    },
  ),
  define(
    "takeAlongAxis/middle",
    [float([2, 3, 2]), at([0, 2, 1, 1, 2, 2, 0, 0], [2, 2, 2])],
    (_, x, i) => x.takeAlongAxis(i, 1),
    {
      torch: "a.gather(1, b.long())",
    },
  ),

  define("scatter/rows", [float([4, 3]), at([2, 0]), float([2, 3])], (_, x, i, u) => x.scatter(i, u, 0), {
    torch: "a.index_copy(0, b.long(), c)",
  }),
  define("scatter/repeated", [float([4, 2]), at([1, 3, 1]), float([3, 2])], (_, x, i, u) =>
    x.scatter(i, u, 0),
  ),
  define("scatter/columns", [float([3, 5]), at([4, 1]), float([3, 2])], (_, x, i, u) => x.scatter(i, u, 1), {
    torch: "a.index_copy(1, b.long(), c)",
  }),
  define("scatter/int32", [int([4, 2]), at([1, 3, 1]), int([3, 2])], (_, x, i, u) => x.scatter(i, u, 0)),

  define(
    "scatterAdd/rows",
    [float([4, 3]), at([2, 0]), float([2, 3])],
    (_, x, i, u) => x.scatterAdd(i, u, 0),
    {
      torch: "a.index_add(0, b.long(), c)",
    },
  ),
  define(
    "scatterAdd/repeated",
    [float([4, 2]), at([1, 3, 1, 1]), float([4, 2])],
    (_, x, i, u) => x.scatterAdd(i, u, 0),
    {
      torch: "a.index_add(0, b.long(), c)",
    },
  ),
  define(
    "scatterAdd/middle",
    [float([2, 3, 2]), at([2, 2]), float([2, 2, 2])],
    (_, x, i, u) => x.scatterAdd(i, u, 1),
    {
      torch: "a.index_add(1, b.long(), c)",
    },
  ),
  define(
    "scatterAdd/int32",
    [int([4, 2]), at([1, 3, 1]), int([3, 2])],
    (_, x, i, u) => x.scatterAdd(i, u, 0),
    {
      torch: "a.index_add(0, b.long(), c)",
    },
  ),

  define("oneHot/labels", [at([0, 3, 1, 3])], (_, i) => i.oneHot(4), {
    torch: "F.one_hot(a.long(), 4).float()",
  }),
  // Computed indices are not checked at the call.
  define("oneHot/out-of-range", [at([0, -1, 4], [3, 1])], (_, i) => i.mul(1).oneHot(4)),
];
