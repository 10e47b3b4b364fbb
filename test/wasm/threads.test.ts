/** Several threads: the same bits as one, barriers where memory is shared, workers that die and kernels that trap. */
import { describe, expect, it } from "vitest";
import type { BufferView, KernelTiming } from "../../src/backends/types.ts";
import type { Run } from "../../src/backends/wasm/engine.ts";
import { createWasmBackend, type WasmBackend } from "../../src/backends/wasm/index.ts";
import type { LocalEngine } from "../../src/backends/wasm/local.ts";
import type { KernelChoices } from "../../src/backends/wasm/lower/context.ts";
import type { Kernel, ReduceKernel, Segment } from "../../src/kernel/types.ts";
import { dense, input, load, map, mapKernel, noise, output, runKernels } from "./harness.ts";

async function withBackend(
  threads: number,
  use: (backend: WasmBackend) => void | Promise<void>,
  kernels: KernelChoices = { threads: "all" },
): Promise<void> {
  const backend = await createWasmBackend({ threads, kernels });
  try {
    expect(await backend.engine.ready()).toBe(threads);
    await use(backend);
  } finally {
    backend.close();
  }
}

const [ROWS, COLUMNS] = [600, 300];
const SIZE = ROWS * COLUMNS;
const SHAPE = [ROWS, COLUMNS];
const base = { label: "test", flops: 0, bytes: 0 };

function sumOver(axes: readonly number[], from: number, to: number): ReduceKernel {
  const epilogue = { instrs: [{ op: "acc", dtype: "float32" } as const], stores: [{ output: to, value: 0 }] };
  const prologue = [load(from, SHAPE)];
  return {
    kind: "reduce",
    op: "sum",
    dtype: "float32",
    shape: SHAPE,
    axes,
    prologue,
    value: 0,
    epilogue,
    ...base,
    inputs: [from],
    outputs: [to],
  };
}

/** x → tanh, softmax, its transpose times itself, sums along both axes and over all. */
const chain: readonly Kernel[] = [
  mapKernel(SHAPE, [load(0, SHAPE), map("tanh", [0])], [[1, 1]]),
  { kind: "softmax", log: false, rows: ROWS, length: COLUMNS, ...base, inputs: [1], outputs: [2] },
  {
    ...{
      kind: "matmul",
      dtype: "float32",
      batch: [],
      m: COLUMNS,
      n: COLUMNS,
      k: ROWS,
      ...base,
      inputs: [1, 2],
      outputs: [3],
    },
    a: { input: 1, offset: 0, rowStride: COLUMNS, transposed: true, batchStrides: [] },
    b: { input: 2, offset: 0, rowStride: COLUMNS, transposed: false, batchStrides: [] },
    epilogue: { instrs: [{ op: "acc", dtype: "float32" }], stores: [{ output: 3, value: 0 }] },
  },
  sumOver([0], 1, 4),
  sumOver([1], 2, 5),
  sumOver([0, 1], 1, 6),
];
const chainValues = () => [
  input(noise(SIZE, 2)),
  ...[SIZE, SIZE, COLUMNS ** 2, COLUMNS, ROWS, 1].map((size) => output(size)),
];

describe("determinism", () => {
  it("gives the same bits on 1 to 4 threads, time after time", async () => {
    const results: Awaited<ReturnType<typeof runKernels>>[] = [];
    for (const threads of [1, 2, 3, 4]) {
      await withBackend(threads, async (backend) => {
        for (let i = 0; i < 5; i++) results.push(await runKernels(backend, chain, chainValues()));
      });
    }
    const bytes = results.map((values) => values.map(({ buffer }) => Buffer.from(buffer)));
    const differing = bytes.flatMap((values) => values.filter((value, i) => !value.equals(bytes[0][i])));
    expect(differing.length).toBe(0);
  });
});

it("calls the other threads where there is enough to do", () => {
  const [batch, n, k] = [8, 40, 64];
  /** Products of a vector and a matrix: a chunk each. */
  const product = (flops: number): Kernel => ({
    ...{ kind: "matmul", dtype: "float32", batch: [batch], m: 1, n, k },
    a: { input: 0, offset: 0, rowStride: k, transposed: false, batchStrides: [k] },
    b: { input: 1, offset: 0, rowStride: n, transposed: false, batchStrides: [k * n] },
    epilogue: { instrs: [{ op: "acc", dtype: "float32" }], stores: [{ output: 2, value: 0 }] },
    ...{ ...base, flops, inputs: [0, 1], outputs: [2] },
  });
  const values = [input(noise(batch * k)), input(noise(batch * k * n)), output(batch * n)];
  return withBackend(
    2,
    async (backend) => {
      const { engine } = backend;
      const run = engine.run.bind(engine);
      const parallel: boolean[] = [];
      engine.run = (list: Run) => {
        parallel.push(list.parallel);
        run(list);
      };
      const [, , alone] = await runKernels(backend, [product(2 * batch * n * k)], values);
      const [, , together] = await runKernels(backend, [product(1e6)], values);
      expect(parallel).toEqual([false, true]);
      expect(together).toEqual(alone);
    },
    {},
  );
});

