/**
 * The op suite under every forced choice of kernels: each case on a third lane, then with every choice that changes its
 * commands, once for each list of commands. `npx vitest run test/ops/kernels.test.ts -t matmul/vector`.
 */
import { expect, it, vi } from "vitest";
import { WasmBackend } from "../../src/backends/wasm/index.ts";
import type { KernelChoices } from "../../src/backends/wasm/lower/context.ts";
import { lowerSegment } from "../../src/backends/wasm/lower/segment.ts";
import * as h from "../../src/index.ts";
import type { Segment } from "../../src/kernel/types.ts";
import type { Case } from "../support/case.ts";
import { startWasm } from "../support/devices.ts";
import { FORCED, nameOf } from "../support/kernels.ts";
import { verdict } from "../support/suite.ts";
import { CASES } from "./cases.ts";

const compile = vi.spyOn(WasmBackend.prototype, "compile");

async function problemsOf(c: Case, kernels: KernelChoices): Promise<string[]> {
  await startWasm(h, 3, kernels);
  const name = nameOf(kernels);
  const { problems } = await verdict(h, { ...c, torch: undefined }, `wasm3 ${name}`);
  return problems.map((problem) => `${name}: ${problem}`);
}

const commandsOf = (segments: readonly Segment[], kernels: KernelChoices): string =>
  JSON.stringify(segments.map((segment) => lowerSegment(segment, kernels).commands));

const covered = new Set<KernelChoices>();

for (const c of CASES) {
  it(`${c.name}/wasm3`, async () => {
    compile.mockClear();
    const problems = await problemsOf(c, {});
    const segments = compile.mock.calls.map(([segment]) => segment);
    const seen = new Set([commandsOf(segments, {})]);
    for (const kernels of FORCED) {
      const commands = commandsOf(segments, kernels);
      if (seen.has(commands)) continue;
      seen.add(commands);
      covered.add(kernels);
      problems.push(...(await problemsOf(c, kernels)));
    }
    if (problems.length > 0) expect.fail(problems.join("\n"));
  });
}

it("has cases that every choice changes", () => {
  expect(FORCED.filter((kernels) => !covered.has(kernels))).toEqual([]);
});
