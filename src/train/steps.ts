/** The compiled functions of a model: a training step is one plan, and so are evaluation and prediction. */
import { fail } from "../base/errors.ts";
import type { Layer } from "../nn/module.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { stack } from "../tensor/functions.ts";
import { type CompiledFunction, jit } from "../tensor/jit.ts";
import { Tensor } from "../tensor/tensor.ts";
import { valueAndGrad } from "../tensor/transforms.ts";
import { type LossLike, lossOf } from "./losses.ts";
import { type MetricLike, metricOf } from "./metrics.ts";

/** One step: [loss, metric, …] as one vector; metrics are sums over the batch divided by its samples. */
type Step = CompiledFunction<[x: Tensor, y: Tensor], Tensor>;

export interface Steps {
  readonly train: Step;
  readonly evaluate: Step;
  readonly predict: CompiledFunction<[x: Tensor], Tensor>;
  dispose(): void;
}

export interface StepOptions {
  readonly optimizer: Optimizer | undefined;
  readonly loss: LossLike | undefined;
  readonly metrics: readonly MetricLike[];
}

export function compileSteps(net: Layer, { optimizer, loss, metrics }: StepOptions): Steps {
  const lossFn = loss === undefined ? undefined : lossOf(loss);
  const measures = metrics.map(metricOf);
  const assess = (x: Tensor, y: Tensor): readonly [loss: Tensor, ...sums: Tensor[]] => {
    const predictions = net.apply(x);
    if (!lossFn) fail("model", "has no loss: give createModel or compile one");
    const value = lossFn(y, predictions);
    const sums = measures.map((m) => {
      const values = m.values(y, predictions, loss);
      // A sum of zeros and ones is exact, a mean is not.
      return values
        .cast("float32")
        .sum()
        .div(values.size / x.shape[0]);
    });
    return [value, ...sums];
  };
  const assessWithGrads = valueAndGrad(net, assess);

  const train = (x: Tensor, y: Tensor): Tensor => {
    const [value, gradients, ...sums] = assessWithGrads(x, y);
    if (!optimizer) fail("model", "has no optimizer: give createModel or compile one");
    optimizer.update(gradients);
    return stack([value, ...sums]);
  };
  const predict = (x: Tensor): Tensor => {
    const y = net.apply(x);
    return y instanceof Tensor ? y : fail("predict", "the network must return one tensor");
  };
  const steps = {
    train: jit(train, { training: true, name: "training step" }),
    evaluate: jit((x: Tensor, y: Tensor) => stack(assess(x, y)), {
      training: false,
      name: "evaluation step",
    }),
    predict: jit(predict, { training: false, name: "prediction" }),
  };
  const dispose = (): void => {
    for (const step of Object.values(steps)) step.dispose();
  };
  return { ...steps, dispose };
}
