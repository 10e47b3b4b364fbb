/** Every elementwise row against its float64 meaning, and the error of the transcendental functions in ULP. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWasmBackend, type WasmBackend } from "../../src/backends/wasm/index.ts";
import type { DType } from "../../src/base/dtype.ts";
import type { BinaryName, ElementwiseName, UnaryName } from "../../src/ops/elementwise/names.ts";
import { ELEMENTWISE } from "../../src/ops/elementwise/table.ts";
import { input, load, map, mapKernel, noise, output, runKernels } from "./harness.ts";

let backend: WasmBackend;
let plain: WasmBackend;
beforeAll(async () => {
  backend = await createWasmBackend({ threads: 1 });
  plain = await createWasmBackend({ threads: 1, relaxed: false });
});
afterAll(() => {
  backend.close();
  plain.close();
});

/** Applies row `name` to columns of operands. */
async function apply(
  name: ElementwiseName,
  result: DType,
  operands: readonly (readonly [DType, ArrayLike<number>])[],
  on = backend,
) {
  const size = operands[0][1].length;
  const instrs = operands.map(([dtype], i) => load(i, [size], dtype));
  instrs.push(
    map(
      name,
      operands.map((_, i) => i),
      result,
    ),
  );
  const values = [...operands.map(([dtype, data]) => input(data, dtype)), output(size, result)];
  const kernel = mapKernel([size], instrs, [[operands.length, operands.length]]);
  const results = await runKernels(on, [kernel], values);
  return results[operands.length];
}

const SPECIAL = [0, -0, 1, -1, 0.5, -0.5, 2, -2, 1e-40, -1e-40, 1e-30, 3e38, -3e38, Infinity, -Infinity, NaN];
const floats = [...SPECIAL, ...noise(200, 3), ...noise(50, 100, 3)].map(Math.fround);
const ints = [
  0,
  1,
  -1,
  2,
  -2,
  3,
  7,
  -7,
  31,
  32,
  33,
  2 ** 31 - 1,
  -(2 ** 31),
  ...noise(60, 50).map(Math.round),
];
const uints = ints.map((x) => x >>> 0);
const bools = [0, 1, 1, 0, 1];

/** All pairs of the first few, then neighbours. */
function pairs(values: readonly number[]): [number[], number[]] {
  const few = values.slice(0, 16);
  const a = few.flatMap((x) => few.map(() => x));
  const b = few.flatMap(() => few);
  return [
    [...a, ...values],
    [...b, ...values.slice(1), values[0]],
  ];
}

function ulps(got: number, want: number): number {
  const exact = Math.fround(want);
  if (Object.is(got, exact) || (Number.isNaN(got) && Number.isNaN(want))) return 0;
  if (!Number.isFinite(got) || !Number.isFinite(exact)) {
    // Rounding at the edge of the range may go either way.
    return Math.abs(want) > 3.4028e38 && Math.abs(got) > 3.4028e38 ? 0.5 : Infinity;
  }
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(want) || 2 ** -126)));
  return Math.abs(got - want) / 2 ** (exponent - 23);
}

function expectClose(
  got: ArrayLike<number>,
  want: readonly number[],
  limit: number,
  about: (i: number) => string,
) {
  for (let i = 0; i < want.length; i++) {
    const error = ulps(got[i], want[i]);
    if (!(error <= limit)) expect.fail(`${about(i)}: got ${got[i]}, want ${want[i]} (${error} ulp)`);
    if (want[i] === 0) expect(Object.is(got[i], want[i]), `sign of zero: ${about(i)}`).toBe(true);
  }
}

const erf = ELEMENTWISE.erf.js;
const rows = Object.values(ELEMENTWISE);
const takesFloats = ({ accepts }: { accepts: string }): boolean => accepts !== "integer";
const isUnary = (name: ElementwiseName): name is UnaryName =>
  ELEMENTWISE[name].operands === 1 && name !== "cast" && name !== "bitcast";
const isBinary = (name: ElementwiseName): name is BinaryName => ELEMENTWISE[name].operands === 2;
const floatRows = rows.filter(takesFloats).map(({ name }) => name);

it("names every row of the table by its key", () => {
  expect(rows.map(({ name }) => name)).toEqual(Object.keys(ELEMENTWISE));
});

