/** A valid segment with one thing wrong: each is rejected with the rule that it breaks. */
import { describe, expect, it } from "vitest";
import * as h from "../../src/index.ts";
import type {
  ConvKernel,
  GatherKernel,
  Instr,
  Kernel,
  MapKernel,
  MatmulKernel,
  PoolKernel,
  Program,
  ReduceKernel,
  Segment,
  SortKernel,
  ValueSpec,
} from "../../src/kernel/types.ts";
import { verifySegment } from "../../src/kernel/verify/segment.ts";
import { currentDevice } from "../../src/runtime/devices.ts";
import { windowOf } from "../support/window.ts";

const base = { label: "test", flops: 0, bytes: 0 };
const floats = (...sizes: number[]): ValueSpec[] => sizes.map((size) => ({ dtype: "float32", size }));
const load = (input: number, strides: readonly number[], offset = 0): Instr => ({
  op: "load",
  dtype: "float32",
  input,
  view: { offset, strides },
});
const step = (name: string, args: readonly number[], dtype: h.DType = "float32"): Instr =>
  ({ op: "map", name, args, dtype }) as Instr;
const raw = (output: number): Program => ({
  instrs: [{ op: "acc", dtype: "float32" }],
  stores: [{ output, value: 0 }],
});

interface Parts<K extends Kernel> {
  readonly kernel: K;
  readonly values: readonly ValueSpec[];
  readonly scalars: Segment["scalars"];
}

const segmentOf = <K extends Kernel>({ kernel, values, scalars }: Parts<K>): Segment => ({
  kernels: [kernel],
  values,
  scalars,
});

/** b[i, j] += a[j] · scalar, over [2, 3]. */
const map: Parts<MapKernel> = {
  values: floats(3, 6),
  scalars: ["float32"],
  kernel: {
    ...base,
    kind: "map",
    shape: [2, 3],
    inputs: [0, 1],
    outputs: [1],
    program: {
      instrs: [
        load(0, [0, 1]),
        { op: "scalar", slot: 0, dtype: "float32" },
        step("mul", [0, 1]),
        load(1, [3, 1]),
        step("add", [3, 2]),
      ],
      stores: [{ output: 1, value: 4 }],
    },
  },
};

const reduce: Parts<ReduceKernel> = {
  values: floats(24, 8),
  scalars: [],
  kernel: {
    ...base,
    kind: "reduce",
    op: "sum",
    dtype: "float32",
    shape: [2, 3, 4],
    axes: [1],
    prologue: [load(0, [12, 4, 1])],
    value: 0,
    inputs: [0],
    outputs: [1],
    epilogue: raw(1),
  },
};

const matmul: Parts<MatmulKernel> = {
  values: floats(2 * 3 * 4, 4 * 5, 2 * 3 * 5),
  scalars: [],
  kernel: {
    ...base,
    kind: "matmul",
    dtype: "float32",
    batch: [2],
    m: 3,
    n: 5,
    k: 4,
    a: { input: 0, offset: 0, rowStride: 4, transposed: false, batchStrides: [12] },
    b: { input: 1, offset: 0, rowStride: 5, transposed: false, batchStrides: [0] },
    inputs: [0, 1],
    outputs: [2],
    epilogue: raw(2),
  },
};

const conv: Parts<ConvKernel> = {
  values: floats(5 * 5 * 4, 3 * 3 * 2 * 4, 3 * 3 * 4),
  scalars: [],
  kernel: {
    ...base,
    kind: "conv",
    window: windowOf({ size: [5, 5], channels: [4, 4], groups: 2, kernel: [3, 3] }),
    inputs: [0, 1],
    outputs: [2],
    epilogue: raw(2),
  },
};

const pool: Parts<PoolKernel> = {
  values: floats(4 * 4 * 3, 2 * 2 * 3),
  scalars: [],
  kernel: {
    ...base,
    kind: "pool",
    op: "max",
    window: windowOf({ size: [4, 4], channels: [3, 3], groups: 3, kernel: [2, 2], strides: [2, 2] }),
    inputs: [0],
    outputs: [1],
    epilogue: raw(1),
  },
};

const gather: Parts<GatherKernel> = {
  values: [...floats(2 * 5 * 3), { dtype: "int32", size: 4 }, ...floats(2 * 4 * 3)],
  scalars: [],
  kernel: {
    ...base,
    kind: "gather",
    dtype: "float32",
    along: false,
    outer: 2,
    length: 5,
    inner: 3,
    count: 4,
    inputs: [0, 1],
    outputs: [2],
  },
};

