/** Engines that refuse what several threads need, and workers that are ended while they are at work. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { createWasmBackend, type WasmBackend, type WasmOptions } from "../../src/backends/wasm/index.ts";
import type { LocalEngine } from "../../src/backends/wasm/local.ts";
import * as h from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import { currentDevice } from "../../src/runtime/devices.ts";
import { input, load, map, mapKernel, output, runKernels } from "./harness.ts";

const PAGE = 65536;
const SIZE = 100_000;

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Threads of a backend that computes as it should. */
async function threadsOf(options: WasmOptions): Promise<number> {
  const backend = await createWasmBackend({ ...options, kernels: { threads: "all" } });
  try {
    const kernel = mapKernel([SIZE], [load(0, [SIZE]), map("neg", [0])], [[1, 1]]);
    const threads = await backend.engine.ready();
    const [, y] = await runKernels(backend, [kernel], [input(new Float32Array(SIZE).fill(2)), output(SIZE)]);
    expect(y.every((v) => v === -2)).toBe(true);
    return threads;
  } finally {
    backend.close();
  }
}

/** An engine whose shared memories may reserve `pages`. */
function grantShared(pages: number): void {
  class Memory extends WebAssembly.Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      if (descriptor.shared && descriptor.maximum! > pages) throw new RangeError("could not allocate memory");
      super(descriptor);
    }
  }
  vi.stubGlobal("WebAssembly", Object.create(WebAssembly, { Memory: { value: Memory } }));
}

const warnings = () => vi.spyOn(console, "warn").mockImplementation(() => {});

describe.each([
  ["no SharedArrayBuffer", () => vi.stubGlobal("SharedArrayBuffer", undefined)],
  ["no shared memory", () => grantShared(0)],
])("an engine with %s", (_, refuse) => {
  it("computes on one thread", async () => {
    refuse();
    expect(await threadsOf({})).toBe(1);
  });

  it("warns if more threads were asked for", async () => {
    refuse();
    const warn = warnings();
    expect(await threadsOf({ threads: 4 })).toBe(1);
    expect(warn.mock.calls).toEqual([[expect.stringContaining("no shared memory here")]]);
  });
});

describe("an engine with little shared memory", () => {
  it("uses the memory that the engine grants, and reports when it is full", async () => {
    grantShared(1024);
    expect(await threadsOf({ threads: 2 })).toBe(2);
    const backend = await createWasmBackend({ threads: 2 });
    expect(() => backend.alloc(1024 * PAGE)).toThrow(
      `[wasm] out of memory: ${1024 * PAGE} bytes asked, 0 alive, the memory cannot grow`,
    );
    backend.free(backend.alloc(256 * PAGE));
    backend.close();
  });

  it("reports memory too small for the scratch of its threads", async () => {
    grantShared(8);
    await expect(createWasmBackend({ threads: 2 })).rejects.toThrow("[wasm] no memory for 2 threads");
  });
});

describe("a worker that is ended", () => {
  const LOST = "a worker did not answer for 2 s; the results of this call are lost";

  it.each([1, 2])("while it computes, time %i: the call is right or fails, the next is right", async () => {
    const backend = await createWasmBackend({ threads: 2, kernels: { threads: "all" } });
    const size = 3_000_000;
    const kernel = mapKernel([size], [load(0, [size]), map("exp", [0]), map("log", [1])], [[1, 2]]);
    const run = async (): Promise<boolean> => {
      const [, y] = await runKernels(backend, [kernel], [input(new Float32Array(size)), output(size)]);
      return y.every((v) => v === 0);
    };
    expect(await backend.engine.ready()).toBe(2);
    expect(await run()).toBe(true);
    void (backend.engine as LocalEngine).pool!.kill(0);
    const ended = await run().catch((error: Error) => error.message);
    expect([true, `[wasm] ${LOST}`]).toContain(ended);
    if (ended === true) await expect(run()).rejects.toThrow(LOST);
    expect(await run()).toBe(true);
    expect(await backend.engine.ready()).toBe(2);
    expect(await run()).toBe(true);
    backend.close();
  });

  it("during fit: fit rejects, and a later one trains on all threads", async () => {
    h.configure({ kernels: { threads: "all" } } as Parameters<typeof h.configure>[0]);
    await h.setDevice("wasm", { threads: 2 });
    const engine = (currentDevice().backend as WasmBackend).engine as LocalEngine;
    expect(await engine.ready()).toBe(2);
    const net = nn.sequential([nn.dense({ units: 256 }), nn.dense({ units: 1 })], { inputShape: [256] });
    const model = h.createModel(net, {
      optimizer: optim.sgd({ learningRate: 1e-4 }),
      loss: "meanSquaredError",
    });
    const data: [h.Tensor, h.Tensor] = [h.ones([512, 256]), h.ones([512, 1])];
    const kill = { onBatchEnd: () => void engine.pool?.kill(0) };
    await expect(model.fit(data, { epochs: 3, batchSize: 128, callbacks: [kill] })).rejects.toThrow(LOST);
    expect(await engine.ready()).toBe(2);
    const { loss } = await model.fit(data, { epochs: 2, batchSize: 128 });
    expect(loss.every(Number.isFinite)).toBe(true);
    await h.shutdown();
  });
});
