/** Forms of the primitives that only gradients, expansions and other ops record. */

import { make } from "../../../src/graph/builder.ts";
import type { Node } from "../../../src/graph/node.ts";
import { core } from "../../../src/ops/core.ts";
import { scatter, scatterAdd } from "../../../src/ops/indexing.ts";
import { maxPool2d } from "../../../src/ops/pool.ts";
import { randomBits } from "../../../src/ops/sources.ts";
import { gradients } from "../../../src/tensor/transforms/gradients.ts";
import { type Case, type CaseOptions, define, float, given, type Input, int } from "../../support/case.ts";
import { tensorOf } from "../../support/tensor.ts";

/** A case recorded on nodes. */
const primitive = (
  name: string,
  inputs: readonly Input[],
  run: (...nodes: Node[]) => Node,
  options?: CaseOptions,
): Case => define(name, inputs, (h, ...x) => tensorOf(h, run(...x.map((t) => t.node))), options);

const WORDS = [0, 1, -1, 7, -7, 2147483647, -2147483648, 40000];
const UNSIGNED = [0, 1, 2, 7, 40000, 65537, 2147483648, 4294967295];

const indices = (list: readonly number[], shape: readonly number[]): Input => given(list, shape, "int32");

export const PRIMITIVES: readonly Case[] = [
  primitive("div/int32", [given(WORDS, [8, 1], "int32"), given(WORDS, [8], "int32")], (a, b) =>
    core.div(a, b),
  ),
  primitive("div/uint32", [given(UNSIGNED, [8, 1], "uint32"), given(UNSIGNED, [8], "uint32")], (a, b) =>
    core.div(a, b),
  ),

  primitive("pad/interior", [float([3, 2])], (x) => core.pad(x, [1, 0], [2, 1], { interior: [2, 1] })),
  primitive("pad/interior-value", [int([4])], (x) => core.pad(x, [0], [2], { interior: [1], value: 9 })),
  primitive("pad/interior-empty", [float([0, 2])], (x) => core.pad(x, [1, 0], [2, 1], { interior: [2, 1] })),
  // Equal but for a value that JSON cannot tell apart.
  primitive(
    "pad/both-infinities",
    [float([3])],
    (x) =>
      core.concat(
        [-Infinity, Infinity].map((value) => core.pad(x, [1], [0], { value })),
        0,
      ),
    { order: 0 },
  ),
  primitive("pad/infinity", [float([3])], (x) => core.max(core.pad(x, [1], [1], { value: -Infinity })), {
    order: 1,
  }),

  primitive("matmul/stored-transposed", [float([2, 4, 3]), float([2, 5, 4])], (a, b) =>
    core.matmul(a, b, { transposeA: true, transposeB: true }),
  ),

  primitive(
    "scatter/along",
    [float([3, 4]), indices([2, 0, 1, 1, 2, 2], [3, 2]), float([3, 2])],
    (x, i, updates) => make(scatter, [x, i, updates], { axis: 1, along: true }),
  ),
  primitive(
    "scatterAdd/along",
    [float([3, 4]), indices([2, 0, 1, 1, 2, 2], [3, 2]), float([3, 2])],
    (x, i, updates) => make(scatterAdd, [x, i, updates], { axis: 1, along: true }),
    { torch: "a.scatter_add(1, b.long(), c)" },
  ),

  // The gradient of the gradient picks what the windows chose.
  primitive(
    "maxPool2d/second-order",
    [float([1, 5, 6, 3]), float([1, 2, 3, 3]), float([1, 5, 6, 3])],
    (x, dy, g) => {
      const [dx] = gradients(maxPool2d(x), [x], dy);
      return gradients(dx!, [dy], g)[0]!;
    },
    { order: 1 },
  ),

  primitive("randomBits/sliced", [], () =>
    core.flip(core.slice(random([5, 9], 1, 2, 3), [1, 1], [5, 9], [2, 3]), [1]),
  ),
  primitive("randomBits/matrix", [], () => random([3, 7], 1, 2, 3)),
  primitive("randomBits/large-keys", [], () => random([5], 0xdeadbeef, 0x80000001, 0xffffffff)),
];

function random(shape: readonly number[], ...words: [key0: number, key1: number, counter: number]): Node {
  return make(
    randomBits,
    words.map((word) => core.scalar(word, "uint32")),
    { shape },
  );
}