const sort: Parts<SortKernel> = {
  values: [...floats(24, 24), { dtype: "int32", size: 24 }],
  scalars: [],
  kernel: {
    ...base,
    kind: "sort",
    descending: false,
    dtype: "float32",
    outer: 2,
    length: 4,
    inner: 3,
    inputs: [0],
    outputs: [1, 2],
  },
};

const valid = { map, reduce, matmul, conv, pool, gather, sort };

/** The map with another step. */
const withStep = (at: number, instr: Instr): MapKernel => ({
  ...map.kernel,
  program: {
    ...map.kernel.program,
    instrs: map.kernel.program.instrs.map((old, i) => (i === at ? instr : old)),
  },
});
const withStores = (...stores: Program["stores"]): MapKernel => ({
  ...map.kernel,
  program: { ...map.kernel.program, stores },
});
const padded = (low: number, high: number): Instr => ({
  op: "load",
  dtype: "float32",
  input: 0,
  view: {
    offset: -1,
    strides: [0, 1],
    bounds: {
      ranges: [
        [0, 2],
        [low, high],
      ],
      fill: 0,
    },
  },
});

type Mutation = readonly [name: string, segment: Segment, rule: string];
const of = <K extends Kernel>(
  name: string,
  parts: Parts<K>,
  change: Partial<Parts<K>>,
  rule: string,
): Mutation => [name, segmentOf({ ...parts, ...change }), rule];
const kernel = <K extends Kernel>(
  name: string,
  parts: Parts<K>,
  change: Partial<K>,
  rule: string,
): Mutation => of(name, parts, { kernel: { ...parts.kernel, ...change } }, rule);
const swap = (name: string, change: MapKernel, rule: string): Mutation =>
  of(name, map, { kernel: change }, rule);

