/**
 * L-BFGS for full batches: Algorithms 7.4 and 7.5 of Nocedal & Wright, "Numerical Optimization", 2nd edition (Liu &
 * Nocedal 1989), with a strong-Wolfe line search. Losses and gradients are computed on the device, the directions in
 * double precision on the host, which reads the gradient at every evaluation: meant for small networks.
 */
import { fail } from "../base/errors.ts";
import { count, positive } from "../base/options/kinds.ts";
import { type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Gradients } from "../tensor/transforms/grad.ts";
import { addScaled, dot, gather, largest, scatter, subtract, taxicab } from "./hostVector.ts";
import { type LinePoint, strongWolfe } from "./lineSearch.ts";

const lbfgsOptions = options({
  /** The first step length that a line search tries. Default 1. */
  learningRate: positive(1),
  /** Iterations of one `step`. Default 20. */
  maxIterations: count(20),
  /** Evaluations of one `step`, about. Default: 1.25 · maxIterations. */
  maxEvaluations: count(),
  /** Pairs of steps and gradient changes that are kept. Default 100. */
  historySize: count(100),
  /** Ends where no number of the gradient is larger. Default 1e-7. */
  gradientTolerance: positive(1e-7),
  /** Ends where neither the loss nor any parameter changes more. Default 1e-9. */
  changeTolerance: positive(1e-9),
});

/** Options of {@link lbfgs}. */
export interface LbfgsOptions extends OptionsOf<typeof lbfgsOptions> {}

/** What an L-BFGS optimizer has learnt of the curvature: plain data, exact also as JSON. */
export interface LbfgsState {
  /** Steps taken so far. */
  readonly iterations: number;
  /** Steps and the changes of the gradient along them, the oldest first. */
  readonly pairs: readonly { readonly s: readonly number[]; readonly y: readonly number[] }[];
}

/** Computes the loss and its gradients for the current parameters: `valueAndGrad(net, …)`, perhaps under `jit`. */
export type Closure = () => LossAndGradients | Promise<LossAndGradients>;
type LossAndGradients = readonly [loss: Tensor, gradients: Gradients, ...others: unknown[]];

/** A step and the change of the gradient along it. */
interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly sy: number;
}

/** Where the line search has been. */
interface Point extends LinePoint {
  readonly x: Float64Array;
  readonly gradient: Float64Array;
}

const DECREASE = 1e-4;
const CURVATURE = 0.9;
const LINE_EVALUATIONS = 25;
/** Pairs with less curvature are left out, so that the approximation stays positive definite. */
const LEAST_CURVATURE = 1e-10;

/** What {@link lbfgs} makes. */
export class Lbfgs {
  /** Iterations done. */
  iterations = 0;
  /** With their defaults. */
  readonly options: ValuesOf<typeof lbfgsOptions> & { readonly maxEvaluations: number };
  #pairs: Pair[] = [];

  constructor(given?: LbfgsOptions) {
    const values = lbfgsOptions.read("lbfgs", given);
    const { maxEvaluations = Math.floor(1.25 * values.maxIterations) } = values;
    this.options = { ...values, maxEvaluations };
  }

