import { expect, test } from "vitest";
import type { DType } from "../../src/base/dtype.ts";
import { type Shape, sizeOf } from "../../src/base/shape.ts";
import type { Instr, MapKernel, Store } from "../../src/kernel/types.ts";
import type { BinaryName, ElementwiseName } from "../../src/ops/elementwise/names.ts";
import { ELEMENTWISE } from "../../src/ops/elementwise/table.ts";
import {
  allocate,
  common,
  dense,
  describeWebGpu,
  expectClose,
  indicesOf,
  load,
  noise,
  runKernel,
  step,
} from "./harness.ts";

const SPECIAL = [
  0,
  -0,
  1,
  -1,
  0.5,
  -2.5,
  3.5,
  1e-7,
  -1e-3,
  20,
  -30,
  87,
  -100,
  1e20,
  Infinity,
  -Infinity,
  NaN,
];

type Comparison = "eq" | "ne" | "lt" | "le" | "gt" | "ge";
type Bitwise = "and" | "or" | "xor" | "shl" | "shr";

const namesOf = <T extends object>(table: T) => Object.keys(table) as (keyof T)[];

function mapOf(shape: Shape, instrs: Instr[], stores: Store[], inputs: number[]): MapKernel {
  const outputs = [...new Set(stores.map(({ output }) => output))];
  return { kind: "map", ...common(inputs, outputs), shape, program: { instrs, stores } };
}

const float = Math.fround;
const erf = (x: number): number => {
  if (!Number.isFinite(x)) return Math.sign(x);
  // Simpson's rule is exact enough for a test.
  const [n, to] = [4000, Math.min(Math.abs(x), 6)];
  let sum = 0;
  for (let i = 0; i <= n; i++) {
    sum += (i === 0 || i === n ? 1 : i % 2 ? 4 : 2) * Math.exp(-(((to * i) / n) ** 2));
  }
  return (Math.sign(x) * sum * to * 2) / (3 * n * Math.sqrt(Math.PI));
};
const halfEven = (x: number) => {
  const floor = Math.floor(x);
  return x - floor === 0.5 ? (floor % 2 === 0 ? floor : floor + 1) : Math.round(x);
};

/** Rows of one float. */
const UNARY = Object.values(ELEMENTWISE).flatMap((row) =>
  row.operands === 1 && row.accepts !== "integer" && row.name !== "isNaN" && !/cast$/.test(row.name)
    ? [row]
    : [],
);
/** Where WGSL promises less than the table, or the table's own numbers need a second opinion. */
const OWN: Partial<Record<ElementwiseName, (x: number) => number>> = {
  sin: (x) => (Math.abs(x) < 1e5 ? Math.sin(x) : NaN),
  cos: (x) => (Math.abs(x) < 1e5 ? Math.cos(x) : NaN),
  erf: (x) => (Number.isNaN(x) ? NaN : erf(x)),
  round: halfEven,
};

const BINARY: Record<Exclude<BinaryName, Comparison | Bitwise>, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  rem: (a, b) => a % b,
  // Unlike JavaScript, C says 1 for a base of 1.
  pow: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b),
  max: Math.max,
  min: Math.min,
};

const COMPARE: Record<Comparison, (a: number, b: number) => boolean> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
};

