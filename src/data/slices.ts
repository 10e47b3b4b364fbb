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

/** What `make` makes of the values of `work`, in order; `depth` are under way while one is used. */
export async function* inAdvance<T, B>(
  work: Sliced<T>,
  depth: number,
  make: (value: T) => B | Promise<B>,
): AsyncGenerator<B, void, undefined> {
  const ahead: Promise<B | undefined>[] = [];
  let last: Promise<unknown> = Promise.resolve();
  const request = () => {
    const next = last.then(() => cooperate(work));
    const made = next.then(({ done, value }) => (done ? undefined : make(value)));
    // A failure is reported when the value is asked for, if it ever is.
    last = next.catch(() => {});
    made.catch(() => {});
    ahead.push(made);
  };
  try {
    for (;;) {
      while (ahead.length <= depth) request();
      const made = await ahead.shift();
      if (made === undefined) return;
      yield made;
    }
  } finally {
    work.return();
  }
}
