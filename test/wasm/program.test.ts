/** Tile programs: views, stores, in-place updates, what a range shares, and random programs. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWasmBackend, type WasmBackend } from "../../src/backends/wasm/index.ts";
import { rowMajor, type Shape, sizeOf } from "../../src/base/shape.ts";
import type { Affine, Instr, View } from "../../src/kernel/types.ts";
import {
  constant,
  dense,
  input,
  load,
  map,
  mapKernel,
  noise,
  output,
  runKernels,
  type Value,
} from "./harness.ts";
import { at, evaluate, forEachIndex } from "./naive.ts";

let backend: WasmBackend;
beforeAll(async () => {
  backend = await createWasmBackend({ threads: 2, kernels: { threads: "all" } });
  await backend.engine.ready();
});
afterAll(() => backend.close());

/** Runs a program that stores instruction `value` and compares with the naive meaning. */
async function check(
  shape: Shape,
  instrs: readonly Instr[],
  values: readonly Value[],
  scalars: readonly number[] = [],
) {
  const to = values.length;
  const { dtype } = instrs[instrs.length - 1];
  const kernel = mapKernel(shape, instrs, [[to, instrs.length - 1]]);
  const all = [...values, output(sizeOf(shape), dtype)];
  const results = await runKernels(
    backend,
    [kernel],
    all,
    scalars.map((value) => ({ dtype: "float32", value })),
  );
  forEachIndex(shape, (index, flat) => {
    const want = evaluate(instrs, index, values, scalars).at(-1)!;
    const got = results[to][flat];
    const tolerance = dtype === "float32" ? 1e-5 * Math.max(1, Math.abs(want)) : 0;
    if (!(Math.abs(got - want) <= tolerance)) expect.fail(`[${index}]: got ${got}, want ${want}`);
  });
}

describe("sizes", () => {
  it.each([1, 3, 4, 511, 512, 513, 1025, 300_001])("%i elements", async (size) => {
    await check(
      [size],
      [load(0, [size]), load(1, [size]), map("add", [0, 1])],
      [input(noise(size)), input(noise(size, 1, 2))],
    );
  });

  it("no elements", async () => {
    const kernel = mapKernel([0], [load(0, [0]), map("neg", [0])], [[1, 1]]);
    const results = await runKernels(backend, [kernel], [input([]), output(0)]);
    expect(results[1].length).toBe(0);
  });

  it("a scalar", async () => {
    await check([], [load(0, []), constant(2), map("mul", [0, 1])], [input([21])]);
  });
});

describe("views", () => {
  const view = (offset: number, strides: number[], bounds?: View["bounds"]): View => ({
    offset,
    strides,
    bounds,
  });
  const cases: readonly [string, Shape, number, View][] = [
    ["transposed", [37, 53], 37 * 53, view(0, [1, 37])],
    ["permuted", [5, 7, 11], 385, view(0, [1, 55, 5])],
    ["a row for every row", [40, 33], 33, view(0, [0, 1])],
    ["a column for every column", [40, 33], 40, view(0, [1, 0])],
    ["one element", [40, 33], 5, view(3, [0, 0])],
    ["sliced with a step", [10, 9], 650, view(61, [60, 3])],
    ["flipped", [12, 50], 600, view(599, [-50, -1])],
    ["a window of a matrix", [20, 10], 900, view(123, [30, 1])],
    [
      "padded",
      [9, 13],
      40,
      view(-2 * 8 - 3, [8, 1], {
        ranges: [
          [2, 7],
          [3, 11],
        ],
        fill: -1.5,
      }),
    ],
    [
      "padded where nothing is",
      [6, 4],
      4,
      view(0, [0, 1], {
        ranges: [
          [0, 0],
          [0, 4],
        ],
        fill: 9,
      }),
    ],
    [
      "padded axis of size 1",
      [1, 4],
      4,
      view(0, [0, 1], {
        ranges: [
          [1, 1],
          [0, 4],
        ],
        fill: 9,
      }),
    ],
    [
      "padded and transposed",
      [13, 9],
      40,
      view(-2 * 8 - 3, [1, 8], {
        ranges: [
          [3, 11],
          [2, 7],
        ],
        fill: 0,
      }),
    ],
    ["four axes", [3, 4, 5, 6], 360, view(0, [1, 3, 12, 60])],
    ["long rows", [3, 2000], 2000, view(0, [0, 1])],
  ];
  it.each(cases)("%s", async (_, shape, size, from) => {
    await check(
      shape,
      [load(0, shape, "float32", from), load(1, shape), map("sub", [0, 1])],
      [input(noise(size)), input(noise(sizeOf(shape), 1, 7))],
    );
    await check(shape, [load(0, shape, "float32", from)], [input(noise(size))]);
  });

  it("index maps", async () => {
    for (const strides of [
      [100, 1],
      [0, 1],
      [1, 0],
      [-3, 7],
    ]) {
      await check([31, 45], [{ op: "index", dtype: "int32", map: { offset: 5, strides } }], []);
    }
  });
});

