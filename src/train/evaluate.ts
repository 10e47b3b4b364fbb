/** Loss and metrics over a dataset, and predictions of many samples. */
import { type HostArray, hostArray } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import type { Dataset, Sample } from "../data/dataset.ts";
import { tensor } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Weighted } from "./input.ts";
import { checkTargets, type LossLike } from "./losses.ts";
import { Means, ResultReader } from "./results.ts";
import type { Measures, Steps } from "./steps.ts";

export interface Evaluation {
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
  const means = new Means(measures);
  const reader = new ResultReader((results) => {
    for (const result of results) means.add(result);
  });
  try {
    for await (const [x, y, ...others] of data.batches({ batchSize, classes })) {
      signal?.throwIfAborted();
      checkTargets(loss, y);
      const [weights]: Tensor[] = others;
      const result = await steps.evaluate(x, y, weights);
      for (const t of [x, y, weights]) t?.dispose();
      await reader.add(result, x.shape[0]);
    }
    await reader.finish();
  } finally {
    // Frees what was not read.
    reader.unreported();
  }
  return means.values();
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