describeWebGpu("map kernels", (backend) => {
  // 17 elements take the scalar path, 20 the vec4 path.
  for (const pad of [0, 3]) {
    const x = [...SPECIAL, ...new Array<number>(pad).fill(0.25)].map(float);
    const n = x.length;
    const view = dense([n]);

    test.each(UNARY)(`$name of ${n} floats`, async ({ name, js }) => {
      const meaning: (x: number) => number = OWN[name] ?? js;
      const kernel = mapOf([n], [load(0, view), step(name, [0])], [{ output: 1, value: 1 }], [0]);
      const data =
        name === "sin" || name === "cos" ? x.map((v) => (Math.abs(v) === float(1e20) ? 1e4 : v)) : x;
      const [y] = await runKernel(kernel, [{ data }], [{ size: n }]);
      expectClose(
        y,
        data.map((v) => float(meaning(v))),
        2e-6,
      );
    });

    test.each(namesOf(BINARY))(`%s of all pairs of ${n}`, async (name) => {
      const kernel = mapOf(
        [n, n],
        [
          load(0, { offset: 0, strides: [1, 0] }),
          load(0, { offset: 0, strides: [0, 1] }),
          step(name, [0, 1]),
        ],
        [{ output: 1, value: 2 }],
        [0],
      );
      const data = name === "rem" ? x.map((v) => (Math.abs(v) === float(1e20) ? 1234.5 : v)) : x;
      const [y] = await runKernel(kernel, [{ data }], [{ size: n * n }]);
      const expected = data.flatMap((a) => data.map((b) => float(BINARY[name](a, b))));
      // Quotients above 2^24 are beyond what rem promises.
      const skip = data.flatMap((a) =>
        data.map((b) => name === "rem" && Math.abs(a / b) > 2 ** 24 && b !== 0),
      );
      expectClose(
        y.filter((_, i) => !skip[i] || !Number.isFinite(expected[i])),
        expected.filter((_, i) => !skip[i] || !Number.isFinite(expected[i])),
        3e-6,
      );
    });

    test(`comparisons and isNaN of ${n}`, async () => {
      const names = namesOf(COMPARE);
      const kernel = mapOf(
        [n, n],
        [
          load(0, { offset: 0, strides: [1, 0] }),
          load(0, { offset: 0, strides: [0, 1] }),
          ...names.map((name) => step(name, [0, 1], "bool")),
          step("isNaN", [0], "bool"),
        ],
        [...names, "isNaN"].map((_, i) => ({ output: i + 1, value: i + 2 })),
        [0],
      );
      const bools = [...names, "isNaN"].map(() => ({ dtype: "bool", size: n * n }) as const);
      const results = await runKernel(kernel, [{ data: x }], bools);
      const pairs = x.flatMap((a) => x.map((b) => [a, b]));
      names.forEach((name, i) => {
        expect(Array.from(results[i]), name).toEqual(pairs.map(([a, b]) => Number(COMPARE[name](a, b))));
      });
      expect(Array.from(results[names.length])).toEqual(pairs.map(([a]) => Number(Number.isNaN(a))));
    });
  }

  const INTS = [0, 1, -1, 2, -7, 31, 33, 2147483647, -2147483648, 100003, -65536, 5];
  const INTEGER: Record<Exclude<BinaryName, Comparison | "shr" | "pow">, (a: number, b: number) => number> = {
    add: (a, b) => a + b,
    sub: (a, b) => a - b,
    mul: Math.imul,
    div: (a, b) => (b === 0 ? 0 : Math.trunc(a / b)),
    rem: (a, b) => (b === 0 ? 0 : a % b),
    max: Math.max,
    min: Math.min,
    and: (a, b) => a & b,
    or: (a, b) => a | b,
    xor: (a, b) => a ^ b,
    shl: (a, b) => a << b,
  };

  test.each(["int32", "uint32"] as const)("%s arithmetic", async (dtype) => {
    const signed = dtype === "int32";
    const wrap = (v: number) => (signed ? v | 0 : v >>> 0);
    const data = INTS.map(wrap);
    const table: Record<Exclude<BinaryName, Comparison | "pow">, (a: number, b: number) => number> = {
      ...INTEGER,
      shr: (a, b) => (signed ? a >> b : a >>> b),
    };
    const names = namesOf(table);
    const unary = { neg: (v: number) => -v, abs: Math.abs, sign: Math.sign, not: (v: number) => ~v };
    const n = data.length;
    for (let from = 0; from < names.length; from += 8) {
      const some = names.slice(from, from + 8);
      const kernel = mapOf(
        [n, n],
        [
          load(0, { offset: 0, strides: [1, 0] }, dtype),
          load(0, { offset: 0, strides: [0, 1] }, dtype),
          ...some.map((name) => step(name, [0, 1], dtype)),
        ],
        some.map((_, i) => ({ output: i + 1, value: i + 2 })),
        [0],
      );
      const sizes = some.map(() => ({ dtype, size: n * n }) as const);
      const results = await runKernel(kernel, [{ dtype, data }], sizes);
      some.forEach((name, i) => {
        const expected = data.flatMap((a) => data.map((b) => wrap(table[name](a, b))));
        expect(Array.from(results[i]), name).toEqual(expected);
      });
    }
    const steps = namesOf(unary).map((name) => step(name, [0], dtype));
    const stores = steps.map((_, i) => ({ output: i + 1, value: i + 1 }));
    const outputs = steps.map(() => ({ dtype, size: n }) as const);
    const kernel = mapOf([n], [load(0, dense([n]), dtype), ...steps], stores, [0]);
    const results = await runKernel(kernel, [{ dtype, data }], outputs);
    Object.values(unary).forEach((f, i) => {
      expect(Array.from(results[i])).toEqual(data.map((v) => wrap(f(v))));
    });
  });

  test("casts saturate, NaN becomes 0, bool is x ≠ 0", async () => {
    const x = [0, -0.9, 1.7, -3.5, 3e9, -3e9, 5e9, NaN, Infinity, -Infinity, 2147483520, 1e-30].map(float);
    const n = x.length;
    const to: DType[] = ["int32", "uint32", "bool"];
    const kernel = mapOf(
      [n],
      [
        load(0, dense([n])),
        ...to.map((dtype) => step("cast", [0], dtype)),
        step("cast", [3], "float32"),
        step("bitcast", [0], "uint32"),
      ],
      [1, 2, 3, 4, 5].map((value) => ({ output: value, value })),
      [0],
    );
    const outputs = [...to, "float32" as const, "uint32" as const].map((dtype) => ({ dtype, size: n }));
    const [ints, words, bools, floats, bits] = await runKernel(kernel, [{ data: x }], outputs);
    const clamp = (v: number, low: number, high: number) =>
      Number.isNaN(v) ? 0 : Math.trunc(Math.min(Math.max(v, low), high)) + 0;
    expect(Array.from(ints)).toEqual(x.map((v) => clamp(v, -(2 ** 31), 2 ** 31 - 1)));
    expect(Array.from(words)).toEqual(x.map((v) => clamp(v, 0, 2 ** 32 - 1)));
    expect(Array.from(bools)).toEqual(x.map((v) => Number(v !== 0)));
    expect(Array.from(floats)).toEqual(x.map((v) => Number(v !== 0)));
    expect(Array.from(bits)).toEqual(Array.from(new Uint32Array(new Float32Array(x).buffer)));
  });

  test("views: permuted, flipped, broadcast, padded, sliced; stores into a slice", async () => {
    const shape = [3, 5, 4];
    const x = noise(60);
    const padded = {
      offset: -5,
      strides: [20, 4, 1],
      bounds: {
        ranges: [
          [0, 3],
          [1, 4],
          [1, 4],
        ],
        fill: -Infinity,
      },
    } as const;
    const kernel = mapOf(
      shape,
      [
        load(0, { offset: 0, strides: [1, 3, 15] }),
        load(0, { offset: 59, strides: [-20, -4, -1] }),
        load(0, { offset: 2, strides: [0, 7, 0] }),
        load(0, padded),
        { op: "index", dtype: "int32", map: { offset: 100, strides: [-20, 2, 3] } },
        step("add", [0, 1]),
        step("add", [5, 2]),
      ],
      [
        { output: 1, value: 6 },
        { output: 2, value: 3 },
        { output: 3, value: 4 },
        { output: 4, value: 0, map: { offset: 2, strides: [40, 8, 2] } },
      ],
      [0],
    );
    const [sum, pad, index, sparse] = await runKernel(
      kernel,
      [{ data: x }],
      [{ size: 60 }, { size: 60 }, { size: 60, dtype: "int32" }, { size: 130 }],
    );
    const at = indicesOf(shape);
    expectClose(
      sum,
      at.map(([a, b, c]) => x[a + 3 * b + 15 * c] + x[59 - 20 * a - 4 * b - c] + x[2 + 7 * b]),
    );
    const inside = ([, b, c]: number[]) => b >= 1 && b < 4 && c >= 1;
    expectClose(
      pad,
      at.map((p) => (inside(p) ? x[-5 + 20 * p[0] + 4 * p[1] + p[2]] : -Infinity)),
    );
    expect(Array.from(index)).toEqual(at.map(([a, b, c]) => 100 - 20 * a + 2 * b + 3 * c));
    at.forEach(([a, b, c]) => {
      expect(sparse[2 + 40 * a + 8 * b + 2 * c]).toBe(x[a + 3 * b + 15 * c]);
    });
  });

  test("a view without any element reads its fill", async () => {
    const view = { offset: 0, strides: [1], bounds: { ranges: [[2, 2]], fill: 7 } } as const;
    const kernel = mapOf([5], [load(0, view)], [{ output: 1, value: 0 }], [0]);
    const [y] = await runKernel(kernel, [{ data: [1] }], [{ size: 5 }]);
    expect(Array.from(y)).toEqual([7, 7, 7, 7, 7]);
  });

  test("where, logic and constants", async () => {
    const a = [1, 0, 1, 0];
    const b = [1, 1, 0, 0];
    const kernel = mapOf(
      [4],
      [
        load(0, dense([4]), "bool"),
        load(1, dense([4]), "bool"),
        step("and", [0, 1], "bool"),
        step("xor", [0, 1], "bool"),
        step("not", [0], "bool"),
        { op: "const", dtype: "float32", value: -Infinity },
        { op: "const", dtype: "float32", value: 0.1 },
        step("where", [2, 5, 6]),
        step("or", [0, 1], "bool"),
      ],
      [3, 4, 7, 8].map((value, i) => ({ output: i + 2, value })),
      [0, 1],
    );
    const bool = { dtype: "bool", size: 4 } as const;
    const [xor, not, where, or] = await runKernel(
      kernel,
      [
        { dtype: "bool", data: a },
        { dtype: "bool", data: b },
      ],
      [bool, bool, { size: 4 }, bool],
    );
    expect(Array.from(xor)).toEqual([0, 1, 1, 0]);
    expect(Array.from(not)).toEqual([0, 1, 0, 1]);
    expect(Array.from(where)).toEqual([-Infinity, float(0.1), float(0.1), float(0.1)]);
    expect(Array.from(or)).toEqual([1, 1, 1, 0]);
  });

  test.each([7, 8])("random bits are Philox 4x32-10 (%i elements)", async (n) => {
    const scalars = [0x243f6a88, 0x85a308d3, 5].map((value) => ({ dtype: "uint32", value }) as const);
    const keys = [0, 1, 2].map((slot): Instr => ({ op: "scalar", dtype: "uint32", slot }));
    const kernel = mapOf(
      [n],
      [...keys, { op: "random", dtype: "uint32", map: { offset: 4, strides: [1] }, args: [0, 1, 2] }],
      [{ output: 0, value: 3 }],
      [],
    );
    const [bits] = await runKernel(kernel, [], [{ dtype: "uint32", size: n }], scalars);
    const expected = Array.from({ length: n }, (_, i) => philox(i + 4, 0x243f6a88, 0x85a308d3, 5));
    expect(Array.from(bits)).toEqual(expected);
  });

  test("two executions with other scalars and bindings, more scalars than immediates hold", async () => {
    const count = 20;
    const slots = Array.from(
      { length: count },
      (_, slot): Instr => ({ op: "scalar", dtype: "float32", slot }),
    );
    const sums = slots.map((_, i) => step("add", [i === 0 ? count : count + i, i]));
    const kernel = mapOf(
      [3],
      [...slots, load(0, dense([3])), ...sums],
      [{ output: 1, value: 2 * count }],
      [0],
    );
    const segment = {
      kernels: [kernel],
      values: [
        { dtype: "float32", size: 3 },
        { dtype: "float32", size: 3 },
      ],
      scalars: slots.map(() => "float32" as const),
    } as const;
    const executable = await backend.compile(segment);
    for (const seed of [1, 2]) {
      const bind = [allocate(backend, 3), allocate(backend, 3)];
      backend.upload(bind[0], new Float32Array([seed, 2, 3]));
      backend.execute(
        executable,
        bind,
        slots.map((_, i) => i * seed),
      );
      const result = new Float32Array(3);
      await backend.download(bind[1], result);
      expect(Array.from(result)).toEqual([seed + 190 * seed, 2 + 190 * seed, 3 + 190 * seed]);
    }
    backend.release(executable);
  });

  test("updates a value in place and folds a large grid", async () => {
    const n = 3 * 128 * 32768 + 1;
    const kernel = mapOf(
      [n],
      [{ op: "index", dtype: "int32", map: dense([n]) }],
      [{ output: 0, value: 0 }],
      [],
    );
    const [y] = await runKernel(kernel, [], [{ dtype: "int32", size: n }]);
    expect(y[n - 1]).toBe(n - 1);
    expect(y[n >> 1]).toBe(n >> 1);

    const inPlace = mapOf([5], [load(0, dense([5])), step("mul", [0, 0])], [{ output: 0, value: 1 }], [0]);
    const segment = {
      kernels: [inPlace, inPlace],
      values: [{ dtype: "float32", size: 5 }],
      scalars: [],
    } as const;
    const executable = await backend.compile(segment);
    const bind = [allocate(backend, 5)];
    backend.upload(bind[0], new Float32Array([1, 2, 3, -1, NaN]));
    backend.execute(executable, bind, []);
    const result = new Float32Array(5);
    await backend.download(bind[0], result);
    expect(Array.from(result)).toEqual([1, 16, 81, 1, NaN]);
  });

  test("values at different offsets of one buffer", async () => {
    const kernel = mapOf([4], [load(0, dense([4])), step("neg", [0])], [{ output: 1, value: 1 }], [0]);
    const values = [0, 1].map(() => ({ dtype: "float32", size: sizeOf([4]) }) as const);
    const executable = await backend.compile({ kernels: [kernel], values, scalars: [] });
    const buffer = backend.alloc(1024);
    const bind = [0, 512].map((offset) => ({ buffer, offset, bytes: 16 }));
    backend.upload(bind[0], new Float32Array([1, 2, 3, 4]));
    backend.execute(executable, bind, []);
    const result = new Float32Array(4);
    await backend.download(bind[1], result);
    expect(Array.from(result)).toEqual([-1, -2, -3, -4]);
    expect(() => backend.execute(executable, [bind[0], bind[0]], [])).toThrow(/overlaps/);
  });
});

function philox(index: number, key0: number, key1: number, counter: number): number {
  const product = (a: number, b: number) => BigInt(a) * BigInt(b);
  let [x, y, z, w] = [index >>> 2, 0, counter, 0];
  let [k0, k1] = [key0, key1];
  for (let round = 0; round < 10; round++) {
    const p = product(0xd2511f53, x);
    const q = product(0xcd9e8d57, z);
    [x, y, z, w] = [
      (Number(q >> 32n) ^ y ^ k0) >>> 0,
      Number(q & 0xffffffffn),
      (Number(p >> 32n) ^ w ^ k1) >>> 0,
      Number(p & 0xffffffffn),
    ];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [x, y, z, w][index & 3];
}