describe("barriers", () => {
  it("follow memory where two values share it", () =>
    withBackend(2, async (backend) => {
      const size = 150_000;
      const kernel = (from: number, to: number) =>
        mapKernel([size], [load(from, [size]), map("exp", [0])], [[to, 1]]);
      // b ← exp a; d ← exp c; where d lies where a lay.
      const segment: Segment = {
        kernels: [kernel(0, 1), kernel(2, 3)],
        values: [0, 1, 2, 3].map(() => ({ dtype: "float32", size })),
        scalars: [],
      };
      const [first, second, third] = [1, 2, 3].map((): BufferView => {
        return { buffer: backend.alloc(size * 4), offset: 0, bytes: size * 4 };
      });
      const executable = await backend.compile(segment);
      const got = new Float32Array(size);
      for (let i = 0; i < 20; i++) {
        backend.upload(first, new Float32Array(size).fill(0));
        backend.upload(third, new Float32Array(size).fill(1));
        backend.execute(executable, [first, second, third, first], []);
        backend.download(second, got);
        expect(got.every((x) => x === 1)).toBe(true);
      }
    }));
});

describe("calls", () => {
  it("take new scalars and new bindings", () =>
    withBackend(2, async (backend) => {
      const size = 1000;
      const scale = mapKernel(
        [size],
        [load(0, [size]), { op: "scalar", dtype: "float32", slot: 0 }, map("mul", [0, 1])],
        [[1, 2]],
      );
      const values = [0, 1].map(() => ({ dtype: "float32" as const, size }));
      const executable = await backend.compile({ kernels: [scale], values, scalars: ["float32"] });
      const views = [1, 2, 3].map((x): BufferView => {
        const view = { buffer: backend.alloc(size * 4), offset: 0, bytes: size * 4 };
        backend.upload(view, new Float32Array(size).fill(x));
        return view;
      });
      const got = new Float32Array(size);
      for (const [from, to, factor] of [
        [0, 1, 5],
        [0, 1, 7],
        [2, 1, 7],
        [1, 0, 2],
        [0, 2, -1],
      ]) {
        backend.download(views[from], got);
        const want = got[999] * factor;
        backend.execute(executable, [views[from], views[to]], [factor]);
        backend.download(views[to], got);
        expect(got[999]).toBe(want);
      }
    }));

  it("measure their kernels", () =>
    withBackend(2, async (backend) => {
      const timings: KernelTiming[] = [];
      const values = chainValues();
      const views = values.map(({ data }): BufferView => {
        return { buffer: backend.alloc(data.byteLength), offset: 0, bytes: data.byteLength };
      });
      const specs = values.map(({ dtype, data }) => ({ dtype, size: data.length }));
      const executable = await backend.compile({ kernels: chain, values: specs, scalars: [] });
      backend.execute(executable, views, [], timings);
      await backend.sync();
      expect(timings.map(({ label }) => label)).toEqual(chain.map(({ label }) => label));
      expect(timings.every(({ milliseconds }) => milliseconds >= 0)).toBe(true);
    }));

  it("refuse memory that is freed, too small or not there", () =>
    withBackend(1, async (backend) => {
      const kernel = mapKernel(
        [100],
        [{ op: "load", dtype: "float32", input: 0, view: dense([100]) }],
        [[1, 0]],
      );
      const values = [0, 1].map(() => ({ dtype: "float32" as const, size: 100 }));
      const executable = await backend.compile({ kernels: [kernel], values, scalars: [] });
      const view = (bytes: number): BufferView => ({ buffer: backend.alloc(bytes), offset: 0, bytes });
      const [small, large, freed] = [view(396), view(400), view(400)];
      backend.free(freed.buffer);
      expect(() => backend.execute(executable, [small, large], [])).toThrow("value 0 needs 400 bytes");
      expect(() => backend.execute(executable, [freed, large], [])).toThrow("memory was used that is freed");
    }));
});

describe("failures", () => {
  const verify = async (backend: WasmBackend): Promise<void> => {
    const [, y] = await runKernels(
      backend,
      [chain[0]],
      [input(new Float32Array(SIZE).fill(1)), output(SIZE)],
    );
    expect(y[SIZE - 1]).toBeCloseTo(Math.tanh(1), 6);
  };

  it("a worker that dies is missed, then replaced", () =>
    withBackend(2, async (backend) => {
      const { pool } = backend.engine as LocalEngine;
      await pool!.kill(0);
      await expect(verify(backend)).rejects.toThrow(
        "a worker did not answer for 2 s; the results of this call are lost",
      );
      await verify(backend);
      expect(await backend.engine.ready()).toBe(2);
      await verify(backend);
    }));

  it.each([1, 2])("a kernel that traps on %i threads", (threads) =>
    withBackend(threads, async (backend) => {
      const list = backend.alloc(256);
      backend.engine.write(list.address, Int32Array.of(1000, 64));
      const run = {
        list: list.address,
        count: 1,
        parallel: true,
        patches: new Int32Array(0),
        patched: 0,
        ends: [1],
      };
      expect(() => backend.engine.run(run)).toThrow(/a kernel trapped/);
      await verify(backend);
      expect(await backend.engine.ready()).toBe(threads);
      await verify(backend);
    }),
  );

  it("refuses a number of threads that is none", async () => {
    await expect(createWasmBackend({ threads: 0 })).rejects.toThrow(
      "threads must be an integer from 1 to 64: got 0",
    );
  });

  it("says how much memory was asked for and how much there is", async () => {
    const backend = await createWasmBackend({ threads: 1, memoryLimit: 1 << 20 });
    backend.alloc(1 << 19);
    expect(() => backend.alloc(1 << 20)).toThrow(
      "[wasm] out of memory: 1048576 bytes asked, 524288 alive, the limit is 1048576",
    );
    backend.close();
  });
});
