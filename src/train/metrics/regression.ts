/** Measures of regression. */
import { stack } from "../../tensor/tensor.ts";
import { fitting } from "../losses/targets.ts";
import type { StreamedMetric } from "./metric.ts";

/** The root of the mean squared error. */
export function rmse(): StreamedMetric<"rmse"> {
  return {
    name: "rmse",
    sums(targets, predictions) {
      const squares = predictions.sub(fitting("rmse", targets, predictions)).square();
      return squares.sum().div(squares.size / squares.shape[0]);
    },
    result: ([sum], samples) => Math.sqrt(sum / samples),
  };
}

/**
 * The coefficient of determination, 1 − Σ(t − p)² / Σ(t − t̄)² over all samples and outputs together: 1 is perfect, 0
 * as good as the mean; −∞ or NaN where all targets are equal.
 */
export function r2(): StreamedMetric<"r2"> {
  return {
    name: "r2",
    sums(targets, predictions) {
      const t = fitting("r2", targets, predictions).cast("float32");
      const mean = t.mean();
      const errors = predictions.sub(t).square().sum();
      return stack([mean.mul(0).add(t.size), mean, t.sub(mean).square().sum(), errors]);
    },
    /** Sums of squares about the common mean: Chan, Golub & LeVeque 1979. */
    merge([n, mean, spread, errors], [m, otherMean, otherSpread, otherErrors]) {
      const distance = otherMean - mean;
      return [
        n + m,
        mean + (distance * m) / (n + m),
        spread + otherSpread + (distance * distance * n * m) / (n + m),
        errors + otherErrors,
      ];
    },
    result: ([, , spread, errors]) => 1 - errors / spread,
  };
}