describe("float rows", () => {
  it.each(floatRows.filter(isUnary))("%s", async (name) => {
    const js = name === "round" ? roundEven : ELEMENTWISE[name].js;
    const got = await apply(name, name === "isNaN" ? "bool" : "float32", [["float32", floats]]);
    expectClose(
      got,
      floats.map((x) => js(x)),
      3,
      (i) => `${name}(${floats[i]})`,
    );
  });

  it.each(floatRows.filter(isBinary))("%s", async (name) => {
    const js: (a: number, b: number) => number = ELEMENTWISE[name].js;
    const [a, b] = pairs(floats);
    const result: DType = ["eq", "ne", "lt", "le", "gt", "ge"].includes(name) ? "bool" : "float32";
    const got = await apply(name, result, [
      ["float32", a],
      ["float32", b],
    ]);
    const want = a.map((x, i) => (name === "pow" ? cPow(x, b[i]) : js(x, b[i])));
    expectClose(got, want, 1, (i) => `${name}(${a[i]}, ${b[i]})`);
  });
});

/** Adding and taking away 1.5 · 2^52 rounds to integers; the sign is x's, of a zero too. */
function roundEven(x: number): number {
  const rounded = Math.abs(x) < 2 ** 31 ? Math.abs(x) + 1.5 * 2 ** 52 - 1.5 * 2 ** 52 : Math.abs(x);
  return x < 0 || Object.is(x, -0) ? -rounded : rounded;
}

/** JavaScript says NaN where C says 1. */
const cPow = (x: number, y: number): number =>
  x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;

const INT: Record<Exclude<BinaryName, "pow" | "shr">, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => Math.imul(a, b),
  div: (a, b) => (b === 0 ? 0 : Math.trunc(a / b)),
  rem: (a, b) => (b === 0 ? 0 : a % b),
  max: Math.max,
  min: Math.min,
  eq: (a, b) => Number(a === b),
  ne: (a, b) => Number(a !== b),
  lt: (a, b) => Number(a < b),
  le: (a, b) => Number(a <= b),
  gt: (a, b) => Number(a > b),
  ge: (a, b) => Number(a >= b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b) => a << b,
};

describe.each([
  ["int32", ints, (x: number) => x | 0],
  ["uint32", uints, (x: number) => x >>> 0],
] as const)("%s rows", (dtype, values, wrap) => {
  const shr = (a: number, b: number): number => (dtype === "int32" ? a >> b : a >>> b);
  const table = { ...INT, shr };
  it.each(Object.keys(table) as (keyof typeof table)[])("%s", async (name) => {
    const f = table[name];
    const [a, b] = pairs([...values]);
    const result = ["eq", "ne", "lt", "le", "gt", "ge"].includes(name) ? "bool" : dtype;
    const got = await apply(name, result, [
      [dtype, a],
      [dtype, b],
    ]);
    a.forEach((x, i) => {
      expect(got[i], `${name}(${x}, ${b[i]})`).toBe(wrap(f(x, b[i])) + 0);
    });
  });

  it.each([
    ["neg", (x: number) => -x],
    ["abs", Math.abs],
    ["sign", Math.sign],
    ["not", (x: number) => ~x],
  ] as const)("%s", async (name, f) => {
    const got = await apply(name, dtype, [[dtype, values]]);
    expect([...got]).toEqual(values.map((x) => wrap(f(x)) + 0));
  });
});

describe("bool rows and choices", () => {
  it("is logical", async () => {
    expect([...(await apply("not", "bool", [["bool", bools]]))]).toEqual([1, 0, 0, 1, 0]);
    const other = [0, 0, 1, 1, 1];
    for (const [name, want] of [
      ["and", [0, 0, 1, 0, 1]],
      ["or", [0, 1, 1, 1, 1]],
      ["xor", [0, 1, 0, 1, 0]],
    ] as const) {
      expect([
        ...(await apply(name, "bool", [
          ["bool", bools],
          ["bool", other],
        ])),
      ]).toEqual(want);
    }
  });

  it("chooses by a condition", async () => {
    const got = await apply("where", "float32", [
      ["bool", bools],
      ["float32", [1, 2, 3, 4, 5]],
      ["float32", [9, 9, 9, 9, NaN]],
    ]);
    expect([...got]).toEqual([9, 2, 3, 9, 5]);
  });
});

