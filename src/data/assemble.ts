/** Batches from samples: stacking rows of columns, or what a `map` made of them, in short slices. */
import { type HostArray, hostArray } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import type { HostTensor } from "../base/host.ts";
import { sameShape, showShape } from "../base/shape.ts";
import type { Column } from "./column.ts";
import type { Sliced } from "./slices.ts";

/** Elements copied between two chances to pause: far below a millisecond. */
const SLICE = 1 << 15;

/** Untouched columns: no object per sample. */
export function* stackColumns(columns: readonly Column[], rows: Uint32Array): Sliced<never, HostTensor[]> {
  const batch: HostTensor[] = [];
  for (const column of columns) {
    const { size } = column;
    const data = hostArray(column.dtype, rows.length * size);
    let copied = 0;
    for (let i = 0; i < rows.length; i++) {
      column.copy(rows[i], data, i * size);
      copied += size;
      if (copied < SLICE) continue;
      copied = 0;
      yield;
    }
    batch.push({ data, shape: [rows.length, ...column.shape], dtype: column.dtype });
  }
  return batch;
}

/** Samples that closures made: their shapes are known only now, and must agree within the batch. */
export function* stackSamples(
  read: (row: number) => readonly HostTensor[],
  rows: Uint32Array,
): Sliced<never, HostTensor[]> {
  const [first, ...rest] = rows;
  const sample = read(first);
  const batch = sample.map(({ data, shape, dtype }) => {
    const stacked = hostArray(dtype, rows.length * data.length);
    stacked.set(data);
    return { data: stacked, shape: [rows.length, ...shape], dtype };
  });
  for (const [i, row] of rest.entries()) {
    yield;
    const next = read(row);
    if (next.length !== sample.length) {
      fail("dataset", `samples of a batch have ${sample.length} values: got ${next.length} at sample ${row}`);
    }
    for (const [c, value] of next.entries()) place(value, sample[c], batch[c].data, i + 1, row);
  }
  return batch;
}

function place(value: HostTensor, like: HostTensor, out: HostArray, at: number, row: number): void {
  if (!sameShape(value.shape, like.shape) || value.dtype !== like.dtype) {
    const show = ({ dtype, shape }: HostTensor) => `${dtype} ${showShape(shape)}`;
    fail(
      "dataset",
      `samples of a batch must agree in shape and dtype: got ${show(value)} at sample ${row}, expected ${show(like)}`,
    );
  }
  out.set(value.data, at * value.data.length);
}
