/** Shared by the tests of contractions and windows: random shapes, epilogues, and the two binaries to run on. */
import { afterAll, beforeAll, describe, expect } from "vitest";
import { createWasmBackend, type WasmBackend } from "../../src/backends/wasm/index.ts";
import type { KernelChoices } from "../../src/backends/wasm/lower/context.ts";
import type { Shape } from "../../src/base/shape.ts";
import type { Kernel, Program } from "../../src/kernel/types.ts";
import { constant, input, load, map, noise, output, runKernels } from "./harness.ts";

/** `body` on the plain binary with one thread and on the relaxed one with two. */
export function describeBinaries(
  name: string,
  body: (backend: () => WasmBackend) => void,
  kernels?: KernelChoices,
): void {
  describe.each([
    { relaxed: false, threads: 1 },
    { relaxed: true, threads: 2 },
  ])(`${name} (relaxed: $relaxed, threads: $threads)`, (options) => {
    let backend: WasmBackend;
    beforeAll(async () => {
      backend = await createWasmBackend({ ...options, kernels: { threads: "all", ...kernels } });
    });
    afterAll(() => backend.close());
    body(() => backend);
  });
}

/** A small generator of shapes: the same sequence in every run. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  next(): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) | 0;
    return (this.#state >>> 8) / 2 ** 24;
  }

  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)];
  }
}

/** An epilogue over `shape` and what it makes of the raw result. */
export interface Epilogue {
  readonly program: Program;
  /** Data of the values it adds as inputs, in order of their ids. */
  readonly inputs: readonly Float32Array[];
  expect(raw: number, index: number): number;
}

/** Stores the result as it is. `result` is the id of the output. */
export const plain = (result: number): Epilogue => ({
  program: { instrs: [{ op: "acc", dtype: "float32" }], stores: [{ output: result, value: 0 }] },
  inputs: [],
  expect: (raw) => raw,
});

/** max(result + bias, 0), with a bias per last axis as value `id`. */
export function biasRelu(result: number, id: number, shape: Shape): Epilogue {
  const columns = shape[shape.length - 1];
  const bias = noise(columns, 1, 5);
  const view = { offset: 0, strides: shape.map((_, d) => (d === shape.length - 1 ? 1 : 0)) };
  const instrs = [
    { op: "acc", dtype: "float32" } as const,
    load(id, shape, "float32", view),
    map("add", [0, 1]),
    constant(0),
    map("max", [2, 3]),
  ];
  return {
    program: { instrs, stores: [{ output: result, value: 4 }] },
    inputs: [bias],
    expect: (raw, index) => Math.max(raw + bias[index % columns], 0),
  };
}

/** result = result's old content + acc: the output is read, so the raw result may not lie there. */
export function addInPlace(result: number, shape: Shape): Epilogue {
  const instrs = [{ op: "acc", dtype: "float32" } as const, load(result, shape), map("add", [0, 1])];
  return {
    program: { instrs, stores: [{ output: result, value: 2 }] },
    inputs: [],
    expect: (raw) => 77 + raw,
  };
}

type Bare<K extends Kernel> = K extends Kernel
  ? Omit<K, "label" | "flops" | "bytes" | "inputs" | "outputs" | "epilogue">
  : never;

/**
 * Runs a contraction over `operands` (values 0, 1, …) whose output is the next value, and compares every element with
 * `expected`, up to `tolerance`.
 */
export async function check(
  backend: WasmBackend,
  kernel: Bare<Kernel>,
  operands: readonly ArrayLike<number>[],
  expected: ArrayLike<number>,
  tolerance: number,
  epilogue: Epilogue = plain(operands.length),
): Promise<void> {
  const result = operands.length;
  const loads = epilogue.program.instrs.flatMap((instr) => (instr.op === "load" ? [instr.input] : []));
  const inputs = [...new Set([...operands.keys(), ...loads])];
  const complete = {
    ...kernel,
    label: "test",
    flops: 0,
    bytes: 0,
    inputs,
    outputs: [result],
    epilogue: epilogue.program,
  };
  const values = [
    ...operands.map((data) => input(data)),
    output(expected.length),
    ...epilogue.inputs.map((data) => input(data)),
  ];
  const results = await runKernels(backend, [complete as Kernel], values);
  const want = Array.from(expected, epilogue.expect);
  const wrong = want.findIndex((value, i) => !isClose(results[result][i], value, tolerance));
  if (wrong >= 0) {
    expect.fail(
      `${describeKernel(kernel)}: [${wrong}] got ${results[result][wrong]}, expected ${want[wrong]}`,
    );
  }
}

const isClose = (got: number, want: number, tolerance: number): boolean =>
  Object.is(got, want) || got === want || Math.abs(got - want) <= tolerance;

const describeKernel = (kernel: object): string => JSON.stringify(kernel);

/** Error of a float32 sum of `terms` products of numbers in [−1, 1). */
export const sumTolerance = (terms: number): number => 1e-6 + 2e-6 * Math.sqrt(terms);
