// Every kernel of the wasm backend has a row in the benchmarks, and every row measures the kernel that it names.
import { describe, expect, it } from "vitest";
import { ReducePartsParam } from "../../assembly/arrayParams.ts";
import { Kernel } from "../../assembly/kernels.ts";
import { FinishParam } from "../../assembly/matmulParams.ts";
import { segmentOf } from "../../bench/kernels/row.ts";
import { rows } from "../../bench/kernels/rows.ts";
import { positionOf, timerOf } from "../../bench/kernels/time.ts";
import { createWasmBackend } from "../../src/backends/wasm/index.ts";
import { MAX_PARTIALS } from "../../src/backends/wasm/lower/rawResult.ts";
import { loadFull, lowerSegment } from "../../src/backends/wasm/lower/segment.ts";

await loadFull();
const rowOf = (name: string) => rows.find((row) => row.name === name)!;
const kernels = Object.values(Kernel).filter((value) => typeof value === "number");

describe("kernel benchmarks", () => {
  it.each(kernels)("have a row for kernel %i", (kernel) => {
    expect(
      rows.some((row) => row.kernel === kernel),
      Kernel[kernel],
    ).toBe(true);
  });

  it.each(rows.map((row) => [row.name, row] as const))("%s runs its kernel", (_, row) => {
    expect(positionOf(row)).toBeGreaterThanOrEqual(0);
  });

  it("have names of their own", () => {
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  });

  it("count as many partial sums as there are", () => {
    const parts = (name: string, param: number) =>
      lowerSegment(segmentOf(rowOf(name)), rowOf(name).choices).commands[positionOf(rowOf(name))].params[
        param
      ];
    expect(parts("finish", FinishParam.Partials)).toBe(MAX_PARTIALS);
    expect(parts("reduce-parts", ReducePartsParam.Parts)).toBe(MAX_PARTIALS);
  });

  it("time a command alone", async () => {
    const backend = await createWasmBackend({ threads: 1 });
    const timer = await timerOf(rowOf("softmax"), backend);
    for (const ms of timer.sample(5)) expect(ms).toBeGreaterThan(0);
    timer.dispose();
    backend.close();
  });
});
