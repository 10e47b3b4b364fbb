import { expect, test } from "vitest";
import type { KernelTiming } from "../../src/backends/types.ts";
import { sizeClass } from "../../src/backends/webgpu/buffers.ts";
import { createWebGpuBackend } from "../../src/backends/webgpu/index.ts";
import type { Kernel, MapKernel, Segment } from "../../src/kernel/types.ts";
import { allocate, common, dense, describeWebGpu, load, noise, step } from "./harness.ts";

function doubling(n: number): Segment {
  const kernel: MapKernel = {
    kind: "map",
    ...common([0], [1]),
    shape: [n],
    program: {
      instrs: [load(0, dense([n])), step("add", [0, 0])],
      stores: [{ output: 1, value: 1 }],
    },
  };
  const values = [0, 1].map(() => ({ dtype: "float32", size: n }) as const);
  return { kernels: [kernel], values, scalars: [] };
}

test("size classes waste at most a quarter", () => {
  for (const bytes of [1, 256, 257, 1000, 4096, 5000, 70000, 1 << 20, (1 << 20) + 4, 3e8]) {
    const size = sizeClass(bytes);
    expect(size).toBeGreaterThanOrEqual(bytes);
    expect(size % 256).toBe(0);
    expect(size).toBeLessThanOrEqual(Math.max(bytes * 1.25 + 256, 256));
    expect(sizeClass(size)).toBe(size);
  }
});

describeWebGpu("the WebGPU backend", (backend) => {
  test("describes its device", () => {
    const { info } = backend;
    expect(info.kind).toBe("webgpu");
    expect(info.adapter.length).toBeGreaterThan(0);
    expect(info.limits.bindings).toBeGreaterThanOrEqual(7);
    if (/swiftshader/i.test(info.adapter)) expect(info.isSoftware).toBe(true);
  });

  test("reads in flight see the state when they were called", async () => {
    const executable = await backend.compile(doubling(4));
    const bind = [allocate(backend, 4), allocate(backend, 4)];
    const results = [];
    for (let i = 0; i < 5; i++) {
      backend.upload(bind[0], new Float32Array([i, 1, 2, 3]));
      backend.execute(executable, bind, []);
      const into = new Float32Array(4);
      results.push(Promise.resolve(backend.download(bind[1], into)).then(() => into[0]));
    }
    expect(await Promise.all(results)).toEqual([0, 2, 4, 6, 8]);
  });

  test("takes and gives shared memory; copies between buffers and inside one", async () => {
    const shared = new Float32Array(new SharedArrayBuffer(16));
    shared.set([1, 2, 3, 4]);
    const [a, b] = [allocate(backend, 4), allocate(backend, 256)];
    backend.upload(a, shared);
    backend.copy(a, { ...b, bytes: 16 });
    backend.copy({ ...b, bytes: 16 }, { ...b, offset: 256, bytes: 16 });
    const into = new Float32Array(new SharedArrayBuffer(16));
    await backend.download({ ...b, offset: 256, bytes: 16 }, into);
    expect(Array.from(into)).toEqual([1, 2, 3, 4]);
  });

  test("memory: freed buffers are reused, the limit is kept, nothing is lost on release", async () => {
    const limited = await createWebGpuBackend({ memoryLimit: 1 << 20 });
    const first = limited.alloc(600_000);
    expect(() => limited.alloc(600_000)).toThrow(/out of memory/);
    limited.free(first);
    const { reserved } = limited.memory();
    limited.free(limited.alloc(600_000));
    expect(limited.memory()).toMatchObject({ live: 0, reserved });
    // The pool gives way to other sizes.
    limited.free(limited.alloc(900_000));
    expect(limited.memory().peak).toBeLessThanOrEqual(1 << 20);

    const rows = 40_000;
    const sum: Kernel = {
      kind: "reduce",
      ...common([0], [1]),
      op: "sum",
      dtype: "float32",
      shape: [rows],
      axes: [0],
      prologue: [load(0, dense([rows]))],
      value: 0,
      epilogue: { instrs: [{ op: "acc", dtype: "float32" }], stores: [{ output: 1, value: 0 }] },
    };
    const values = [rows, 1].map((size) => ({ dtype: "float32", size }) as const);
    const executable = await limited.compile({ kernels: [sum], values, scalars: [] });
    expect(limited.memory().live).toBeGreaterThan(0);
    limited.release(executable);
    expect(limited.memory().live).toBe(0);
    limited.close();
  });

  test("a hundred executions with fresh outputs hold memory steady", async () => {
    const n = 1000;
    const executable = await backend.compile(doubling(n));
    const input = allocate(backend, n);
    backend.upload(input, noise(n));
    const before = backend.memory().live;
    for (let i = 0; i < 100; i++) {
      const output = allocate(backend, n);
      backend.execute(executable, [input, output], []);
      backend.free(output.buffer);
    }
    await backend.sync();
    expect(backend.memory().live).toBe(before);
  });

  test("times kernels where the device can", async () => {
    const executable = await backend.compile(doubling(1000));
    const bind = [allocate(backend, 1000), allocate(backend, 1000)];
    const timings: KernelTiming[] = [];
    backend.execute(executable, bind, [], timings);
    await backend.sync();
    if (!backend.info.features.includes("timestamp-query")) return;
    expect(timings).toHaveLength(1);
    expect(timings[0].label).toBe("test");
    expect(timings[0].milliseconds).toBeGreaterThanOrEqual(0);
  });

  test("what the device cannot do is an error, not zeros", async () => {
    const { bindings, bytes } = backend.info.limits;
    await expect(backend.compile(doubling(bytes / 4 + 4))).rejects.toThrow(/larger than this GPU can bind/);
    const many = Array.from({ length: bindings + 2 }, (_, i) => i);
    const kernel: MapKernel = {
      kind: "map",
      ...common([], many),
      shape: [3],
      program: {
        instrs: [{ op: "const", dtype: "float32", value: 1 }],
        stores: many.map((output) => ({ output, value: 0 })),
      },
    };
    const values = many.map(() => ({ dtype: "float32", size: 3 }) as const);
    await expect(backend.compile({ kernels: [kernel], values, scalars: [] })).rejects.toThrow(
      `binds ${bindings + 2} values, this GPU allows ${bindings + 1}`,
    );
    const executable = await backend.compile(doubling(8));
    const small = allocate(backend, 4);
    expect(() => backend.execute(executable, [small, small], [])).toThrow(/needs 32 bytes/);
  });

  test("a command the device refuses rejects the next read, once", async () => {
    const buffer = allocate(backend, 4);
    backend.copy({ ...buffer, bytes: 4096 }, { ...allocate(backend, 4), bytes: 4096 });
    const into = new Float32Array(4);
    await expect(backend.download(buffer, into)).rejects.toThrow("[webgpu] the GPU refused a command");
    await backend.download(buffer, into);
  });

  test("a program without kernels runs", async () => {
    const executable = await backend.compile({ kernels: [], values: [], scalars: ["float32"] });
    backend.execute(executable, [], [1]);
    await backend.sync();
  });
});