describe("casts", () => {
  const cases: readonly [DType, DType, readonly number[], readonly number[]][] = [
    [
      "float32",
      "int32",
      [1.9, -1.9, NaN, 3e9, -3e9, Infinity],
      [1, -1, 0, 2 ** 31 - 1, -(2 ** 31), 2 ** 31 - 1],
    ],
    ["float32", "uint32", [1.9, -1.9, NaN, 3e9, 5e9, -Infinity], [1, 0, 0, 3e9, 2 ** 32 - 1, 0]],
    ["float32", "bool", [0, -0, 0.1, NaN, Infinity], [0, 0, 1, 1, 1]],
    ["int32", "float32", [0, -1, 16777217], [0, -1, 16777216]],
    ["uint32", "float32", [0, 4294967295], [0, 4294967296]],
    ["int32", "bool", [0, -5, 5], [0, 1, 1]],
    ["uint32", "bool", [0, 5], [0, 1]],
    ["bool", "float32", [0, 1], [0, 1]],
    ["bool", "int32", [0, 1], [0, 1]],
    ["int32", "uint32", [-1, 5], [4294967295, 5]],
    ["uint32", "int32", [4294967295, 5], [-1, 5]],
  ];
  it.each(cases)("%s to %s", async (from, to, values, want) => {
    expect([...(await apply("cast", to, [[from, values]]))]).toEqual(want);
  });

  it("bitcast keeps the bits", async () => {
    expect([...(await apply("bitcast", "int32", [["float32", [1, -0]]]))]).toEqual([0x3f800000, -(2 ** 31)]);
  });
});

describe("ULP", () => {
  /** Floats spread over the bits of [low, high]. */
  function sweep(low: number, high: number, count = 40_000): Float32Array {
    const bits = new Int32Array(Float32Array.of(low, high).buffer);
    const words = Int32Array.from(
      { length: count },
      (_, i) => bits[0] + Math.round(((bits[1] - bits[0]) * i) / (count - 1)),
    );
    return new Float32Array(words.buffer);
  }
  const both = (high: number, low = 1e-38): Float32Array => {
    const positive = sweep(low, high);
    return Float32Array.of(...positive, ...positive.map((x) => -x));
  };
  const line = (low: number, high: number): Float32Array =>
    Float32Array.from({ length: 40_000 }, (_, i) => low + ((high - low) * i) / 39_999);
  const cases: readonly [UnaryName, Float32Array, (x: number) => number][] = [
    ["exp", both(110), Math.exp],
    ["exp", line(-104, 89), Math.exp],
    ["expm1", both(90), Math.expm1],
    ["expm1", line(-3, 3), Math.expm1],
    ["log", sweep(1e-44, 3e38), Math.log],
    ["log", line(0.5, 2), Math.log],
    ["log1p", both(0.99999), Math.log1p],
    ["log1p", sweep(1e-40, 3e38), Math.log1p],
    ["log2", sweep(1e-44, 3e38), Math.log2],
    ["log2", line(0.5, 2), Math.log2],
    ["tanh", both(20), Math.tanh],
    ["tanh", line(-2, 2), Math.tanh],
    ["erf", both(8), erf],
    ["erf", line(-4, 4), erf],
    ["sin", both(1e4), Math.sin],
    ["sin", line(-10, 10), Math.sin],
    ["cos", both(1e4), Math.cos],
    ["cos", line(-10, 10), Math.cos],
    ["sin", sweep(1e4, 3e38), Math.sin],
    ["cos", sweep(1e4, 3e38), Math.cos],
    ["rsqrt", sweep(1e-40, 3e38), (x) => 1 / Math.sqrt(x)],
  ];
  it.each(cases)("%s", async (name, x, f) => {
    for (const on of [plain, backend]) {
      const got = await apply(name, "float32", [["float32", x]], on);
      let worst = 0;
      let at = 0;
      x.forEach((value, i) => {
        const error = ulps(got[i], f(value));
        if (!(error <= worst)) [worst, at] = [error, i];
      });
      if (process.env.ULP) process.stdout.write(`${name} ${worst}\n`);
      expect(worst, `${name}(${x[at]}) = ${got[at]}, not ${f(x[at])}`).toBeLessThanOrEqual(2.5);
    }
  });
});
