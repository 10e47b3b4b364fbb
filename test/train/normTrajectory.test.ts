/** A small convolutional network with batch norm learns one batch as PyTorch's does, from PyTorch's weights. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { tensor } from "../../src/index.ts";
import { writeSafetensors } from "../../src/io/index.ts";
import * as nn from "../../src/nn/index.ts";
import { sgd } from "../../src/optim/index.ts";
import { DEVICES } from "../support/devices.ts";

interface Values {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

const fixture: {
  readonly input: Values;
  readonly labels: readonly number[];
  readonly weights: Readonly<Record<string, Values>>;
  readonly losses: { readonly values: readonly number[]; readonly error: number };
} = JSON.parse(readFileSync(new URL("../fixtures/normTrajectory.json", import.meta.url), "utf8"));

const floats = ({ shape, values }: Values) =>
  ({ data: Float32Array.from(values), shape, dtype: "float32" }) as const;

for (const { name, start, missing } of DEVICES) {
  if (!start || name === "wasm2") continue;
  describe.skipIf(missing)(name, () => {
    test("50 losses are PyTorch's", async () => {
      await start(h);
      const { input, labels, losses } = fixture;
      const net = nn.sequential(
        [
          nn.conv2d({ filters: 4, kernelSize: 3, useBias: false }),
          nn.batchNorm({ epsilon: 1e-5, momentum: 0.9, unbiased: true }),
          nn.relu(),
          nn.maxPool2d(),
          nn.flatten(),
          nn.dense({ units: 3 }),
        ],
        { inputShape: input.shape.slice(1) },
      );
      const file = Object.entries(fixture.weights).map(([key, value]) => [key, floats(value)] as const);
      await h.loadWeights(net, writeSafetensors(file), { from: "pytorch" });
      const optimizer = sgd({ learningRate: 0.05, momentum: 0.9 });
      const step = h.jit(
        (x: h.Tensor, y: h.Tensor) => {
          const [loss, gradients] = h.valueAndGrad(net, () =>
            h.sparseCategoricalCrossentropy(y, net.apply(x)),
          )();
          optimizer.update(gradients);
          return loss;
        },
        { training: true },
      );
      const x = tensor(Float32Array.from(input.values), { shape: input.shape });
      const y = tensor(Int32Array.from(labels));
      // Rounding differences grow from step to step; PyTorch's own float32 strays by the fixture's error.
      const bound = 8 * losses.error + 1e-5;
      for (const [i, expected] of losses.values.entries()) {
        const got = await (await step(x, y)).item();
        expect(Math.abs(got - expected), `step ${i + 1}: ${got} for ${expected}`).toBeLessThan(bound);
      }
    });
  });
}
