/** Class labels on the host: integers 0 … classes − 1, whatever their dtype. */
import { fail } from "../base/errors.ts";
import type { HostTensor } from "../base/host.ts";

/**
 * Checks that every label is a class.
 * @param first number of the first label, for the message
 * @throws HeddleError `[dataset] labels must be integers in [0, 10): got 12 at sample 7`
 */
export function checkClasses(labels: HostTensor, classes: number, first = 0): void {
  const { data } = labels;
  for (let i = 0; i < data.length; i++) {
    if (data[i] >= 0 && data[i] < classes && Number.isInteger(data[i])) continue;
    const perSample = data.length / (labels.shape[0] || 1);
    const range = classes === Number.POSITIVE_INFINITY ? "from 0 up" : `in [0, ${classes})`;
    fail(
      "dataset",
      `labels must be integers ${range}: got ${data[i]} at sample ${first + Math.floor(i / perSample)}`,
    );
  }
}

/** One more than the largest label. */
export function countClasses(labels: HostTensor): number {
  checkClasses(labels, Number.POSITIVE_INFINITY);
  let classes = 0;
  for (const label of labels.data) classes = Math.max(classes, label + 1);
  return classes;
}
