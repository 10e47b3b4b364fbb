/**
 * Cases of the op suite under the wasm backend's alternatives, forced in turn: what its lowering chooses by size or shape
 * otherwise. Which of them concern a case, the lowering says: each list of commands is run once.
 */
import { expect, vi } from "vitest";
import { WasmBackend } from "../../src/backends/wasm/index.ts";
import type { KernelChoices } from "../../src/backends/wasm/lower/context.ts";
import { lowerSegment } from "../../src/backends/wasm/lower/segment.ts";
import * as h from "../../src/index.ts";
import type { Segment } from "../../src/kernel/types.ts";
import { currentDevice } from "../../src/runtime/devices.ts";
import type { Case } from "./case.ts";
import { startWasm } from "./devices.ts";
import { type Recording, type Results, record, referenceOf } from "./reference.ts";
import { compare, compute } from "./suite.ts";

/** Choices that concern different kernels stand together. */
const ALTERNATIVES: readonly KernelChoices[] = [
  { conv: "direct", matmul: "tiles", reduce: "rows" },
  { conv: "unfold", matmul: "vectors", reduce: "columns" },
  { conv: "winograd" },
  { conv: "slide" },
];

export const FORCED: readonly KernelChoices[] = [
  ...ALTERNATIVES,
  ...ALTERNATIVES.map((kernels) => ({ ...kernels, pieces: "small" as const })),
];

const compile = vi.spyOn(WasmBackend.prototype, "compile");

const commandsOf = (segments: readonly Segment[], kernels: KernelChoices): string =>
  JSON.stringify(segments.map((segment) => lowerSegment(segment, kernels).commands));

async function start(threads: number, kernels: KernelChoices): Promise<void> {
  await startWasm(h, threads, kernels);
  expect(await (currentDevice().backend as WasmBackend).engine.ready()).toBe(threads);
}

const bitsOf = ({ output, gradients, second }: Results): Buffer =>
  Buffer.concat(
    [output, ...gradients, ...second].map((values) => Buffer.from((values as Float32Array).buffer)),
  );

/** The forced choices that a sweep has run. */
export interface Sweep {
  readonly ran: readonly KernelChoices[];
  /** Differences from the float64 reference, or between numbers of threads. */
  readonly problems: readonly string[];
}

/** Replaces results that are not promised, before the comparison. */
export type Excuse = (got: Results, expected: Results, recording: Recording) => Results;

/** Runs a case as the lowering likes, then under every choice that changes its commands, each on so many threads. */
export async function sweep(
  c: Case,
  threads: readonly number[],
  excuse: Excuse = (got) => got,
): Promise<Sweep> {
  const recording = record(h, c);
  const expected = referenceOf(recording);
  const problems: string[] = [];
  const run = async (kernels: KernelChoices): Promise<void> => {
    const name = Object.values(kernels).join(", ") || "as it likes";
    let first: Buffer | undefined;
    for (const count of threads) {
      await start(count, kernels);
      const [lazy, got] = await compute(h, c, recording);
      const bits = bitsOf(got);
      if (!first) {
        const kept = [excuse(lazy, expected, recording), excuse(got, expected, recording)] as const;
        problems.push(...compare(c, recording, kept, expected).map((p) => `${name}: ${p}`));
      } else if (!bits.equals(first))
        problems.push(`${name}: other bits on ${count} threads than on ${threads[0]}`);
      first ??= bits;
    }
  };
  compile.mockClear();
  await run({});
  const segments = compile.mock.calls.map(([segment]) => segment);
  const seen = new Set([commandsOf(segments, {})]);
  const ran: KernelChoices[] = [];
  for (const kernels of FORCED) {
    const commands = commandsOf(segments, kernels);
    if (seen.has(commands)) continue;
    seen.add(commands);
    ran.push(kernels);
    await run(kernels);
  }
  return { ran, problems };
}
