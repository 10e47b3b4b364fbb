/** Weight averaging: evaluation with exponential moving averages in place of the weights. Polyak & Juditsky 1992. */
import { fail } from "../base/errors.ts";
import { show } from "../base/show.ts";
import { Optimizer } from "./optimizer.ts";

/** The averages that an optimizer keeps. Restore the weights before training on. */
export interface WeightAverages {
  /** Puts the averages in the place of the weights, which are kept. @throws HeddleError when they are there already */
  swap(): void;
  /** Puts the weights back. @throws HeddleError when they are in place */
  restore(): void;
}

/**
 * The averages of an optimizer that was made with `averageDecay`: ā ← d·ā + (1 − d)·w after every step, from the
 * weights before the first one.
 *
 * @example
 * const optimizer = adam({ averageDecay: 0.999 });
 * const averages = ema(optimizer);
 * averages.swap();
 * await model.evaluate(test);
 * averages.restore();
 * @throws HeddleError when it is no optimizer, or keeps no averages
 */
export function ema(optimizer: Optimizer): WeightAverages {
  if (!(optimizer instanceof Optimizer)) fail("ema", `expects an optimizer: got ${show(optimizer)}`);
  let isSwapped = false;
  const exchange = (on: boolean): void => {
    if (isSwapped === on) fail("ema", on ? "the averages are in place already" : "the weights are in place");
    optimizer.swapAverages();
    isSwapped = on;
  };
  return { swap: () => exchange(true), restore: () => exchange(false) };
}
