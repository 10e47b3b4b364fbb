/**
 * Fifty compiled steps of a small network from given weights follow PyTorch's losses on every device: forward,
 * backward and optimizer in one plan. Values: `tools/fixtures/make_training.py`.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as h from "../../src/index.ts";
import * as optim from "../../src/optim/index.ts";
import { State } from "../../src/runtime/state.ts";
import { DEVICES } from "../support/devices.ts";
import { difference, fixtureTolerance } from "../support/tolerance.ts";

interface Values {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

interface Trajectory {
  readonly optimizer: { readonly options: { readonly learningRate: number; readonly momentum: number } };
  readonly x: Values;
  readonly labels: readonly number[];
  readonly weights: Readonly<Record<string, Values>>;
  readonly losses: readonly number[];
  /** The largest difference of PyTorch's own float32 losses. */
  readonly error: number;
}

const fixture: Trajectory = JSON.parse(
  readFileSync(new URL("../fixtures/trajectory.json", import.meta.url), "utf8"),
);

const tensorOf = ({ shape, values }: Values): h.Tensor => h.tensor(Float32Array.from(values), { shape });

/** The network's step: takes nothing, returns the loss before its update. */
function training(): () => Promise<h.Tensor> {
  const x = tensorOf(fixture.x);
  const labels = h.tensor(Int32Array.from(fixture.labels));
  const weights = Object.entries(fixture.weights).map(([name, w]) => ({
    state: State.from(tensorOf(w).node, name),
  }));
  const optimizer = optim.sgd(fixture.optimizer.options);
  const lossAndGrads = h.valueAndGrad(weights, () => {
    const [kernel, bias, hidden, hiddenBias, output, outputBias] = weights.map(
      ({ state }) => new h.Tensor(state.read()),
    );
    const features = x.conv2d(kernel).add(bias).relu().maxPool2d().flatten(1);
    const logits = features.matmul(hidden).add(hiddenBias).relu().matmul(output).add(outputBias);
    return logits.logSoftmax().takeAlongAxis(labels.expandDims(-1)).mean().neg();
  });
  return h.jit(() => {
    const [loss, gradients] = lossAndGrads();
    optimizer.update(gradients);
    return loss;
  });
}

for (const { name, start, missing } of DEVICES) {
  if (!start) continue;
  describe.skipIf(missing)(name, () => {
    it(`follows PyTorch's losses/${name}`, async () => {
      await start(h);
      const step = training();
      const losses: number[] = [];
      for (let i = 0; i < fixture.losses.length; i++) losses.push(await (await step()).item());
      const largest = Math.max(...fixture.losses);
      expect(difference(losses, fixture.losses, fixtureTolerance(fixture.error, largest))).toBeUndefined();
    });
  });
}
