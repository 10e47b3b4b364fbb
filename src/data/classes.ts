/** Class labels on the host: integers 0 … classes − 1, whatever their dtype. */
import { fail } from "../base/errors.ts";
import type { HostTensor } from "../base/host.ts";

/** For labels of which only the kind is checked. */
export const ANY_CLASSES = 2 ** 31;

/** What labels must be, in words. */
export function labelRule(classes: number): string {
  if (classes === ANY_CLASSES) return "labels must be integers from 0 up";
  const hint = classes === 1 ? " for a single output unit; each class needs one of its own" : "";
  return `labels must be integers in [0, ${classes})${hint}`;
}

/**
 * Checks that every label is a class.
 * @param sample number of the sample that entry i of the batch is, for the message
 * @throws HeddleError `[dataset] labels must be integers in [0, 10): got 12 at sample 7`
 */
export function checkClasses(labels: HostTensor, classes: number, sample = (i: number) => i): void {
  const { data, shape } = labels;
  for (let i = 0; i < data.length; i++) {
    if (data[i] >= 0 && data[i] < classes && Number.isInteger(data[i])) continue;
    const entry = Math.floor((i * shape[0]) / data.length);
    fail("dataset", `${labelRule(classes)}: got ${data[i]} at sample ${sample(entry)}`);
  }
}
