/** Tile programs: elementwise rows, views, stores, in-place updates. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWasmBackend, type WasmBackend } from "../../src/backends/wasm/index.ts";
import { input, load, map, mapKernel, noise, output, runKernels } from "./harness.ts";

describe.each([1, 2])("tile programs on %i lanes", (threads) => {
  let backend: WasmBackend;
  beforeAll(async () => {
    backend = await createWasmBackend({ threads });
    await backend.engine.ready();
  });
  afterAll(() => backend.close());

  it("adds", async () => {
    for (const size of [1, 3, 4, 511, 512, 513, 100_001]) {
      const a = noise(size),
        b = noise(size, 1, 2);
      const kernel = mapKernel([size], [load(0, [size]), load(1, [size]), map("add", [0, 1])], [[2, 2]]);
      const [, , c] = await runKernels(backend, [kernel], [input(a), input(b), output(size)]);
      expect(c).toEqual(a.map((x, i) => x + b[i]));
    }
  });
});
