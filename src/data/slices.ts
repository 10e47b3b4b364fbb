/**
 * Long work on the host in short slices: a generator that yields `undefined` wherever it may be interrupted, and a
 * value where it has one. Run to the end it is plain synchronous code; driven by {@link cooperate} it never holds the
 * thread for more than a few milliseconds.
 */
import { nextTask } from "#platform";

export type Sliced<T, R = void> = Generator<T | undefined, R, undefined>;

/** Milliseconds without letting other tasks run. */
const BUDGET = 4;
/** When other tasks last had their turn: shared, as short pieces of work that follow each other are one stretch. */
let rested = 0;

/** Runs to the next value or the end, with breaks. */
export async function cooperate<T, R>(work: Sliced<T, R>): Promise<IteratorResult<T, R>> {
  for (;;) {
    if (performance.now() - rested > BUDGET) {
      await nextTask();
      rested = performance.now();
    }
    const step = work.next();
    if (step.done || step.value !== undefined) return step as IteratorResult<T, R>;
  }
}

/** Runs work that has only a result, at once. */
export function finish<R>(work: Sliced<never, R>): R {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