describe("random bits", () => {
  const keys = ["scalar", "scalar", "scalar"].map(
    (_, i): Instr => ({ op: "const", dtype: "uint32", value: 0xdeadbeef >>> i }),
  );
  it.each<[string, Shape, Affine]>([
    ["in order", [2000], dense([2000])],
    ["from the middle of a block", [1999], { offset: 3, strides: [1] }],
    ["transposed", [30, 40], { offset: 0, strides: [1, 30] }],
    ["repeated", [30, 40], { offset: 0, strides: [0, 1] }],
    ["one", [1], { offset: 7, strides: [1] }],
  ])("%s", async (_, shape, elements) => {
    await check(shape, [...keys, { op: "random", dtype: "uint32", map: elements, args: [0, 1, 2] }], []);
  });
});

describe("uniform steps (the preamble)", () => {
  it("computes with scalars once", async () => {
    const instrs: Instr[] = [
      load(0, [700]),
      { op: "scalar", dtype: "float32", slot: 0 },
      { op: "scalar", dtype: "float32", slot: 1 },
      map("div", [1, 2]),
      map("sqrt", [3]),
      map("mul", [0, 4]),
    ];
    await check([700], instrs, [input(noise(700))], [8, 2]);
  });

  it("stores a value that is the same for all elements", async () => {
    await check([33, 20], [constant(4), constant(0.5), map("add", [0, 1])], []);
  });
});

describe("stores", () => {
  it("several outputs, one of them twice", async () => {
    const size = 1030;
    const instrs = [load(0, [size]), map("exp", [0]), map("neg", [1])];
    const kernel = mapKernel([size], instrs, [
      [1, 1],
      [2, 2],
      [3, 1],
      [4, 0],
    ]);
    const x = noise(size);
    const outputs = [output(size), output(size), output(size), output(size)];
    const [, e, n, again, copy] = await runKernels(backend, [kernel], [input(x), ...outputs]);
    expect(again).toEqual(e);
    expect(copy).toEqual(x);
    expect(n).toEqual(e.map((y) => -y));
    expect(e[7]).toBeCloseTo(Math.exp(x[7]), 6);
  });

  it("through maps: every other row, transposed, one element everywhere", async () => {
    const [rows, columns] = [21, 40];
    const shape = [rows, columns];
    const even: Affine = { offset: 0, strides: [2 * columns, 1] };
    const odd: Affine = { offset: columns, strides: [2 * columns, 1] };
    const turned: Affine = { offset: 0, strides: [1, rows] };
    const instrs = [load(0, shape), map("neg", [0]), constant(3)];
    const kernel = mapKernel(shape, instrs, [
      [1, 0, even],
      [2, 1, odd],
      [3, 1, turned],
      [4, 2, turned],
    ]);
    const x = noise(rows * columns);
    const [, first, second, turn, three] = await runKernels(
      backend,
      [kernel],
      [input(x), output(2 * x.length), output(2 * x.length), output(x.length), output(x.length)],
    );
    forEachIndex(shape, (index, flat) => {
      expect(first[at(even, index)]).toBe(x[flat]);
      expect(second[at(odd, index)]).toBe(-x[flat]);
      expect(turn[at(turned, index)]).toBe(-x[flat]);
      expect(three[at(turned, index)]).toBe(3);
    });
  });
});