const MUTATIONS: readonly Mutation[] = [
  kernel("an id out of range", map, { inputs: [0, 1, 2] }, "there is no value 2 among 2"),
  kernel(
    "an input that nothing reads",
    reduce,
    { inputs: [0, 1] },
    "inputs [0,1] are not the values used: [0]",
  ),
  kernel(
    "an output that nothing stores",
    map,
    { outputs: [0, 1] },
    "outputs [0,1] are not the values used: [1]",
  ),
  of("half an element", map, { values: floats(3, 6.5) }, "value 1 is no array"),
  swap(
    "a view off by one",
    withStep(0, load(0, [0, 1], 1)),
    "step 0 (load): a view reaches elements 1 to 3 of 3",
  ),
  swap("a view before the start", withStep(0, load(0, [0, -1], 1)), "reaches elements -1 to 1 of 3"),
  swap("a view of another rank", withStep(0, load(0, [1])), "needs as many strides"),
  swap("bounds that let the padding in", withStep(0, padded(0, 3)), "reaches elements -1 to 1 of 3"),
  swap(
    "a step that reads itself",
    withStep(2, step("mul", [0, 2])),
    "may read earlier steps only: got [0,2]",
  ),
  swap("a row with an operand missing", withStep(2, step("mul", [0])), "[mul] expects 2 operands: got 1"),
  swap("a row of another dtype", withStep(2, step("and", [0, 1])), "[and] expects"),
  swap(
    "a comparison that yields floats",
    withStep(2, step("lt", [0, 1])),
    "step 2 (lt): yields bool: got float32",
  ),
  of("a scalar of another dtype", map, { scalars: ["int32"] }, "step 1 (scalar): yields int32: got float32"),
  of("a scalar that there is not", map, { scalars: [] }, "no scalar 0"),
  swap("a result without a reduction", withStep(0, { op: "acc", dtype: "float32" }), "inputs [0,1] are not"),
  swap("in place with a shifted view", withStep(3, load(1, [3, 0], 1)), "must be read as it is written"),
  swap("in place with a turned view", withStep(3, load(1, [3, -1], 2)), "must be read as it is written"),
  swap(
    "in place through a map",
    withStores({ output: 1, value: 4, map: { offset: 0, strides: [3, 1] } }),
    "must be stored densely",
  ),
  swap("two stores to a value", withStores({ output: 1, value: 4 }, { output: 1, value: 2 }), "stores twice"),
  swap(
    "a store that meets itself",
    withStores({ output: 1, value: 4, map: { offset: 0, strides: [1, 1] } }),
    "two indices store",
  ),
  swap(
    "a store beyond the end",
    withStores({ output: 1, value: 4, map: { offset: 1, strides: [3, 1] } }),
    "reaches elements 1 to 6 of 6",
  ),
  swap("a store of no step", withStores({ output: 1, value: 5 }), "there is no step 5"),
  of(
    "a dense store to a larger value",
    map,
    { values: floats(3, 7) },
    "stores 6 elements densely to value 1 of 7",
  ),
  of(
    "a store of another dtype",
    reduce,
    { values: [...floats(24), { dtype: "int32", size: 8 }] },
    "holds int32: got float32",
  ),
  kernel("axes out of order", reduce, { axes: [2, 1] }, "must be sorted: got [2,1]"),
  kernel("an axis too many", reduce, { axes: [3] }, "must be sorted: got [3]"),
  kernel("a reduction of another step", reduce, { value: 1 }, "reduces float32: got undefined"),
  kernel("an epilogue of another dtype", reduce, { dtype: "int32" }, "reduces int32: got float32"),
  kernel(
    "a reduction over its own input",
    reduce,
    { outputs: [0], epilogue: raw(0) },
    "value 0 is overwritten while it is still to be read",
  ),
  kernel(
    "a longer row",
    matmul,
    { a: { ...matmul.kernel.a, rowStride: 5 } },
    "operand a: a view reaches elements 0 to 25 of 24",
  ),
  kernel("rows that overlap", matmul, { b: { ...matmul.kernel.b, rowStride: 4 } }, "rows of 5 overlap"),
  kernel(
    "another layout",
    matmul,
    { b: { ...matmul.kernel.b, transposed: true } },
    "operand b: a view reaches elements 0 to 23 of 20",
  ),
  kernel(
    "a batch stride missing",
    matmul,
    { a: { ...matmul.kernel.a, batchStrides: [] } },
    "needs as many strides",
  ),
  kernel("a product over its operand", matmul, { outputs: [0], epilogue: raw(0) }, "is overwritten while"),
  kernel(
    "a wrong window",
    conv,
    { window: { ...conv.kernel.window, outWidth: 4 } },
    "has 3 positions: got 4",
  ),
  kernel(
    "channels that do not divide",
    conv,
    { window: { ...conv.kernel.window, groups: 3 } },
    "do not divide into 3 groups",
  ),
  of(
    "a kernel of another size",
    conv,
    { values: floats(100, 71, 36) },
    "value 1 must be 72 × float32: got 71",
  ),
  kernel("an operand missing", conv, { inputs: [0] }, "takes 2 inputs: got [0]"),
  kernel(
    "pooling over channels",
    pool,
    { window: { ...pool.kernel.window, groups: 1 } },
    "pools each channel by itself",
  ),
  of("float indices", gather, { values: floats(30, 4, 24) }, "value 1 must be 4 × int32"),
  kernel("more indices", gather, { count: 5 }, "value 1 must be 5 × int32"),
  kernel("an output missing", sort, { outputs: [1] }, "takes 1 inputs and 2 outputs"),
  kernel("a longer line", sort, { length: 5 }, "value 0 must be 30 × float32: got 24"),
  kernel("a negative length", sort, { length: -4 }, "length is no count: got -4"),
];

describe("verifySegment", () => {
  it.each(Object.keys(valid) as (keyof typeof valid)[])("accepts a valid %s", (name) => {
    expect(() => verifySegment(segmentOf<Kernel>(valid[name]))).not.toThrow();
  });

  it("accepts empty views", () => {
    const empty: Parts<MapKernel> = {
      ...map,
      values: floats(3, 0),
      kernel: { ...map.kernel, shape: [0, 3] },
    };
    expect(() => verifySegment(segmentOf(empty))).not.toThrow();
  });

  it.each(MUTATIONS)("rejects %s", (_, segment, rule) => {
    expect(() => verifySegment(segment)).toThrow(rule);
    expect(() => verifySegment(segment)).toThrow(/^\[verify\] .*please report this as a bug$/);
  });

  it("names the kernel", () => {
    const { kernels, values, scalars } = segmentOf(map);
    const wrong = { ...withStep(0, load(0, [0, 2])), label: "mul+add" };
    expect(() => verifySegment({ kernels: [...kernels, wrong], values, scalars })).toThrow(
      "[verify] kernel 1 (mul+add), step 0 (load): a view reaches elements 0 to 4 of 3",
    );
  });
});

describe("a backend", () => {
  const wrong = segmentOf({ ...map, kernel: withStep(0, load(0, [0, 2])) });
  it("refuses a segment that breaks a rule, in every test", async () => {
    await h.setDevice("wasm", { threads: 1 });
    expect(() => currentDevice().backend.compile(wrong)).toThrow("[verify] kernel 0 (test)");
  });
});
