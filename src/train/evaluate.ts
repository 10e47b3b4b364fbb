/** Loss and metrics over a dataset, and predictions of many samples. */
import { type HostArray, hostArray } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import type { Dataset, Sample } from "../data/dataset.ts";
import { tensor } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Weighted } from "./input.ts";
import { checkTargets, type LossLike } from "./losses.ts";
import { addResult, meansOf, noTotals, ResultReader } from "./results.ts";
import type { Measures, Steps } from "./steps.ts";

interface Evaluation {
  readonly steps: Steps;
  readonly loss: LossLike;
  readonly measures: Measures;
  readonly data: Dataset<Weighted>;
  readonly classes: number | undefined;
  readonly batchSize: number;
  readonly signal: AbortSignal | undefined;
}

/** Means over all samples, in evaluation mode. */
export async function evaluate(evaluation: Evaluation): Promise<Record<string, number>> {
  const { steps, loss, measures, data, classes, batchSize, signal } = evaluation;
  const totals = noTotals();
  const reader = new ResultReader((results) => {
    for (const result of results) addResult(totals, result, measures);
  });
  try {
    for await (const batch of data.batches({ batchSize, classes })) {
      try {
        signal?.throwIfAborted();
        const [x, y, ...others] = batch;
        checkTargets(loss, y);
        const [weights]: Tensor[] = others;
        reader.add(await steps.evaluate(x, y, weights), x.shape[0]);
      } finally {
        for (const t of batch) t.dispose();
      }
      await reader.report();
    }
    await reader.finish();
  } finally {
    // Frees the results that were not read, where an error came between.
    reader.unreported();
  }
  return meansOf(totals, measures);
}

/** The network's output for every sample, as one tensor. */
export async function predict(steps: Steps, data: Dataset<Sample>, batchSize: number): Promise<Tensor> {
  const parts: Promise<HostArray>[] = [];
  let last: Tensor | undefined;
  for await (const [x, ...others] of data.batches({ batchSize })) {
    last = await steps.predict(x);
    for (const t of [x, ...others]) t.dispose();
    const values = last.data();
    // Reported where all are awaited.
    values.catch(() => {});
    parts.push(values);
    last.dispose();
  }
  if (!last) return fail("predict", "the dataset is empty");
  const { dtype, shape } = last;
  const values = await Promise.all(parts);
  const all = hostArray(
    dtype,
    values.reduce((n, part) => n + part.length, 0),
  );
  let at = 0;
  for (const part of values) {
    all.set(part, at);
    at += part.length;
  }
  return tensor(all, { dtype, shape: [data.length, ...shape.slice(1)] });
}
