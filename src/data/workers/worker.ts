/**
 * The program of a data worker: rows of columns become a batch. Bundled into a text by tools/build-worker.mjs, a classic
 * script and a module alike; it runs the code that makes batches without workers.
 */
import { HeddleError } from "../../base/errors.ts";
import { stackColumns, stackSamples } from "../assemble.ts";
import { applyStages } from "../augment/apply.ts";
import { stagesFromConfig } from "../augment/fromConfig.ts";
import type { Stage } from "../augment/stage.ts";
import { Column } from "../column.ts";
import type { Sample } from "../dataset.ts";
import { finish } from "../slices.ts";
import type { Answer, Job, Pipeline } from "./messages.ts";

interface Port {
  onmessage: ((event: { data: Pipeline | Job }) => void) | null;
  postMessage(answer: Answer, moved?: ArrayBuffer[]): void;
}

const threads = globalThis.process?.getBuiltinModule?.("node:worker_threads");
/** In Node the parent's port, in a page the global scope: both have these two members, and the types say different ones. */
const port = (threads?.parentPort ?? globalThis) as unknown as Port;

let pipeline: Pipeline = [];
/** Made by the first job, which can answer when that fails. */
let calls: readonly (readonly Stage[])[] | undefined;

port.onmessage = ({ data }) => {
  if (!("rows" in data)) {
    pipeline = data;
    return;
  }
  try {
    calls ??= pipeline.map(stagesFromConfig);
    const batch = assemble(data, calls);
    port.postMessage(
      { batch },
      batch.map((value) => value.data.buffer as ArrayBuffer),
    );
  } catch (error) {
    port.postMessage(described(error));
  }
};

function assemble({ columns, rows, pass }: Job, calls: readonly (readonly Stage[])[]): Sample {
  const picked = columns.map(
    ({ data, shape, dtype, scale }) => new Column(data, rows.length, shape, dtype, scale),
  );
  if (calls.length === 0)
    return finish(
      stackColumns(
        picked,
        rows.map((_, i) => i),
      ),
    );
  let at = 0;
  const read = (row: number): Sample => {
    let sample: Sample = picked.map((column) => column.sample(at));
    at++;
    let stage = 0;
    for (const stages of calls) {
      sample = applyStages(sample, stages, { ...pass, sample: row, stage });
      stage += stages.length;
    }
    return sample;
  };
  return finish(stackSamples(read, rows));
}

function described(error: unknown): Answer {
  if (!(error instanceof HeddleError)) return { where: "dataset", rule: `a worker failed: ${String(error)}` };
  const { where, message } = error;
  return { where, rule: message.slice(`[${where}] `.length) };
}