describe("in place", () => {
  it("reads the old value wherever the program names it", async () => {
    for (const size of [5, 512, 1027]) {
      // m ← m + g; p ← p − m_new · m_old; old ← m_old
      const instrs = [
        load(0, [size]),
        load(1, [size]),
        map("add", [0, 1]),
        load(2, [size]),
        map("mul", [2, 0]),
        map("sub", [3, 4]),
      ];
      const kernel = mapKernel([size], instrs, [
        [0, 2],
        [2, 5],
        [3, 0],
      ]);
      const [m, g, p] = [noise(size), noise(size, 1, 2), noise(size, 1, 3)];
      const results = await runKernels(backend, [kernel], [input(m), input(g), input(p), output(size)]);
      const sum = m.map((x, i) => x + g[i]);
      expect(results[0]).toEqual(sum);
      expect(results[3]).toEqual(m);
      results[2].forEach((x, i) => {
        expect(x).toBeCloseTo(p[i] - sum[i] * m[i], 5);
      });
    }
  });

  it("swaps", async () => {
    const kernel = mapKernel(
      [600],
      [load(0, [600]), load(1, [600])],
      [
        [0, 1],
        [1, 0],
      ],
    );
    const [a, b] = [noise(600), noise(600, 1, 2)];
    const results = await runKernels(backend, [kernel], [input(a), input(b)]);
    expect(results).toEqual([b, a]);
  });
});

describe("random programs", () => {
  const unary = ["neg", "abs", "tanh", "sign", "floor", "sqrt"] as const;
  const binary = ["add", "sub", "mul", "max", "min", "add", "sub", "mul"] as const;
  it.each(Array.from({ length: 60 }, (_, seed) => seed + 1))("seed %i", async (seed) => {
    const numbers = noise(400, 0.5, seed * 7919).map((x) => x + 0.5);
    let next = 0;
    const pick = (n: number): number => Math.floor(numbers[next++ % 400] * n * 0.9999);
    const shape = Array.from({ length: 1 + pick(3) }, () => 1 + pick(14));
    shape[0] += pick(120);
    const size = sizeOf(shape);
    const values = [input(noise(size, 2, seed)), input(noise(size, 2, seed + 99))];
    const views: View[] = [
      dense(shape),
      { offset: 0, strides: shape.map((_, d) => (d === pick(shape.length) ? 1 : 0)) },
      { offset: size - 1, strides: rowMajor(shape).map((s) => -s) },
      { ...dense(shape), bounds: { ranges: shape.map((n) => [Math.min(1, n - 1), n] as const), fill: 0.25 } },
    ];
    const instrs: Instr[] = [constant(0.5), { op: "scalar", dtype: "float32", slot: 0 }];
    for (let i = 0; i < 4; i++) instrs.push(load(pick(2), shape, "float32", views[pick(4)]));
    const count = 3 + pick(25);
    for (let i = 0; i < count; i++) {
      const floats = instrs.flatMap(({ dtype }, step) => (dtype === "float32" ? [step] : []));
      const arg = (): number => floats[pick(floats.length)];
      if (pick(3) === 0) instrs.push(map(unary[pick(unary.length)], [arg()]));
      else if (pick(8) === 0) {
        const condition = instrs.push(map("lt", [arg(), arg()], "bool")) - 1;
        instrs.push(map("where", [condition, arg(), arg()]));
      } else instrs.push(map(binary[pick(binary.length)], [arg(), arg()]));
    }
    // Values grow by squaring at most; keep what is compared small.
    instrs.push(map("tanh", [instrs.length - 1]));
    const isSmall = (results: number[]): boolean => results.every((x) => Math.abs(x) < 1e4);
    let small = true;
    forEachIndex(shape, (index) => {
      small &&= isSmall(evaluate(instrs, index, values, [0.75]));
    });
    if (small) await checkLoosely(shape, instrs, values);
  });

  /** Rounding may tip floor, sign and comparisons: few elements may differ. */
  async function checkLoosely(shape: Shape, instrs: readonly Instr[], values: readonly Value[]) {
    const last = instrs.length - 1;
    const extra = last - 2;
    const kernel = mapKernel(shape, instrs, [
      [2, last],
      [3, extra],
    ]);
    const all = [...values, output(sizeOf(shape)), output(sizeOf(shape), instrs[extra].dtype)];
    const results = await runKernels(backend, [kernel], all, [{ dtype: "float32", value: 0.75 }]);
    let different = 0;
    forEachIndex(shape, (index, flat) => {
      const want = evaluate(instrs, index, values, [0.75]);
      for (const [stored, step] of [
        [2, last],
        [3, extra],
      ]) {
        if (!(Math.abs(results[stored][flat] - want[step]) <= 1e-3 * Math.max(1, Math.abs(want[step]))))
          different++;
      }
    });
    expect(different).toBeLessThanOrEqual(Math.ceil(sizeOf(shape) * 0.01));
  }
});
