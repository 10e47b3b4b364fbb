/** The op suite under every forced choice of kernels: `npx vitest run test/ops/kernels.test.ts -t matmul/vector`. */
import { expect, it } from "vitest";
import type { KernelChoices } from "../../src/backends/wasm/lower/context.ts";
import { FORCED, sweep } from "../support/kernels.ts";
import { CASES } from "./cases.ts";

const THREADS = [3];
const covered = new Set<KernelChoices>();

for (const c of CASES) {
  it(`${c.name}/wasm3`, async () => {
    const { ran, problems } = await sweep(c, THREADS);
    for (const kernels of ran) covered.add(kernels);
    if (problems.length > 0) expect.fail(problems.join("\n"));
  });
}

it("has cases that each choice changes", () => {
  expect(FORCED.filter((kernels) => !covered.has(kernels))).toEqual([]);
});