  /**
   * Up to `maxIterations` iterations. Every call must compute the same function: no dropout, no batches.
   *
   * @returns the loss before the first one
   * @throws HeddleError when the closure returns something else than [loss, gradients]
   *
   * @example
   * const lossAndGrads = valueAndGrad(net, (x: Tensor, y: Tensor) => meanSquaredError(y, net.apply(x)));
   * const closure = jit(() => lossAndGrads(x, y));
   * for (let i = 0; i < 10; i++) console.log(await optimizer.step(closure));
   */
  async step(closure: Closure): Promise<number> {
    const { learningRate, maxIterations, maxEvaluations, gradientTolerance, changeTolerance } = this.options;
    const { loss, gradients } = await evaluate(closure);
    const parameters = [...gradients.keys()];
    const gradientOf = (found: Gradients): Promise<Float64Array> =>
      gather(
        parameters.map((p) => found.get(p) ?? fail("lbfgs", `${p.state.name} has no gradient any more`)),
      );

    let value = loss;
    let gradient = await gradientOf(gradients);
    let x = await gather(parameters.map(({ state }) => new Tensor(state.read())));
    let evaluations = 1;
    for (let i = 0; i < maxIterations && evaluations < maxEvaluations; i++) {
      if (largest(gradient) <= gradientTolerance) break;
      const direction = this.#direction(gradient);
      const slope = dot(gradient, direction);
      if (!(slope < -changeTolerance)) break;

      const probe = async (step: number): Promise<Point> => {
        evaluations++;
        // Parameters hold float32.
        const there = addScaled(x, direction, step).map(Math.fround);
        scatter(there, parameters);
        const found = await evaluate(closure);
        const g = await gradientOf(found.gradients);
        return { step, value: found.loss, slope: dot(g, direction), x: there, gradient: g };
      };
      // Nothing is known of the scale before the first step.
      const first = this.iterations === 0 ? Math.min(1, 1 / taxicab(gradient)) : 1;
      const longest = largest(direction);
      const end = await strongWolfe(probe, { step: 0, value, slope, x, gradient }, first * learningRate, {
        decrease: DECREASE,
        curvature: CURVATURE,
        evaluations: LINE_EVALUATIONS,
        shortest: changeTolerance / longest,
      });
      this.iterations++;
      this.#remember(subtract(end.x, x), subtract(end.gradient, gradient));
      const isDone = end.step * longest <= changeTolerance || Math.abs(end.value - value) < changeTolerance;
      ({ x, value, gradient } = end);
      if (isDone) break;
    }
    scatter(x, parameters);
    return loss;
  }

  /** What a file keeps, to go on bit by bit together with the parameters. */
  state(): LbfgsState {
    const pairs = this.#pairs.map(({ s, y }) => ({ s: [...s], y: [...y] }));
    return { iterations: this.iterations, pairs };
  }

  /** Goes on from what `state` gave. @throws HeddleError when steps and changes differ in length */
  restore({ iterations, pairs }: LbfgsState): void {
    this.#pairs = pairs.map(({ s: step, y: change }) => {
      if (step.length !== change.length) {
        fail("lbfgs", `steps and changes must have one length: got ${step.length} and ${change.length}`);
      }
      const [s, y] = [Float64Array.from(step), Float64Array.from(change)];
      return { s, y, sy: dot(s, y) };
    });
    this.iterations = iterations;
  }

  /** Downhill: the gradient times the approximate inverse Hessian, in two loops over the pairs. */
  #direction(gradient: Float64Array): Float64Array {
    let d: Float64Array = gradient.map((g) => -g);
    const shares: number[] = [];
    for (const { s, y, sy } of [...this.#pairs].reverse()) {
      const share = dot(s, d) / sy;
      shares.unshift(share);
      d = addScaled(d, y, -share);
    }
    const last = this.#pairs.at(-1);
    if (last) d = d.map((v) => (v * last.sy) / dot(last.y, last.y));
    for (const [i, { s, y, sy }] of this.#pairs.entries()) d = addScaled(d, s, shares[i] - dot(y, d) / sy);
    return d;
  }

  #remember(s: Float64Array, y: Float64Array): void {
    const sy = dot(s, y);
    if (sy <= LEAST_CURVATURE) return;
    this.#pairs = [...this.#pairs, { s, y, sy }].slice(-this.options.historySize);
  }
}

async function evaluate(closure: Closure): Promise<{ loss: number; gradients: Gradients }> {
  const result = await closure();
  const [loss, gradients] = Array.isArray(result) ? (result as LossAndGradients) : [];
  if (!(loss instanceof Tensor) || !(gradients instanceof Map)) {
    return fail("lbfgs", "the closure must return [loss, gradients], as valueAndGrad(net, …) does");
  }
  return { loss: await loss.item(), gradients };
}

/** @throws HeddleError when an option is out of its range */
export const lbfgs = (options?: LbfgsOptions): Lbfgs => new Lbfgs(options);
