/** Layers against PyTorch's: outputs and gradients from its weights, which are read as a file of PyTorch. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { tensor } from "../../src/index.ts";
import { writeSafetensors } from "../../src/io/index.ts";
import { fromConfig } from "../../src/nn/fromConfig.ts";
import type { Layer, LayerConfig } from "../../src/nn/index.ts";
import { seedPattern } from "../support/case.ts";
import { checkedOn, record } from "../support/checks.ts";
import { DEVICES } from "../support/devices.ts";
import { difference, fixtureTolerance, largestOf } from "../support/tolerance.ts";

interface Values {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
interface Fixture {
  readonly config: LayerConfig;
  readonly input: Values;
  /** By their names in PyTorch. */
  readonly weights: Readonly<Record<string, Values>>;
  readonly output: Values & { readonly error: number };
  readonly inputGradient: { readonly values: readonly number[]; readonly error: number };
  readonly gradients: Readonly<Record<string, Values>>;
  readonly gradientError: number;
  /** Running statistics after the step. */
  readonly after: Readonly<Record<string, Values>>;
}

const fixtures: Record<string, Fixture> = JSON.parse(
  readFileSync(new URL("../fixtures/layers.json", import.meta.url), "utf8"),
);

const fileOf = (named: Readonly<Record<string, Values>>): Uint8Array =>
  writeSafetensors(
    Object.entries(named).map(([name, { shape, values }]) => [
      name,
      { data: Float32Array.from(values), shape, dtype: "float32" },
    ]),
  );

/** A new network with the given values in its variables. */
async function made({ config, input }: Fixture, named: Fixture["weights"], strict = true): Promise<Layer> {
  const net = fromConfig(config).build(input.shape.slice(1));
  await h.loadWeights(net, fileOf(named), { from: "pytorch", strict });
  return net;
}

function expectNear(got: ArrayLike<number>, expected: ArrayLike<number>, error: number, what: string): void {
  const bound = fixtureTolerance(error, Math.max(0.1, largestOf(expected)));
  expect(difference(got, expected, bound), what).toBeUndefined();
}

const layers = Object.entries(fixtures);

for (const { name: device, start, missing } of DEVICES) {
  if (!start || device === "wasm2") continue;
  describe.skipIf(missing)(device, () => {
    beforeAll(() => start(h));

    test.for(layers)("%s: output and gradients", async ([, fixture], { task }) => {
      const net = await made(fixture, fixture.weights);
      const x = tensor(Float32Array.from(fixture.input.values), { shape: fixture.input.shape });
      const seed = tensor(seedPattern(fixture.output.values.length), { shape: fixture.output.shape });
      const step = h.jit(
        (x: h.Tensor) => {
          const ofInput = (v: h.Tensor) => net.apply(v).mul(seed).sum();
          const [dx] = [h.grad(ofInput)(x)];
          const [, gradients, y] = h.valueAndGrad(net, (v: h.Tensor) => {
            const y = net.apply(v);
            return [y.mul(seed).sum(), y] as const;
          })(x);
          return { y, dx, gradients: net.parameters().map((p) => gradients.get(p)!) };
        },
        { training: true },
      );
      const { y, dx, gradients } = await step(x);
      expect(y.shape).toEqual(fixture.output.shape);
      expectNear(await y.data(), fixture.output.values, fixture.output.error, "output");
      expectNear(
        await dx.data(),
        fixture.inputGradient.values,
        fixture.inputGradient.error,
        "input gradient",
      );

      const expected = (await made(fixture, fixture.gradients, false)).parameters();
      for (const [i, parameter] of net.parameters().entries()) {
        const wanted = await expected[i].value.data();
        expectNear(await gradients[i].data(), wanted, fixture.gradientError, `gradient of ${parameter.path}`);
      }
      const name = `nn.${fixture.config.type}`;
      record(task, [{ name, on: checkedOn(device), forward: ["pytorch"], gradient: ["pytorch"] }]);
    });

    const running = layers.filter(([, { after }]) => Object.keys(after).length > 0);
    test.each(running)("%s: running statistics", async (_, fixture) => {
      const net = await made(fixture, fixture.weights);
      const x = tensor(Float32Array.from(fixture.input.values), { shape: fixture.input.shape });
      await h.jit((v: h.Tensor) => net.apply(v), { training: true })(x);
      const after = await made(fixture, { ...fixture.weights, ...fixture.after });
      for (const [path, variable] of net.state()) {
        expectNear(await variable.value.data(), await after.state().get(path)!.value.data(), 1e-7, path);
      }
    });
  });
}
