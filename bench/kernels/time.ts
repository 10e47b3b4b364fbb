// Runs one command of a row's list again and again on one thread, from what the whole list has left in memory.
import { COMMAND_WORDS } from "../../assembly/layout.ts";
import type { BufferView } from "../../src/backends/types.ts";
import type { Run } from "../../src/backends/wasm/engine.ts";
import type { WasmBackend } from "../../src/backends/wasm/index.ts";
import { lowerSegment } from "../../src/backends/wasm/lower/segment.ts";
import { hostArray } from "../../src/base/dtype.ts";
import { dataOf, type Row, segmentOf } from "./row.ts";

/** A sample takes at least this long: a call from JavaScript costs a microsecond. */
const SAMPLE_MS = 2;

/** Position in the list of the command that the row measures. */
export const positionOf = (row: Row): number =>
  lowerSegment(segmentOf(row), row.choices).commands.findIndex(({ kernel }) => kernel === row.kernel);

export interface Timer {
  /** Samples for about `time` milliseconds: milliseconds of one run each. */
  sample(time: number): number[];
  dispose(): void;
}

export async function timerOf(row: Row, backend: WasmBackend): Promise<Timer> {
  const segment = segmentOf(row);
  const views = [...row.inputs, ...row.outputs].map((spec, i): BufferView => {
    const data = i < row.inputs.length ? dataOf(spec, i + 1) : hostArray(spec.dtype, spec.size);
    const view = { buffer: backend.alloc(data.byteLength), offset: 0, bytes: data.byteLength };
    backend.upload(view, data);
    return view;
  });
  const executable = await backend.compile(segment);
  const { engine } = backend;
  let whole: Run | undefined;
  const { run } = engine;
  engine.run = (given) => {
    whole = given;
    run.call(engine, given);
  };
  backend.execute(executable, views, []);
  engine.run = run;
  const one = { ...whole!, list: whole!.list + 4 * COMMAND_WORDS * positionOf(row), count: 1, patched: 0 };

  const time = (runs: number): number => {
    const begin = performance.now();
    for (let i = 0; i < runs; i++) engine.run(one);
    return performance.now() - begin;
  };
  let runs = 1;
  while (time(runs) < SAMPLE_MS) runs *= 2;
  return {
    sample(budget) {
      const samples: number[] = [];
      const end = performance.now() + budget;
      do samples.push(time(runs) / runs);
      while (performance.now() < end);
      return samples;
    },
    dispose() {
      backend.release(executable);
      for (const { buffer } of views) backend.free(buffer);
    },
  };
}
